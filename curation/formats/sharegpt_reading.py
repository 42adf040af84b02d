"""ShareGPT rows to examples: turns of `from` and `value`, calls and results as turns of their own.

The names of columns and roles are those people write into `dataset_info.json`, or the usual ones of other trainers.
"""

from __future__ import annotations

from collections.abc import Mapping

from curation.formats.call_order import OrderedTurns
from curation.formats.call_values import CallValues, cut_calls, read_call_values
from curation.formats.composing import Composition, read_composed
from curation.formats.slices import Members, cut_list, cut_object, text_of
from curation.formats.tools_text import compose_tools
from curation.formats.training_marks import take_train
from curation.model.reading import Reading, Reject
from curation.model.source import quote

_ROLE_KEYS, _TEXT_KEYS = ("from", "role"), ("value", "content")
_ROLES = {
    **dict.fromkeys(("human", "user"), "user"),
    **dict.fromkeys(("gpt", "assistant", "chatgpt", "model"), "assistant"),
    "system": "system",
    **dict.fromkeys(("function_call", "function-call", "tool_call"), "call"),
    **dict.fromkeys(("observation", "tool", "tool_response", "function_response", "function-response"), "tool"),
}
OWN_ROLES = ('"function_call"', '"observation"')
"""Roles no other form has, as sources."""
_NO_CALL = "The turn should be a call: one JSON object with `name` and `arguments`, or a list of such objects."


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, compose)


def compose(row: Members) -> Composition | None:
    """The row in our shape; None where it holds no turns of this form."""
    found = find_turns(row)
    if found is None:
        return None
    key, sources = found
    turns = OrderedTurns()
    add_system(turns, row)
    for n, source in enumerate(sources):
        _add_element(turns, source, f"/{key}/{n}")
    compose_tools(turns.composition, row, wraps=True)
    known = {key, "tools"} | ({"system"} if text_of(row.get("system")) is not None else set())
    turns.composition.rest |= {name: source for name, source in row.items() if name not in known}
    return turns.composition


def find_turns(row: Members) -> tuple[str, list[str]] | None:
    """The key and the sources of a row's turns, when it has turns of this form."""
    if "conversations" in row:
        turns = None if "messages" in row else cut_list(row["conversations"])
        return None if turns is None else ("conversations", turns)
    turns = cut_list(row.get("messages")) or []
    return ("messages", turns) if any(_is_marked(cut_object(turn) or {}) for turn in turns) else None


def _is_marked(turn: Members) -> bool:
    """Whether a turn under `messages` is of this form: its text is a `value`, or its role one of this form's own."""
    return "value" in turn or turn.get("role") in OWN_ROLES


def add_system(turns: OrderedTurns, row: Members) -> None:
    """The system turn that stands beside the turns; an empty text says that there is none."""
    source = row.get("system")
    if source is not None and text_of(source):
        members = {"role": '"system"', "content": source}
        turns.add_text(members, "/system", {"/role": "/system", "/content": "/system"})


def _add_element(turns: OrderedTurns, source: str, at: str) -> None:
    turn = cut_object(source)
    role_key = next((key for key in _ROLE_KEYS if turn and key in turn), None)
    text_key = next((key for key in _TEXT_KEYS if turn and key in turn), None)
    if turn is None or role_key is None or text_key is None or {"value", "content"} <= set(turn):
        turns.composition.add_as_given(source, at)
        return
    given, text = turn.pop(role_key), turn.pop(text_key)
    role = _ROLES.get(text_of(given) or "", "")
    parts = {"/role": f"{at}/{role_key}", "/content": f"{at}/{text_key}"}
    if role == "call":
        _add_calls(turns, turn, text, at, parts)
    elif role == "tool":
        turns.add_result(turn, text, at, parts)
    else:
        members = {"role": quote(role) if role else given, "content": text}
        turns.add_text(take_train(members | turn), at, parts)


def _add_calls(turns: OrderedTurns, rest: Members, source: str, at: str, parts: Mapping[str, str]) -> None:
    place = parts["/content"]
    found = _find_calls(source)
    if found is None:
        turns.composition.find("J12", f"{turns.composition.next_turn}/content", _NO_CALL)
        turns.add_text({"role": '"assistant"', "content": source} | rest, at, parts)
        return
    if text_of(source) is not None:
        turns.composition.hidden.add(place)
    members = take_train({"role": '"assistant"'} | rest)
    turns.add_calls(members, found, at, {**parts, "/tool_calls": place}, [place + call.at for call in found.calls])


def _find_calls(source: str) -> CallValues | None:
    """The calls in a turn's value, be it their text or the objects themselves."""
    text = text_of(source)
    if text is not None:
        return read_call_values(text)
    calls = cut_calls(source)
    return None if calls is None else CallValues(calls, (), is_python=False)
