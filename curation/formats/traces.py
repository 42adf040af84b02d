"""Logs of requests and responses in the form of OpenAI, one a line; read only.

The turns of the request and the answer make the conversation. Requests of one conversation grow from line to line:
they share a group, so that they never stand in two splits, and the fullest of them is the one to keep. What else the
log says stays under its key, without credentials.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import msgspec

from curation.formats.composing import Composition, read_composed
from curation.formats.contract import Format
from curation.formats.openai_functions import OldTurns, add_functions
from curation.formats.responses_reading import ItemTurns, add_flat_tools
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of
from curation.formats.trace_answers import Answer, find_answer
from curation.formats.trace_secrets import drop_secrets
from curation.model.reading import Reading, Reject
from curation.model.source import quote
from curation.reading.exact import build_example
from curation.reading.rows import read_row
from curation.reading.strict import parse_strict

_REQUESTS = ("request", "input", "inputs", "body", "kwargs")
_ANSWERS = ("response", "output", "outputs", "completion", "result")
_CONVERSATIONS = ("conversation_id", "conversationId", "session_id", "sessionId", "thread_id", "threadId")
_CONVERSATION_KEYS = ("messages", "tools")
"""What a row says in its turns and its tools is for the rules to judge."""


class _Request(NamedTuple):
    """What was asked: the turns and the object around them."""

    keys: tuple[str, ...]
    """The steps from the row to `members`."""
    members: Members
    turns: list[str]
    at: str
    """Pointer to the list of turns."""
    is_items: bool = False
    """Whether they are items of the Responses API."""

    @property
    def base(self) -> str:
        return "".join(f"/{key}" for key in self.keys)


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose, _read_plain)


def _read_plain(raw: bytes) -> Reading | Reject:
    """A line of a log whose own turns are the conversation: the rest of it is cleaned too."""
    reading = read_row(raw)
    members = cut_object(raw.removeprefix(b"\xef\xbb\xbf").decode()) if isinstance(reading, Reading) else None
    if isinstance(reading, Reject) or members is None:
        return reading
    composition = Composition()
    kept = {key: _clean_member(key, source, composition) for key, source in members.items()}
    if not composition.findings:
        return reading
    example = build_example(paste({key: source for key, source in kept.items() if source is not None}).encode())
    found = (*reading.findings, *composition.findings)
    return msgspec.structs.replace(reading, example=example, findings=found)


def _clean_member(key: str, source: str, composition: Composition) -> str | None:
    """A member of the row without its credentials, None where it is one; turns and tools stay to the letter."""
    if key in _CONVERSATION_KEYS:
        return source
    left = cut_object(drop_secrets(paste({key: source}), "", composition))
    return (left or {}).get(key)


def _compose(row: Members) -> Composition | None:
    request = _find_request(row)
    if request is None or (request.keys and _is_said_twice(row, request)):
        return None
    composition = Composition()
    if request.is_items:
        key, answer = _find_output(row)
        _add_items(composition, row, request, cut_list((answer or {}).get("output")) or [], f"/{key}/output")
        rest = {one: source for one, source in (answer or {}).items() if one != "output"}
    else:
        key, found = _find_answer(row)
        _add_turns(composition, row, request, found)
        rest = found.rest if found else {}
    kept = _keep_rest(row, request, key, rest)
    left = ((one, _clean_member(one, source, composition)) for one, source in kept.items())
    composition.rest |= {one: source for one, source in left if source is not None}
    composition.rest.setdefault("group", quote(_name_group(row, composition)))
    return composition


def _is_said_twice(row: Members, request: _Request) -> bool:
    """Whether the row has turns or tools beside those of its request, so that nobody can tell which are meant."""
    return "messages" in row or ("tools" in row and "tools" in request.members)


# -- finding the parts ---------------------------------------------------------------------------------------------


def _find_request(row: Members) -> _Request | None:
    for key in _REQUESTS:
        if found := _open_request((key,), row.get(key), f"/{key}"):
            return found
        inner = cut_object(row.get(key)) or {}
        if found := _open_request((key, "body"), inner.get("body"), f"/{key}/body"):
            return found
    return _open_request((), paste(row), "") if _find_answer(row)[1] else None


def _open_request(keys: tuple[str, ...], source: str | None, at: str) -> _Request | None:
    members = cut_object(source)
    if members is None:
        turns = cut_list(source)
        are_turns = bool(turns) and all("role" in (cut_object(turn) or {}) for turn in turns or ())
        return _Request(keys, {}, turns or [], at) if are_turns else None
    turns = cut_list(members.get("messages"))
    if turns is not None:
        return _Request(keys, members, turns, at + "/messages")
    items = cut_list(members.get("input"))
    is_nested = bool(keys) and items is not None
    return _Request(keys, members, items or [], at + "/input", is_items=True) if is_nested else None


def _find_tools(row: Members, request: _Request) -> tuple[list[str] | None, str]:
    """The list of tools, in the request or beside it, and where it stands."""
    tools = cut_list(request.members.get("tools"))
    if tools is None and request.keys:
        return cut_list(row.get("tools")), "/tools"
    return tools, request.base + "/tools"


def _find_answer(row: Members) -> tuple[str, Answer | None]:
    for key in _ANSWERS:
        if found := find_answer(row.get(key), f"/{key}", is_named=key in ("output", "completion")):
            return key, found
    return "", None


def _find_output(row: Members) -> tuple[str, Members | None]:
    for key in _ANSWERS:
        members = cut_object(row.get(key))
        if members is not None and cut_list(members.get("output")) is not None:
            return key, members
    return "", None


# -- putting them together -----------------------------------------------------------------------------------------


def _add_turns(composition: Composition, row: Members, request: _Request, answer: Answer | None) -> None:
    turns = OldTurns(composition)
    for n, turn in enumerate(request.turns):
        turns.add(turn, f"{request.at}/{n}")
    for source, at in answer.turns if answer else ():
        turns.add(source, at)
        _place_pieces(composition, at, answer.n_joined if answer else None)
    base = request.base
    tools, at = _find_tools(row, request)
    if tools is not None:
        composition.tools = []
        composition.moved["/tools"] = at
        for k, tool in enumerate(tools):
            composition.add_tool(tool, f"{at}/{k}")
    elif (functions := cut_list(request.members.get("functions"))) is not None:
        add_functions(composition, functions, f"{base}/functions")
    if "parallel_tool_calls" in request.members:
        composition.rest["parallel_tool_calls"] = request.members["parallel_tool_calls"]
        composition.moved["/parallel_tool_calls"] = f"{base}/parallel_tool_calls"


def _place_pieces(composition: Composition, at: str, n_calls: int | None) -> None:
    """What was put together out of pieces stands in all of them."""
    if n_calls is None:
        return
    turn = f"/messages/{len(composition.messages) - 1}"
    parts = ["/content", "/tool_calls"]
    for n in range(n_calls):
        call = f"/tool_calls/{n}"
        parts += [call, *(call + part for part in ("/id", "/function", "/function/name", "/function/arguments"))]
    composition.moved |= {turn + part: at for part in parts}


def _add_items(composition: Composition, row: Members, request: _Request, output: list[str], at: str) -> None:
    turns = ItemTurns(composition)
    base = request.base
    if request.members.get("instructions", "").startswith('"'):
        turns.add_text("system", request.members["instructions"], f"{base}/instructions")
    for n, item in enumerate(request.turns):
        turns.add(item, f"{request.at}/{n}")
    for n, item in enumerate(output):
        turns.add(item, f"{at}/{n}")
    turns.finish()
    tools, place = _find_tools(row, request)
    if tools is not None:
        add_flat_tools(composition, tools, place)


def _keep_rest(row: Members, request: _Request, answer_key: str, answer_rest: Members) -> Members:
    """What the log says beside the conversation, each under its own key."""
    left = {key: source for key, source in request.members.items() if key not in _list_taken(request)}
    kept = {key: source for key, source in row.items() if key != answer_key}
    if request.keys and _find_tools(row, request)[1] == "/tools" and cut_list(row.get("tools")) is not None:
        del kept["tools"]
    kept = _put_back(kept, request.keys, left)
    return kept | ({answer_key: paste(answer_rest)} if answer_rest else {})


def _list_taken(request: _Request) -> set[str]:
    """The keys of a request that the conversation was made of."""
    members = request.members
    has_tools = cut_list(members.get("tools")) is not None
    taken = {"tools"} if has_tools else set[str]()
    if request.is_items:
        return taken | {"input"} | ({"instructions"} if members.get("instructions", "").startswith('"') else set())
    if not has_tools and cut_list(members.get("functions")) is not None:
        taken.add("functions")
    return taken | {"messages", "parallel_tool_calls"}


def _put_back(row: Members, keys: tuple[str, ...], left: Members) -> Members:
    """The row with what is left of the object at `keys`; nothing under a key that is empty now."""
    if not keys:
        return {key: source for key, source in left.items() if key in row}
    key, *inner = keys
    now = _put_back(cut_object(row[key]) or {}, tuple(inner), left) if inner else left
    others = {one: source for one, source in row.items() if one != key}
    return others | ({key: paste(now)} if now else {})


# -- one conversation, several lines -------------------------------------------------------------------------------


def _name_group(row: Members, composition: Composition) -> str:
    """The conversation's own name where the log has one, else a digest of how it begins."""
    for members in (row, cut_object(row.get("metadata")) or {}):
        for key in _CONVERSATIONS:
            if name := text_of(members.get(key)):
                return name
    digest = hashlib.sha256()
    for message in composition.messages:
        value = parse_strict(message).value
        told = value if isinstance(value, dict) else {}
        digest.update(repr([told.get("role"), told.get("content") or "", _list_calls(told)]).encode())
        if told.get("role") == "assistant":
            break
    return f"trace-{digest.hexdigest()[:16]}"


def _list_calls(message: dict[str, object]) -> list[object]:
    calls = message.get("tool_calls")
    return [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []


# -- telling such a row --------------------------------------------------------------------------------------------


def recognises(raw: bytes) -> bool:
    """A request with turns and an answer to it, each under its own key."""
    if not any(b'"%s"' % key.encode() in raw for key in _ANSWERS):
        return False
    try:
        row = cut_object(raw.decode())
    except UnicodeDecodeError:
        return False
    request = _find_request(row) if row else None
    if row is None or request is None:
        return False
    return _find_output(row)[1] is not None if request.is_items else _find_answer(row)[1] is not None


FORMAT = Format(
    name="traces",
    title="Logs of requests and responses (OpenAI)",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
