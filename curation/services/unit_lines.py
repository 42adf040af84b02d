"""The unit of a number, which stands in the last line of its description: models read it there, and so does lint."""

from __future__ import annotations

from curation.model.outline import Outline
from curation.rules.units import unit_of
from curation.services.parameter_entries import quoted
from curation.services.parameter_forms import kind_of, set_keyword, split_pointer, value_of

_LEAD = "Unit: "
_COUNTED = frozenset({"number", "integer"})


def split_unit(outline: Outline) -> tuple[str, str]:
    """The description without its line about the unit, and the unit."""
    value = value_of(outline, "description")
    whole = value if isinstance(value, str) else ""
    text, _, last = whole.rpartition("\n")
    unit = last.removeprefix(_LEAD)
    is_said = kind_of(outline) in _COUNTED and last.startswith(_LEAD) and unit == unit.strip() != ""
    return (text, unit) if is_said and _join(text, unit) == whole else (whole, "")


def write_unit(outline: Outline, unit: str) -> Outline:
    """The number in another unit; an emptied one takes the line away."""
    return with_unit(outline, split_unit(outline)[0], unit)


def with_unit(outline: Outline, description: str, unit: str) -> Outline:
    """The number with this description and unit."""
    text = _join(description, " ".join(unit.split()))
    return set_keyword(outline, "description", quoted(text) if text else None)


def said_unit(pointer: str, outline: Outline) -> str:
    """The unit that the name or the words of a number speak of already; empty for none."""
    return unit_of(split_pointer(pointer)[1], split_unit(outline)[0]) or ""


def _join(description: str, unit: str) -> str:
    return "\n".join(part for part in (description, f"{_LEAD}{unit}" if unit else "") if part)
