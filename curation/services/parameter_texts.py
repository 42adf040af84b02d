"""The text fields of a parameter's form: what each shows of a schema, and the schema with another text in it.

While a person types, a text is kept as a draft of its own, under a name that says where it belongs.
"""

from __future__ import annotations

import msgspec

from curation.model.outline import Outline
from curation.services import enum_choices, parameter_edits, parameter_entries, unit_lines
from curation.services.parameter_forms import Line, change, find, kind_of, split_pointer

_LEAD = "typed/"
_TITLES = {"described": "the description of", "unit": "the unit of", "choices": "the values of"}
_STEPS = {"name": "a new name", "described": "a description", "unit": "a unit", "choices": "the values of an enum"}

_WORDS = {one.keyword: one.title for specs in parameter_entries.FIELDS.values() for one in specs}


class Spot(msgspec.Struct, frozen=True):
    """One text field of the form."""

    schema: str
    """The tool's field the parameter belongs to: `parameters` or `result_schema`."""
    field: str
    """`name`, `described`, `unit`, `choices` or the keyword the field is about."""
    pointer: str

    @property
    def kept_as(self) -> str:
        """The draft that keeps what is typed until the form takes it."""
        return f"{_LEAD}{self.schema}/{self.field}{self.pointer}"


def spot_of(draft: str) -> Spot | None:
    """The field whose text a draft keeps; None for another draft."""
    schema, _, rest = draft.removeprefix(_LEAD).partition("/")
    field, slash, inside = rest.partition("/")
    return Spot(schema, field, slash + inside) if draft.startswith(_LEAD) else None


def show(spot: Spot, line: Line) -> str:
    """What the field says now."""
    if spot.field == "name":
        return split_pointer(line.pointer)[1]
    if spot.field == "described":
        return enum_choices.read_description(line.outline)
    if spot.field == "unit":
        return unit_lines.split_unit(line.outline)[1]
    if spot.field == "choices":
        return enum_choices.show_choices(line.outline)
    return parameter_entries.show_entry(_spec(spot, line.outline), line.outline)


def write(outline: Outline, spot: Spot, text: str) -> Outline:
    """The schema with this text in the field; refuses what cannot be taken in a sentence."""
    if spot.field == "name":
        return parameter_edits.rename_parameter(outline, spot.pointer, text.strip())
    return change(outline, spot.pointer, lambda node: _write(node, spot, text))


def readable(outline: Outline, spot: Spot, text: str) -> str | None:
    """The lines that can be taken, where a field holds one value a line; None for another field."""
    node = find(outline, spot.pointer)
    if spot.field == "choices":
        return enum_choices.readable_choices(node, text)
    if spot.field == "examples":
        return parameter_entries.readable_lines(text, kind_of(node))
    return None


def title_of(spot: Spot, line: Line) -> str:
    """What a sentence calls the field."""
    if spot.field == "name":
        return f"the name of {split_pointer(line.pointer)[1]}"
    said = _TITLES.get(spot.field) or f"{_WORDS.get(spot.field, spot.field)} of"
    return f"{said} {line.label}"


def has_place(node: Outline, field: str) -> bool:
    """Whether the form of a parameter has this field, as its type is now."""
    kind = kind_of(node)
    if field == "choices":
        return kind == "enum"
    return field in ("name", "described", "unit") or field in {one.keyword for one in parameter_entries.FIELDS[kind]}


def step_of(spot: Spot) -> str:
    """What undoing calls an edit of the field."""
    return _STEPS.get(spot.field) or _WORDS.get(spot.field, spot.field).lower()


def _write(node: Outline, spot: Spot, text: str) -> Outline:
    if spot.field == "described":
        return enum_choices.write_description(node, text)
    if spot.field == "unit":
        return unit_lines.write_unit(node, text)
    if spot.field == "choices":
        return enum_choices.type_choices(node, text)
    return parameter_edits.set_field(node, _spec(spot, node), text)


def _spec(spot: Spot, node: Outline) -> parameter_entries.FieldSpec:
    return parameter_entries.spec_of(kind_of(node), spot.field)
