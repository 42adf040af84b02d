"""A tool's result as a router row holds it: a user turn `{"tool", "result" | "error"}`."""

from __future__ import annotations

import msgspec

from curation.model.source import quote
from curation.reading.strict import parse_strict

_ERROR_HEAD = '{"error":'


class ToolResult(msgspec.Struct, frozen=True):
    """What a tool gave back, as the content of a tool turn."""

    tool: str
    content: str
    key: str
    """`result` or `error`."""


class _Slices(msgspec.Struct):
    result: msgspec.Raw = msgspec.Raw(b"")
    error: msgspec.Raw = msgspec.Raw(b"")


_decode_slices = msgspec.json.Decoder(_Slices).decode


def write_result(tool: str, content: str) -> str:
    """The user turn for a tool turn's content; an object that holds nothing but `error` is an error."""
    parsed = parse_strict(content)
    is_exact = not parsed.faults and content == content.strip() and "\n" not in content and "\r" not in content
    if is_exact and isinstance(parsed.value, dict) and list(parsed.value) == ["error"]:
        return f'{{"tool":{quote(tool)},"error":{bytes(_decode_slices(content).error).decode()}}}'
    is_spliced = is_exact and not isinstance(parsed.value, str)
    return f'{{"tool":{quote(tool)},"result":{content if is_spliced else quote(content)}}}'


def read_result(text: str) -> ToolResult | None:
    """A user turn that is a tool's result; None for any other text."""
    if not text.lstrip().startswith("{"):
        return None
    parsed = parse_strict(text)
    value = parsed.value
    if not isinstance(value, dict) or any(fault.code == "J05" for fault in parsed.faults):
        return None
    if not isinstance(value.get("tool"), str) or set(value) not in ({"tool", "result"}, {"tool", "error"}):
        return None
    slices = _decode_slices(text)
    if "error" in value:
        return ToolResult(value["tool"], _ERROR_HEAD + bytes(slices.error).decode() + "}", "error")
    content = value["result"] if isinstance(value["result"], str) else bytes(slices.result).decode()
    return ToolResult(value["tool"], content, "result")
