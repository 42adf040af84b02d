"""The values of an enum with their meanings, which stand at the end of the description: every model reads that."""

from __future__ import annotations

import msgspec

from curation.model.outline import Outline
from curation.model.values import Json
from curation.services.parameter_entries import elements, literal, quoted, shown_literal
from curation.services.parameter_forms import kind_of, set_keyword, value_of


class Choice(msgspec.Struct, frozen=True):
    """One value of an enum, as its JSON text, with what it means."""

    text: str
    meaning: str = ""


def read_description(outline: Outline) -> str:
    """The description without the lines that give an enum's values their meaning."""
    return _split_description(outline)[0]


def read_choices(outline: Outline) -> tuple[Choice, ...]:
    """The values of an enum with their meanings."""
    meanings = _split_description(outline)[1]
    return tuple(Choice(text, meanings.get(text, "")) for text in elements(outline.keywords.get("enum", "[]")))


def write_description(outline: Outline, description: str) -> Outline:
    """Another description; the meanings of an enum's values stay behind it."""
    return _describe(outline, description, read_choices(outline) if kind_of(outline) == "enum" else ())


def write_choices(outline: Outline, choices: tuple[Choice, ...]) -> Outline:
    """Other values or meanings. The meanings go into the description: that is the one place every model reads."""
    described = _describe(outline, read_description(outline), choices)
    return set_keyword(described, "enum", "[" + ",".join(choice.text for choice in choices) + "]")


def edit_choices(choices: tuple[Choice, ...], edits: dict[str, Json]) -> tuple[Choice, ...]:
    """The choices after what a person did in the grid (its `edited_rows`, `added_rows` and `deleted_rows`)."""
    rows = [{"value": show_choice(choice), "means": choice.meaning} for choice in choices]
    for at, cells in edits.get("edited_rows", {}).items():
        rows[int(at)].update(cells)
    gone = set(edits.get("deleted_rows", ()))
    rows = [row for at, row in enumerate(rows) if at not in gone] + list(edits.get("added_rows", ()))
    filled = [row for row in rows if str(row.get("value") or "").strip()]
    return tuple(Choice(literal(str(row["value"]), "enum", "Value"), _one_line(row.get("means"))) for row in filled)


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
        return whole, {}
    texts = elements(outline.keywords["enum"])
    lines, meanings = whole.split("\n"), {}
    for text in reversed(texts):
        lead = f"- {shown_literal(text, 'enum')}: "
        if lines and lines[-1].startswith(lead) and len(lines[-1]) > len(lead):
            meanings[text] = lines.pop().removeprefix(lead)
    description = "\n".join(lines)
    again = _describe(outline, description, tuple(Choice(text, meanings.get(text, "")) for text in texts))
    return (description, meanings) if value_of(again, "description") == value else (whole, {})


def _one_line(value: Json) -> str:
    return " ".join(str(value or "").split())
