"""Validation errors as values of our own: where, which keyword, what was expected, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import orjson

from curation.model.values import Json
from curation.schemas.pointers import join_pointer

_LONGEST_SHOWN = 60
MOST_OPTIONS = 500
"""The allowed values that an error carries; nobody picks from more."""
_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


class SchemaError(msgspec.Struct, frozen=True):
    """One place of an instance that breaks its schema."""

    pointer: str
    """JSON pointer into the instance."""
    keyword: str
    """The JSON Schema keyword: `type`, `required`, `enum` … or `deadline`, `size`, `unchecked` for our own limits."""
    message: str
    """What is wrong, as the end of a sentence that starts with the name of the place."""
    schema_pointer: str
    expected: Json = None
    """The keyword's value, the missing key for `required`, the unexpected key for `additionalProperties`."""
    value: Json = None
    """The offending value."""


def explain(error: Any) -> list[SchemaError]:
    """Our own errors for one of the library's."""
    kind = error.kind
    name: str = kind.name
    if name in ("anyOf", "oneOfNotValid", "oneOf"):
        return _explain_choice(error, kind)
    if name in ("additionalProperties", "unevaluatedProperties"):
        return [_unexpected(error, name, key) for key in kind.unexpected]
    if name == "propertyNames":
        return [_key_name(error, kind)]
    return [_plain(error, name)]


def show(value: Json) -> str:
    """A value, short enough for a sentence."""
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, ValueError):
        text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def name_type(types: Json) -> str:
    """JSON type names in plain words."""
    names = sorted(types) if isinstance(types, list) else [types]
    return " or ".join(_TYPE_WORDS.get(str(name), str(name)) for name in names)


def _plain(error: Any, name: str) -> SchemaError:
    keyword = _KEYWORDS.get(name, name)
    expected = _expected(error.kind)
    if keyword == "enum" and isinstance(expected, list):
        expected = expected[:MOST_OPTIONS]
    if keyword == "contains" and error.schema_path[-1] in ("minContains", "maxContains"):
        keyword = str(error.schema_path[-1])
    wording = _WORDINGS.get(keyword)
    return SchemaError(
        pointer=join_pointer(error.instance_path),
        keyword=keyword,
        message=wording(expected, error.instance) if wording else f"breaks the schema keyword `{keyword}`",
        schema_pointer=join_pointer(error.schema_path),
        expected=expected,
        value=error.instance,
    )


_KEYWORDS = {"constant": "const", "oneOfMultipleValid": "oneOf", "custom": "custom"}


def _expected(kind: Any) -> Json:
    parts: dict[str, Json] = kind.as_dict()
    for value in parts.values():
        if value is None or isinstance(value, str | int | float | list | dict | bool):
            return value
    return None


def _unexpected(error: Any, name: str, key: str) -> SchemaError:
    value = error.instance.get(key) if isinstance(error.instance, dict) else None
    return SchemaError(
        pointer=join_pointer([*error.instance_path, key]),
        keyword=name,
        message="is not declared in the schema",
        schema_pointer=join_pointer(error.schema_path),
        expected=key,
        value=value,
    )


def _key_name(error: Any, kind: Any) -> SchemaError:
    inner = explain(kind.error)
    key = kind.error.instance
    return SchemaError(
        pointer=join_pointer([*error.instance_path, key])
        if isinstance(key, str)
        else join_pointer(error.instance_path),
        keyword="propertyNames",
        message=f"has a key that {inner[0].message}" if inner else "has a key that is not allowed",
        schema_pointer=join_pointer(error.schema_path),
        expected=inner[0].expected if inner else None,
        value=key,
    )


def _explain_choice(error: Any, kind: Any) -> list[SchemaError]:
    """The errors of the one branch that was meant, if there is one; else one error for the whole choice."""
    context: list[list[Any]] = getattr(kind, "context", None) or []
    if any(not branch for branch in context):
        return [_choice(error, "oneOf", "matches more than one of the alternatives", context)]
    meant = [branch for branch in context if not _is_other_type(branch, error.instance_path)]
    if len(meant) == 1:
        return [inner for part in meant[0] for inner in explain(part)]
    if not meant:
        return [_types_only(error, context)]
    return [_choice(error, kind.name, f"matches none of the {len(context)} alternatives", context)]


def _is_other_type(branch: list[Any], path: list[str | int]) -> bool:
    return any(part.kind.name == "type" and part.instance_path == path for part in branch)


def _types_only(error: Any, context: list[list[Any]]) -> SchemaError:
    types = sorted({t for branch in context for part in branch if part.kind.name == "type" for t in part.kind.types})
    return SchemaError(
        pointer=join_pointer(error.instance_path),
        keyword="type",
        message=_say_type(types, error.instance),
        schema_pointer=join_pointer(error.schema_path),
        expected=types,
        value=error.instance,
    )


def _choice(error: Any, keyword: str, message: str, context: list[list[Any]]) -> SchemaError:
    return SchemaError(
        pointer=join_pointer(error.instance_path),
        keyword="oneOf" if keyword.startswith("oneOf") else keyword,
        message=message,
        schema_pointer=join_pointer(error.schema_path),
        expected=len(context),
        value=error.instance,
    )


def _say_type(types: Json, value: Json) -> str:
    return f"must be {name_type(types)}, not {show(value)}"


def _say_enum(options: Json, value: Json) -> str:
    listed = ", ".join(show(option) for option in options[:8]) if isinstance(options, list) else show(options)
    more = f" and {len(options) - 8} more" if isinstance(options, list) and len(options) > 8 else ""
    return f"must be one of {listed}{more}, not {show(value)}"


def _length(value: Json) -> str:
    return str(len(value)) if isinstance(value, str | list | dict) else show(value)


_WORDINGS: dict[str, Callable[[Json, Json], str]] = {
    "type": _say_type,
    "enum": _say_enum,
    "const": lambda expected, value: f"must be {show(expected)}, not {show(value)}",
    "required": lambda expected, _: f"lacks the required key `{expected}`",
    "minimum": lambda expected, value: f"must be at least {show(expected)}, not {show(value)}",
    "maximum": lambda expected, value: f"must be at most {show(expected)}, not {show(value)}",
    "exclusiveMinimum": lambda expected, value: f"must be above {show(expected)}, not {show(value)}",
    "exclusiveMaximum": lambda expected, value: f"must be below {show(expected)}, not {show(value)}",
    "multipleOf": lambda expected, value: f"must be a multiple of {show(expected)}, not {show(value)}",
    "minLength": lambda expected, value: f"must have at least {expected} characters, not {_length(value)}",
    "maxLength": lambda expected, value: f"must have at most {expected} characters, not {_length(value)}",
    "pattern": lambda expected, value: f"must match the pattern {expected}, which {show(value)} does not",
    "format": lambda expected, value: f"must be a valid {expected}, which {show(value)} is not",
    "minItems": lambda expected, value: f"must have at least {expected} elements, not {_length(value)}",
    "maxItems": lambda expected, value: f"must have at most {expected} elements, not {_length(value)}",
    "uniqueItems": lambda _, value: f"must not repeat an element, as {show(value)} does",
    "minProperties": lambda expected, value: f"must have at least {expected} keys, not {_length(value)}",
    "maxProperties": lambda expected, value: f"must have at most {expected} keys, not {_length(value)}",
    "not": lambda expected, value: f"must not match {show(expected)}, as {show(value)} does",
    "contains": lambda _, value: f"does not hold the elements that it must contain: {show(value)}",
    "minContains": lambda _, value: f"holds too few of the elements that it must contain: {show(value)}",
    "maxContains": lambda _, value: f"holds too many of the elements that it must contain: {show(value)}",
    "falseSchema": lambda _, _value: "is not allowed here at all",
    "unevaluatedItems": lambda _, _value: "has elements that the schema does not describe",
    "oneOf": lambda _, _value: "matches more than one of the alternatives",
}
