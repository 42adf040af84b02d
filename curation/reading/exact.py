"""The exact way from a row's bytes to an example: any JSON value finds its place, nothing is dropped."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec
from msgspec import Raw

from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message, Waiver
from curation.model.source import one_line
from curation.model.values import UNSET, Arguments, Exact, Field, Json, UnsetType

Members = dict[str, Raw]
"""The members of one object, each as its source; what is taken out is known, the rest is `extra`."""

_T = TypeVar("_T")
decode_members = msgspec.json.Decoder(Members).decode
_decode_elements = msgspec.json.Decoder(list[Raw]).decode
decode_string = msgspec.json.Decoder(str).decode
_Acceptable = list[dict[str, dict[str, list[Json]]]]


def build_example(raw: bytes) -> Example:
    """The example in a row that is known to be one JSON value."""
    if not _is_object(raw):
        return Example(whole=Exact(_source(raw.strip())))
    members = decode_members(raw)
    messages = _take_elements(members, "messages")
    example = build_rest(members)
    return msgspec.structs.replace(example, messages=tuple([_build_message(element) for element in messages or ()]))


def build_rest(members: Members) -> Example:
    """The example of what a row holds beside its turns, which is taken out of the members."""
    return Example(
        tools=_take_tools(members),
        tags=tuple(_take_typed(members, "tags", list[str]) or ()),
        group=_take_group(members),
        waivers=tuple(_take_struct_list(members, "waivers", Waiver) or ()),
        acceptable=_take_acceptable(members),
        extra=_rest(members),
    )


def build_definitions(raw: bytes) -> tuple[Definition, ...] | None:
    """The definitions of a `tools` value; None when it is no list."""
    if not raw.lstrip().startswith(b"["):
        return None
    return tuple(Definition(_source(element)) for element in _decode_elements(raw))


def build_field(raw: Raw | None) -> Field:
    """A known key's value: absent, null, a string, or anything else to the letter."""
    if raw is None:
        return UNSET
    source = bytes(raw)
    if source == b"null":
        return None
    return decode_string(source) if source.startswith(b'"') else Exact(_source(source))


def build_arguments(raw: Raw | None) -> Arguments | UnsetType:
    """Arguments in the form the row holds them in."""
    if raw is None:
        return UNSET
    source = bytes(raw)
    if source.startswith(b'"'):
        return Arguments(decode_string(source), "string")
    return Arguments(_source(source), "object")


def _build_message(raw: Raw) -> Message:
    if not _is_object(raw):
        return Message(whole=Exact(_source(raw)))
    members = decode_members(raw)
    calls = _take_elements(members, "tool_calls")
    return Message(
        role=build_field(members.pop("role", None)),
        content=build_field(members.pop("content", None)),
        calls=None if calls is None else tuple(_build_call(element) for element in calls),
        tool_call_id=build_field(members.pop("tool_call_id", None)),
        name=build_field(members.pop("name", None)),
        weight=build_field(members.pop("weight", None)),
        label=_take_label(members),
        extra=_rest(members),
    )


def _build_call(raw: Raw) -> Call:
    if not _is_object(raw):
        return Call(whole=Exact(_source(raw)))
    members = decode_members(raw)
    function = members.pop("function", None)
    is_object = function is not None and _is_object(function)
    inner = decode_members(function) if function is not None and is_object else {}
    return Call(
        name=build_field(inner.pop("name", None)),
        arguments=build_arguments(inner.pop("arguments", None)),
        id=build_field(members.pop("id", None)),
        type=build_field(members.pop("type", None)),
        extra=_rest(members),
        function_extra=_rest(inner),
        function=None if function is None or is_object else Exact(_source(function)),
    )


def _take_elements(members: Members, key: str) -> list[Raw] | None:
    raw = members.get(key)
    if raw is None or not bytes(raw).startswith(b"["):
        return None
    del members[key]
    return _decode_elements(raw)


def _take_tools(members: Members) -> tuple[Definition, ...] | UnsetType | None:
    raw = members.get("tools")
    if raw is None:
        return UNSET
    tools = build_definitions(bytes(raw))
    if tools is not None or bytes(raw) == b"null":
        del members["tools"]
        return tools
    return UNSET


def _take_group(members: Members) -> str | None:
    raw = members.get("group")
    if raw is None or not bytes(raw).startswith((b'"', b"null")):
        return None
    del members["group"]
    return decode_string(raw) if bytes(raw) != b"null" else None


def _take_typed(members: Members, key: str, shape: type[_T]) -> _T | None:
    """Take a member out when it has the shape; leave it among the unknown ones when not."""
    raw = members.get(key)
    if raw is None:
        return None
    try:
        value = msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError:
        return None
    del members[key]
    return value


def _take_label(members: Members) -> Label | None:
    """The label with every part that has the right shape; the other parts stay beside them, to the letter."""
    raw = members.get("label")
    if raw is None or bytes(raw) == b"null":
        members.pop("label", None)
        return None
    if not _is_object(raw):
        return None
    del members["label"]
    parts = decode_members(raw)
    return Label(
        reason=_take_typed(parts, "reason", str | None),  # type: ignore[arg-type]
        missing=_take_typed(parts, "missing", tuple[str, ...]) or (),
        recovery=_take_typed(parts, "recovery", str | None),  # type: ignore[arg-type]
        order=_take_typed(parts, "order", Literal["any", "sequence"]) or "any",  # type: ignore[arg-type]
        comparators=_take_typed(parts, "comparators", dict[str, Json]) or {},
        extra=_rest(parts),
    )


def _take_struct_list(members: Members, key: str, shape: type[_T]) -> list[_T] | None:
    """The same for a list of our structures: an unknown key in one means it is not ours."""
    raw = members.get(key)
    if raw is None or not bytes(raw).startswith(b"["):
        return None
    elements = _decode_elements(raw)
    if not all(_is_object(element) and _has_only_fields(element, shape) for element in elements):
        return None
    return _take_typed(members, key, list[shape])  # type: ignore[valid-type]


def _take_acceptable(members: Members) -> tuple[dict[str, dict[str, list[Json]]], ...] | None:
    value = _take_typed(members, "acceptable", _Acceptable)
    return None if value is None else tuple(value)


def _has_only_fields(raw: Raw, shape: type) -> bool:
    known = {field.name for field in msgspec.structs.fields(shape)}
    return known.issuperset(decode_members(raw))


def _rest(members: Members) -> dict[str, str]:
    return {key: _source(raw) for key, raw in members.items()}


def _is_object(raw: Raw | bytes) -> bool:
    return bytes(raw).lstrip(b" \t\n\r").startswith(b"{")


def _source(raw: Raw | bytes) -> str:
    return one_line(bytes(raw).decode())
