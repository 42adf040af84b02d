"""A right call made wrong in one place, with the validator's own sentence about it."""

from __future__ import annotations

import json

import msgspec

from curation.model.definition import Definition
from curation.model.example import Call, Example
from curation.model.values import Json
from curation.schemas import compile_schema
from curation.services.call_edits import find_definition
from curation.services.text_fields import arguments_text, field_text

_WRONG_VALUES: tuple[str, ...] = ('"unknown"', "0", "null", "true", "{}")


class Broken(msgspec.Struct, frozen=True):
    """Faulty arguments and what the validator says about them."""

    arguments: str
    sentence: str


def break_call(example: Example, call: Call) -> Broken | None:
    """The call's arguments with one fault; None where its tool has no schema or accepts every value."""
    definition = find_definition(example, field_text(call.name))
    return _break_arguments(arguments_text(call), definition) if definition else None


def _break_arguments(text: str, definition: Definition) -> Broken | None:
    compiled = compile_schema(definition.view.parameters_text or "{}")
    arguments = _object(text)
    if compiled.fault or arguments is None:
        return None
    for key in arguments:
        for wrong in _WRONG_VALUES:
            faulty = {**arguments, key: json.loads(wrong)}
            errors = compiled.errors(faulty)
            if errors:
                return Broken(json.dumps(faulty, ensure_ascii=False), f"{key}: {errors[0].message}")
    return None


def _object(text: str) -> dict[str, Json] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
