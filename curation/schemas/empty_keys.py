"""Places below a key that is the empty text, which the validator leaves out of its paths."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.model.values import Json
from curation.schemas.pointers import escape_step
from curation.schemas.wording import SchemaError


def restore_places(errors: tuple[SchemaError, ...], value: Json) -> tuple[SchemaError, ...]:
    """The errors with the empty steps of their pointers put back: `/a` becomes `/a/` where that is what was meant."""
    if not any("" in holder for holder in _objects(value)):
        return errors
    spots: dict[str, list[tuple[str, Json]]] = {}
    for pointer, found in _spots(value, ""):
        spots.setdefault(_shorten(pointer), []).append((pointer, found))
    return tuple(_restore(error, spots.get(_shorten(error.pointer), [])) for error in errors)


def _restore(error: SchemaError, spots: list[tuple[str, Json]]) -> SchemaError:
    """The spot that holds the offending value; a value is never equal to one inside it."""
    meant = [pointer for pointer, found in spots if type(found) is type(error.value) and found == error.value]
    if not meant or error.pointer in meant:
        return error
    return msgspec.structs.replace(error, pointer=meant[0])


def _shorten(pointer: str) -> str:
    return "".join(f"/{step}" for step in pointer.split("/") if step)


def _objects(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, dict):
        yield value
    for child in _children(value):
        yield from _objects(child[1])


def _spots(value: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    yield pointer, value
    for step, child in _children(value):
        yield from _spots(child, f"{pointer}/{escape_step(step)}")


def _children(value: Json) -> Iterator[tuple[str | int, Json]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
