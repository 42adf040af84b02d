"""One row's bytes to an example: total, exact, and fast for the usual shape.

The fast way decodes the usual shape with raw slices and proves by counting colons that nothing was doubled or unknown;
every other row is scanned and built the exact way. Faults inside a call's arguments are left to the rules, which
parse them by `parse_strict` in either form.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec
from msgspec import UNSET, Raw, UnsetType

from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.finding import Finding
from curation.model.reading import Places, Reading, Reject
from curation.model.source import one_line
from curation.model.values import Arguments, Exact
from curation.model.wire import WireCall, WireLabel, WireMessage, WireRow, decode_row, encode_wire
from curation.reading.exact import build_example, build_field, decode_string
from curation.reading.faults import MAX_CHARACTERS, Fault, Parsed
from curation.reading.strict import has_risky_escapes, parse_strict

_ARGUMENTS = re.compile(r"/messages/\d+/tool_calls/\d+/function/arguments(/|$)")
_MOST_OPENERS = 200
"""A slice with fewer brackets cannot pass the depth limit together with the row around it."""
_LEVELS_AROUND = 8
_CACHED_BYTES = 20_000
"""A longer definition is built anew rather than kept."""
_NO_PLACES = Places()


def read_row(raw: bytes) -> Reading | Reject:
    """Read one row in our envelope or the OpenAI shape; never raises."""
    example = _read_fast(raw)
    if example is not None:
        return Reading(example, find_places(example))
    return read_exactly(raw)


def read_exactly(raw: bytes) -> Reading | Reject:
    """Read a row the exact way, with every fault of its text."""
    parsed = parse_strict(raw)
    if rejected := reject(parsed):
        return rejected
    example = build_example(raw.removeprefix(b"\xef\xbb\xbf"))
    faults = [fault for fault in parsed.faults if not _ARGUMENTS.match(fault.pointer)]
    return Reading(example, find_places(example), tuple(find_fault(fault) for fault in faults))


def reject(parsed: Parsed) -> Reject | None:
    """The reject of a text with a fatal fault, None when it can be read."""
    for fault in parsed.faults:
        if fault.is_fatal:
            return Reject(fault.rule, fault.code, fault.message, fault.line, fault.column)
    return None


def find_fault(fault: Fault, under: str = "") -> Finding:
    """A fault as a finding; `under` is the inner pointer of the text it was found in."""
    return Finding(
        rule=fault.rule,
        code=fault.code,
        at=under + fault.pointer,
        message=f"{fault.message} (Column {fault.column}.)",
    )


def find_places(example: Example) -> Places:
    """The places of an OpenAI-shaped row: only arguments held as text hide their inside."""
    hidden = [
        f"/messages/{i}/tool_calls/{j}/function/arguments"
        for i, message in enumerate(example.messages)
        if message.calls
        for j, call in enumerate(message.calls)
        if isinstance(call.arguments, Arguments) and call.arguments.form == "string"
    ]
    return Places(opaque=frozenset(hidden)) if hidden else _NO_PLACES


def _read_fast(raw: bytes) -> Example | None:
    """The example, when the row has the usual shape and is proved to hold nothing else; None when not."""
    if len(raw) > MAX_CHARACTERS or has_risky_escapes(raw):
        return None
    try:
        raw.decode()
        row = decode_row(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if raw.count(b":") != encode_wire(row).count(b":"):
        return None
    try:
        return _build(row)
    except UncleanError:
        return None


class UncleanError(Exception):
    """A slice has a fault, so the whole row is read the exact way."""


def _build(row: WireRow) -> Example:
    return Example(
        messages=tuple([build_message(message) for message in row.messages]),
        tools=_build_tools(row.tools),
        tags=() if row.tags is UNSET else tuple(row.tags),
        group=None if row.group is UNSET else row.group,
        waivers=() if row.waivers is UNSET else tuple(row.waivers),
        acceptable=None if row.acceptable is UNSET else tuple(row.acceptable),
    )


def build_message(wire: WireMessage) -> Message:
    calls, weight, label = wire.tool_calls, wire.weight, wire.label
    return Message(
        wire.role,
        wire.content,
        None if calls is UNSET else tuple([_build_call(call) for call in calls]),
        wire.tool_call_id,
        wire.name,
        weight if weight is UNSET else _build_weight(weight),
        None if label is UNSET else _build_label(label),
    )


def _build_label(wire: WireLabel) -> Label:
    return Label(wire.reason, wire.missing, wire.recovery, wire.order, wire.comparators)


def _build_weight(raw: Raw) -> str | UnsetType | Exact | None:
    if bytes(raw) not in (b"0", b"1"):
        _clean_source(raw)
    return build_field(raw)


def _build_call(wire: WireCall) -> Call:
    function = wire.function
    raw = function.arguments
    if isinstance(raw, UnsetType):
        arguments: Arguments | UnsetType = UNSET
    else:
        source = bytes(raw)
        if source.startswith(b'"'):
            arguments = Arguments(decode_string(source))
        else:
            arguments = Arguments(_clean_source(raw), "object")
    return Call(function.name, arguments, wire.id, wire.type)


def _build_tools(tools: list[Raw] | UnsetType | None) -> tuple[Definition, ...] | UnsetType | None:
    if tools is None or isinstance(tools, UnsetType):
        return tools
    return tuple([_build_tool(bytes(raw)) for raw in tools])


def _build_tool(source: bytes) -> Definition:
    if len(source) > _CACHED_BYTES:
        return Definition(_clean_source(source))
    return _build_shared_tool(source)


@lru_cache(maxsize=1024)
def _build_shared_tool(source: bytes) -> Definition:
    """Rows share their tools, so a definition is proved clean once. An unclean one is proved so each time."""
    return Definition(_clean_source(source))


def _clean_source(raw: bytes | Raw) -> str:
    source = bytes(raw).decode()
    if not parse_strict(source).is_clean or (_has_many_brackets(source) and not _fits_into_row(source)):
        raise UncleanError
    return one_line(source)


def _has_many_brackets(source: str) -> bool:
    """Whether brackets might nest too deep; few slices are long enough to count."""
    return len(source) > _MOST_OPENERS and source.count("{") + source.count("[") > _MOST_OPENERS


def _fits_into_row(source: str) -> bool:
    """Whether the slice keeps the depth limit even inside all the levels a row can put around it."""
    return parse_strict("[" * _LEVELS_AROUND + source + "]" * _LEVELS_AROUND).is_clean
