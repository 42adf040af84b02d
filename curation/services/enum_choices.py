"""The values of an enum with their meanings, which stand at the end of the description: every model reads that."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from curation.errors import BlockedError
from curation.model.outline import Outline
from curation.services.enum_meanings import Told, join_meanings, split_meanings
from curation.services.parameter_entries import elements, literal, quoted, readable_lines, shown_literal
from curation.services.parameter_forms import kind_of, set_keyword, value_of
from curation.services.unit_lines import split_unit, with_unit

_DECODER = json.JSONDecoder()


class Choice(msgspec.Struct, frozen=True):
    """One value of an enum, as its JSON text, with what it means."""

    text: str
    meaning: str = ""


def read_description(outline: Outline) -> str:
    """The description without the lines that give an enum's values their meaning, or a number its unit."""
    return _told(outline).lead


def read_choices(outline: Outline) -> tuple[Choice, ...]:
    """The values of an enum with their meanings."""
    meanings = _told(outline).meanings
    return tuple(Choice(text, meanings.get(text, "")) for text in elements(outline.keywords.get("enum", "[]")))


def write_description(outline: Outline, description: str) -> Outline:
    """Another description; the meanings of an enum's values and the unit of a number stay behind it."""
    unit = split_unit(outline)[1]
    if unit:
        return with_unit(outline, description, unit)
    told = msgspec.structs.replace(_told(outline), lead=description)
    return _describe(outline, told, elements(outline.keywords["enum"]) if kind_of(outline) == "enum" else ())


def write_choices(outline: Outline, choices: tuple[Choice, ...]) -> Outline:
    """Other values or meanings. The meanings go into the description: that is the one place every model reads."""
    meanings = {choice.text: choice.meaning for choice in choices}
    told = msgspec.structs.replace(_told(outline), meanings=meanings)
    described = _describe(outline, told, [choice.text for choice in choices])
    return set_keyword(described, "enum", "[" + ",".join(choice.text for choice in choices) + "]")


def show_choices(outline: Outline) -> str:
    """The values of an enum as lines of `value: what it means`; typing exactly this back changes nothing."""
    kind = _kind_of_values(outline)
    lines = []
    for choice in read_choices(outline):
        shown = shown_literal(choice.text, kind)
        shown = choice.text if _could_split(shown) else shown
        lines.append(f"{shown}: {choice.meaning}" if choice.meaning else shown)
    return "\n".join(lines)


def type_choices(outline: Outline, typed: str) -> Outline:
    """The enum with the values and meanings typed as lines; a tab parts them too, as spreadsheets do."""
    kind = _kind_of_values(outline)
    pairs = [_part(line) for line in typed.splitlines() if line.strip()]
    choices = tuple(Choice(literal(value, kind, "Value"), " ".join(meaning.split())) for value, meaning in pairs)
    twice = next((one for at, one in enumerate(choices) if one.text in {other.text for other in choices[:at]}), None)
    if twice is not None:
        raise BlockedError(f"Values: {twice.text} stands there twice.", hint="Take one of them out.")
    return write_choices(outline, choices)


def readable_choices(outline: Outline, typed: str) -> str:
    """The lines typed so far that can stand in an enum: readable ones, each value once."""
    kind, kept = _kind_of_values(outline), dict[str, str]()
    for line in typed.splitlines():
        value = _part(line)[0] if line.strip() else ""
        if readable_lines(value, kind):
            kept.setdefault(literal(value, kind, ""), line)
    return "\n".join(kept.values())


def _part(line: str) -> tuple[str, str]:
    """Value and meaning of one line."""
    line = line.strip()
    if line[0] in '"[{':
        try:
            _, end = _DECODER.raw_decode(line)
        except ValueError:
            end = 0
        rest = line[end:].lstrip()
        if end and (not rest or rest[0] in ":\t"):
            return line[:end], rest[1:]
    value, mark, meaning = line.partition("\t") if "\t" in line else line.partition(": ")
    return (value, meaning) if mark else (line.removesuffix(":"), "")


def _could_split(shown: str) -> bool:
    return bool(shown) and _part(shown) != (shown, "")


def _kind_of_values(outline: Outline) -> str:
    """`string` where the type is text and every value is: then a typed 2 is the text "2"."""
    texts = elements(outline.keywords.get("enum", "[]"))
    is_text = "string" in str(value_of(outline, "type")) and all(text[0] == '"' or text == "null" for text in texts)
    return "string" if is_text and "null" not in texts else "enum"


def _describe(outline: Outline, told: Told, texts: Sequence[str]) -> Outline:
    text = join_meanings(told, texts)
    return set_keyword(outline, "description", quoted(text) if text else None)


def _told(outline: Outline) -> Told:
    """The description and the meanings in it."""
    value = value_of(outline, "description")
    whole = value if isinstance(value, str) else ""
    if kind_of(outline) != "enum":
        return Told(split_unit(outline)[0])
    return split_meanings(whole, elements(outline.keywords["enum"]))
