"""What a host answers, read by us: as one JSON object, and a field only where it is of its kind."""

from __future__ import annotations

import msgspec

from curation.model.values import Json

LATEST = 253402300799.0
"""The last second of the year 9999: what lies beyond is no number anybody means."""


class GarbledError(Exception):
    """An answer is not what the API promises; what it was an answer to may have happened all the same."""


def read_object(content: bytes) -> dict[str, Json]:
    """The answer as one JSON object."""
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise GarbledError("it is no JSON") from error
    if not isinstance(value, dict):
        raise GarbledError("it is no JSON object")
    return value


def read_page(value: dict[str, Json]) -> tuple[list[dict[str, Json]], bool]:
    """The entries of one page, and whether there are more."""
    data = value.get("data")
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise GarbledError("it has no list of entries")
    return data, value.get("has_more") is True


def need(value: dict[str, Json], name: str) -> str:
    text = text_of(value, name)
    if not text:
        raise GarbledError(f"an entry has no `{name}`")
    return text


def text_of(value: dict[str, Json], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def number_of(value: dict[str, Json], name: str) -> float | None:
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if abs(found) < LATEST else None
