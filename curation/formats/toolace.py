"""ToolACE rows: tools as JSON in the prose of `system`, calls as `[Name(argument=value), …]`. Only read."""

from __future__ import annotations

import msgspec

from curation.formats.bracket_calls import read_bracket_calls, starts_like_calls
from curation.formats.call_order import OrderedTurns
from curation.formats.call_values import CallValue, CallValues, fits_into_row
from curation.formats.composing import Composition, read_composed
from curation.formats.contract import Format
from curation.formats.prose_tools import ProseTools, add_prose_tools, find_prose_tools
from curation.formats.slices import Members, cut_list, cut_object, text_of
from curation.formats.tools_text import compose_tools
from curation.model.definition import view_definition
from curation.model.reading import Reading, Reject
from curation.model.source import quote

_ROLES = ("user", "assistant", "tool")
_NO_CALLS = "The text begins like a list of calls, `[Name(argument=value)]`, but cannot be read as one."


class _Turn(msgspec.Struct):
    who: str = msgspec.field(name="from")
    value: str


class _Row(msgspec.Struct):
    conversations: list[_Turn]
    system: str


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """Turns from user, assistant and tool, with a call in brackets or definitions in the prose of `system`."""
    if b'"conversations"' not in raw or b'"system"' not in raw:
        return False
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if not row.conversations or not all(turn.who in _ROLES for turn in row.conversations):
        return False
    answers = [turn.value for turn in row.conversations if turn.who == "assistant"]
    return any(map(starts_like_calls, answers)) or ('"name"' in row.system and find_prose_tools(row.system) is not None)


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    sources = cut_list(row.get("conversations"))
    if sources is None or "messages" in row:
        return None
    turns = OrderedTurns()
    system = text_of(row.get("system"))
    tools = None if system is None or "tools" in row else find_prose_tools(system)
    if system is not None:
        _add_system(turns, system, tools)
    names = [name for source in (tools.sources if tools else ()) if (name := view_definition(source).name)]
    for n, source in enumerate(sources):
        _add_turn(turns, source, f"/conversations/{n}", names)
    compose_tools(turns.composition, row, wraps=True)
    known = {"conversations", "tools"} | ({"system"} if system is not None else set())
    turns.composition.rest |= {key: source for key, source in row.items() if key not in known}
    return turns.composition


def _add_system(turns: OrderedTurns, text: str, tools: ProseTools | None) -> None:
    """The prose as a system turn, the definitions out of it."""
    if tools is not None:
        add_prose_tools(turns.composition, tools, "/system")
    prose = text if tools is None else tools.prose
    if prose:
        members = {"role": '"system"', "content": quote(prose)}
        turns.add_text(members, "/system", {"/role": "/system", "/content": "/system"})


def _add_turn(turns: OrderedTurns, source: str, at: str, names: list[str]) -> None:
    turn = cut_object(source)
    if turn is None or "from" not in turn or "value" not in turn or "content" in turn:
        turns.composition.add_as_given(source, at)
        return
    given, value = turn.pop("from"), turn.pop("value")
    role, text = text_of(given), text_of(value) or ""
    parts = {"/role": f"{at}/from", "/content": f"{at}/value"}
    found = _read_calls(text, names) if role == "assistant" else None
    if role == "tool":
        turns.add_result(turn, value, at, parts)
    elif found is not None:
        place = f"{at}/value"
        turns.composition.hidden.add(place)
        mapped = {**parts, "/tool_calls": place}
        turns.add_calls(turn, found, at, mapped, [place + call.at for call in found.calls])
    else:
        if role == "assistant" and starts_like_calls(text):
            turns.composition.find("J12", f"{turns.composition.next_turn}/content", _NO_CALLS)
        turns.add_text({"role": given, "content": value} | turn, at, parts)


def _read_calls(text: str, names: list[str]) -> CallValues | None:
    calls = read_bracket_calls(text, names)
    if calls is None or not all(fits_into_row(call.arguments) for call in calls):
        return None
    values = (CallValue(f"/{n}", quote(call.name), call.arguments, None, {}) for n, call in enumerate(calls))
    return CallValues(tuple(values), (), is_python=False)


FORMAT = Format(
    name="toolace",
    title="ToolACE: calls in brackets",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
