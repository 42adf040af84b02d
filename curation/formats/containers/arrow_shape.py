"""How the values of an Arrow column become JSON, and which of its nulls are only filling."""

from __future__ import annotations

import base64
import datetime
import json
from typing import TYPE_CHECKING, Any

import msgspec

from curation.model.source import one_line, quote

if TYPE_CHECKING:
    import pyarrow as pa

_FILLED = frozenset({"arguments", "args", "input", "parameters", "properties", "param_dict", "input_schema"})
"""Keys below which the members differ from row to row, so that a table fills in what other rows have."""


class Shape(msgspec.Struct):
    """The type of a column, or of a part of one."""

    fields: dict[str, Shape] | None = None
    """Of an object."""
    element: Shape | None = None
    """Of a list; of a map, that of its values."""
    is_map: bool = False
    is_json: bool = False
    """Text that the table itself says is JSON."""
    stripped: frozenset[str] = frozenset()
    """Keys whose nulls are only there because other rows have the key."""


class Writing:
    """Writes values as JSON and counts the keys it leaves out."""

    def __init__(self) -> None:
        self.n_nulls = 0

    def source(self, value: Any, shape: Shape) -> str:
        """The JSON of a value as pyarrow gives it."""
        if value is None:
            return "null"
        if shape.is_map and shape.element is not None:
            return self._object([(str(key), item, shape.element) for key, item in value])
        if shape.fields is not None:
            return self._fields(value, shape)
        if shape.element is not None:
            element = shape.element
            return "[" + ",".join([self.source(item, element) for item in value]) + "]"
        return _leaf(value, is_json=shape.is_json)

    def _fields(self, value: dict[str, Any], shape: Shape) -> str:
        assert shape.fields is not None  # noqa: S101
        kept = [(key, item) for key, item in value.items() if item is not None or key not in shape.stripped]
        self.n_nulls += len(value) - len(kept)
        return self._object([(key, item, shape.fields[key]) for key, item in kept])

    def _object(self, members: list[tuple[str, Any, Shape]]) -> str:
        return "{" + ",".join([f"{quote(key)}:{self.source(item, shape)}" for key, item, shape in members]) + "}"


def _leaf(value: Any, *, is_json: bool) -> str:
    if isinstance(value, str):
        return one_line(value) if is_json and _is_json(value) else quote(value)
    if isinstance(value, bytes):
        try:
            return quote(value.decode())
        except UnicodeDecodeError:
            return quote(base64.b64encode(value).decode())
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return quote(value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value))


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True


def shape_of(arrow_type: pa.DataType, samples: pa.Array | None, *, is_filled: bool = False) -> Shape:
    """The shape of a type; `samples` are values of it, from which the filling is told."""
    import pyarrow as pa

    if isinstance(arrow_type, pa.BaseExtensionType):
        if arrow_type.extension_name == "arrow.json":
            return Shape(is_json=True)
        return shape_of(arrow_type.storage_type, None)
    if pa.types.is_map(arrow_type):
        return Shape(element=shape_of(arrow_type.item_type, None, is_filled=is_filled), is_map=True)
    if pa.types.is_struct(arrow_type):
        return _object_shape(arrow_type, samples, is_filled=is_filled)
    if _is_list(arrow_type):
        inner = samples.flatten() if samples is not None else None
        return Shape(element=shape_of(arrow_type.value_type, inner, is_filled=is_filled))
    return Shape()


def _is_list(arrow_type: pa.DataType) -> bool:
    import pyarrow as pa

    return any(test(arrow_type) for test in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list))


def _object_shape(arrow_type: pa.StructType, samples: pa.Array | None, *, is_filled: bool) -> Shape:
    fields: dict[str, Shape] = {}
    stripped: set[str] = set()
    # A null object has no members, so only the objects that are there are asked.
    parts = None if samples is None else samples.drop_null().flatten()
    for i, field in enumerate(arrow_type):
        part = None if parts is None else parts[i]
        if is_filled or (part is not None and 2 * part.null_count > len(part)):
            stripped.add(field.name)
        fields[field.name] = shape_of(field.type, part, is_filled=is_filled or field.name in _FILLED)
    return Shape(fields=fields, stripped=frozenset(stripped))
