"""A router's answer: exactly one JSON object that calls one tool or says why none is called."""

from __future__ import annotations

from typing import Literal

import msgspec

from curation.model.source import one_line, quote, write_object
from curation.model.values import Json
from curation.reading.strict import parse_strict

NO_TOOL = "no_tool"


class RouterCall(msgspec.Struct, frozen=True):
    """The answer calls a tool."""

    tool: str
    arguments_text: str
    """The exact source of the arguments object."""


class RouterAbstention(msgspec.Struct, frozen=True):
    """The answer calls nothing and says why."""

    reason: str
    message: str


class Broken(msgspec.Struct, frozen=True):
    """The text is no answer."""

    why: str
    """One sentence."""
    kind: Literal["unparseable", "schema_invalid"]
    code: str = "J03"
    """The code of the rule it breaks."""


RouterAnswer = RouterCall | RouterAbstention | Broken


class _Slices(msgspec.Struct):
    arguments: msgspec.Raw = msgspec.Raw(b"")


_decode_slices = msgspec.json.Decoder(_Slices).decode


def parse_answer(text: str) -> RouterAnswer:
    """Read an answer strictly: nothing around it, nothing missing, nothing more."""
    parsed = parse_strict(text)
    for fault in parsed.faults:
        if fault.is_fatal or fault.code == "J05":
            return _explain(text, fault.message, fault.code)
    if not isinstance(parsed.value, dict):
        return Broken("The answer is JSON, but no object.", "unparseable", "J14")
    return _read_object(text, parsed.value)


def write_call(tool: str, arguments_source: str) -> str:
    """The answer that calls a tool."""
    return f'{{"tool":{quote(tool)},"arguments":{one_line(arguments_source)}}}'


def write_abstention(reason: str, message: str) -> str:
    """The answer that calls nothing."""
    return write_object([("tool", quote(NO_TOOL)), ("reason", quote(reason)), ("message", quote(message))])


def _read_object(text: str, value: dict[str, Json]) -> RouterAnswer:
    tool = value.get("tool")
    if not isinstance(tool, str):
        return Broken("The answer has no text under `tool`.", "schema_invalid", "M01")
    expected = ("tool", "reason", "message") if tool == NO_TOOL else ("tool", "arguments")
    if wrong := _compare_keys(value, expected):
        return wrong
    if tool == NO_TOOL:
        return _read_abstention(value)
    if not isinstance(value["arguments"], dict):
        form = "text" if isinstance(value["arguments"], str) else "no object"
        return Broken(f"The arguments of `{tool}` are {form}; an object is expected.", "schema_invalid", "J14")
    return RouterCall(tool, one_line(bytes(_decode_slices(text).arguments).decode()))


def _read_abstention(value: dict[str, Json]) -> RouterAnswer:
    reason, message = value["reason"], value["message"]
    if not isinstance(reason, str) or not isinstance(message, str):
        return Broken("`reason` and `message` of a no_tool answer are text.", "schema_invalid", "M01")
    return RouterAbstention(reason, message)


def _compare_keys(value: dict[str, Json], expected: tuple[str, ...]) -> Broken | None:
    for key in expected:
        if key not in value:
            return Broken(f"The answer has no `{key}`.", "schema_invalid", "M01")
    for key in value:
        if key not in expected:
            return Broken(f"The answer has the key `{key}` too many.", "schema_invalid", "M12")
    return None


def _explain(text: str, message: str, code: str) -> Broken:
    if "```" in text:
        return Broken("The answer stands in a code fence; it must be the bare object.", "unparseable", "J15")
    if code in ("J03", "J04") and "{" in text and not text.lstrip().startswith(("{", "[")):
        return Broken("Text stands before the answer; it must be the bare object.", "unparseable", "J15")
    return Broken(message, "unparseable", code)
