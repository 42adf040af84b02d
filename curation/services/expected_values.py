"""The schema a text field is written to: a call's arguments, a result, or a schema itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from curation.errors import CurationError
from curation.model.definition import Tool
from curation.model.example import Example
from curation.services.call_edits import find_definition
from curation.services.text_fields import Spot, call_at, field_text, find_spot, message_at

_KEYWORDS = Path(__file__).with_name("schema_keywords.json")


class Expected(msgspec.Struct, frozen=True):
    """A schema, and the way from its root to what the field holds."""

    schema: msgspec.Raw
    path: tuple[str, ...] = ()


@cache
def schema_keywords() -> Expected:
    """What may stand in a schema: the keywords people use, with what each takes."""
    return Expected(msgspec.Raw(_KEYWORDS.read_bytes()))


def expected_at(example: Example, pointer: str, tools: Mapping[str, Tool]) -> Expected | None:
    """The schema of a field of an example; None where nothing is declared."""
    try:
        spot = find_spot(pointer)
        text = _declared(example, spot, tools)
    except CurationError:
        return None
    return Expected(msgspec.Raw(text.encode()), spot.keys) if _is_schema(text) else None


def _declared(example: Example, spot: Spot, tools: Mapping[str, Tool]) -> str:
    if spot.part:
        return ""
    if spot.call is not None:
        definition = find_definition(example, field_text(call_at(example, spot.turn, spot.call).name))
        return (definition.view.parameters_text if definition else None) or ""
    call_id = field_text(message_at(example, spot.turn).tool_call_id)
    calls = [call for message in example.messages[: spot.turn] for call in message.calls or ()]
    name = next((field_text(call.name) for call in reversed(calls) if call_id and field_text(call.id) == call_id), "")
    return (tools[name].result_schema if name in tools else None) or ""


def _is_schema(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.DecodeError, RecursionError):
        return False
