"""The smallest values: JSON, and JSON kept as the exact text it came in."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

Json: TypeAlias = Any
"""None, bool, int, float, str, list or dict as a JSON parser returns them."""


class Exact(msgspec.Struct, frozen=True, gc=False):
    """A JSON value kept as its exact source text."""

    json: str


Field: TypeAlias = str | UnsetType | Exact | None
"""A known key of a row: a string, null, absent, or anything else as exact text."""


class Arguments(msgspec.Struct, frozen=True, gc=False):
    """The arguments of a call as exact text.

    `form` tells how the row held them: "string" means `text` is the content of a JSON string,
    "object" means `text` is the JSON source of whatever non-string value stood there.
    """

    text: str
    form: Literal["string", "object"] = "string"


__all__ = ["UNSET", "Arguments", "Exact", "Field", "Json", "UnsetType"]
