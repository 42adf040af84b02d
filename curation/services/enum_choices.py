"""The values of an enum with their meanings, which stand at the end of the description: every model reads that."""

from __future__ import annotations

import json

import msgspec

from curation.errors import BlockedError
from curation.model.outline import Outline
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
    return _split_description(outline)[0]


def read_choices(outline: Outline) -> tuple[Choice, ...]:
    """The values of an enum with their meanings."""
    meanings = _split_description(outline)[1]
    return tuple(Choice(text, meanings.get(text, "")) for text in elements(outline.keywords.get("enum", "[]")))


def write_description(outline: Outline, description: str) -> Outline:
    """Another description; the meanings of an enum's values and the unit of a number stay behind it."""
    unit = split_unit(outline)[1]
    if unit:
        return with_unit(outline, description, unit)
    return _describe(outline, description, read_choices(outline) if kind_of(outline) == "enum" else ())


def write_choices(outline: Outline, choices: tuple[Choice, ...]) -> Outline:
    """Other values or meanings. The meanings go into the description: that is the one place every model reads."""
    described = _describe(outline, read_description(outline), choices)
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


def show_choice(choice: Choice) -> str:
    """A choice as the grid shows it: text without quotes where that is unambiguous."""
    return shown_literal(choice.text, "enum")


def _describe(outline: Outline, description: str, choices: tuple[Choice, ...]) -> Outline:
    lines = [f"- {show_choice(choice)}: {choice.meaning}" for choice in choices if choice.meaning]
    text = "\n".join(part for part in (description, *lines) if part)
    return set_keyword(outline, "description", quoted(text) if text else None)


def _split_description(outline: Outline) -> tuple[str, dict[str, str]]:
    """The description and the meanings at its end, taken apart only where putting them together gives the same text."""
    value = value_of(outline, "description")
    whole = value if isinstance(value, str) else ""
    if kind_of(outline) != "enum":
        return split_unit(outline)[0], {}
    texts = elements(outline.keywords["enum"])
    lines, meanings = whole.split("\n"), {}
    for text in reversed(texts):
        lead = f"- {shown_literal(text, 'enum')}: "
        if lines and lines[-1].startswith(lead) and len(lines[-1]) > len(lead):
            meanings[text] = lines.pop().removeprefix(lead)
    description = "\n".join(lines)
    again = _describe(outline, description, tuple(Choice(text, meanings.get(text, "")) for text in texts))
    return (description, meanings) if value_of(again, "description") == value else (whole, {})
