"""Examples to scenario records: the last request that its calls and answer follow, the rest as turns around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from curation.formats.call_values import fits_into_row
from curation.formats.context import list_taken_keys
from curation.formats.contract import NO_OBJECT, Written
from curation.formats.losses import take_off_labels
from curation.formats.scenario_reading import KEYS
from curation.formats.turn_sources import write_turns
from curation.formats.turns import UnwritableError, need_call
from curation.model.example import Call, Example, Message
from curation.model.source import one_line, quote, write_list, write_object
from curation.model.values import UnsetType
from curation.reading.strict import parse_once

_TAKEN = (*KEYS, "messages")


class _Told(NamedTuple):
    """The calls, responses and answer after a request, as sources, and how many turns they take."""

    calls: list[str]
    responses: list[str]
    answer: str | None
    n_turns: int


def write(example: Example) -> Written:
    """One record; what it has no key for stands in `history` and `more`."""
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, losses = take_off_labels(example)
    turns = bare.messages
    asked = next((i for i in range(len(turns) - 1, -1, -1) if _is_text(turns[i], "user")), None)
    if asked is None:
        return Written(refused="No turn of a user asks for anything in plain text, so there is no query.")
    has_system = asked > 0 and _is_text(turns[0], "system")
    history = turns[int(has_system) : asked]
    told = _tell(turns[asked + 1 :], sum(len(turn.calls or ()) for turn in history))
    more = turns[asked + 1 + told.n_turns :]
    members = {
        "system": quote(str(turns[0].content)) if has_system else None,
        "history": write_turns(history) if history else None,
        "query": quote(str(turns[asked].content)),
        "calls": write_list(told.calls),
        "responses": write_list(told.responses),
        "answer": told.answer,
        "more": write_turns(more) if more else None,
        "tools": _write_tools(bare),
    } | {key: bare.extra[key] for key in sorted(bare.extra) if key not in _TAKEN}
    row = write_object([(key, source) for key, source in members.items() if source is not None])
    return Written(rows=(row.encode(),), losses=(*losses, *list_taken_keys(bare, _TAKEN)))


def _write_tools(example: Example) -> str | None:
    if isinstance(example.tools, UnsetType):
        return None
    return "null" if example.tools is None else write_list([one_line(tool.text) for tool in example.tools])


def _is_text(turn: Message, role: str) -> bool:
    """Whether a turn is its text and nothing else."""
    return turn.role == role and isinstance(turn.content, str) and turn == Message(role, turn.content)


def _tell(turns: Sequence[Message], n_before: int) -> _Told:
    """As much of what follows a request as a record says in its own keys."""
    calls: list[str] = []
    responses: list[str] = []
    n_calls, at = n_before, 0
    while at < len(turns) and (step := _write_step(turns[at:], n_calls)) is not None:
        calls.append(step[0])
        responses += step[1]
        n_calls += len(step[1])
        at += 1 + len(step[1])
    answer = turns[at].content if at < len(turns) and _is_text(turns[at], "assistant") else None
    if not isinstance(answer, str):
        return _Told(calls, responses, None, at)
    return _Told(calls, responses, quote(answer), at + 1)


def _write_step(turns: Sequence[Message], n_before: int) -> tuple[str, list[str]] | None:
    """A turn of calls with exactly its results in order; None where anything about them is out of the way."""
    first, *rest = turns
    made = first.calls or ()
    is_plain = bool(made) and not first.content and first == Message("assistant", first.content, made)
    if not is_plain or len(rest) < len(made):
        return None
    calls = [_write_call(call, n_before + j + 1) for j, call in enumerate(made)]
    responses = [_write_response(turn, call) for turn, call in zip(rest, made, strict=False)]
    found = [one for one in calls if one is not None]
    answered = [one for one in responses if one is not None]
    if len(found) < len(made) or len(answered) < len(made) or len({call.id for call in made}) < len(made):
        return None
    return found[0] if len(found) == 1 else write_list(found), answered


def _write_call(call: Call, n: int) -> str | None:
    if not isinstance(call.id, str) or call != Call(call.name, call.arguments, call.id, "function"):
        return None
    try:
        name, arguments = need_call(0, call)
    except UnwritableError:
        return None
    if isinstance(call.arguments, UnsetType) or arguments != call.arguments.text:
        return None
    given = [] if call.id == f"call_{n}" else [("id", quote(call.id))]
    return write_object([*given, ("name", quote(name)), ("arguments", arguments)])


def _write_response(turn: Message, call: Call) -> str | None:
    content = turn.content
    if not isinstance(content, str) or turn != Message("tool", content, tool_call_id=call.id):
        return None
    return content if _is_splice(content) else quote(content)


def _is_splice(text: str) -> bool:
    """Whether a text is one sound object or list, and nothing but that."""
    if not text.startswith(("{", "[")) or text != one_line(text).strip() or not fits_into_row(text):
        return False
    return parse_once(text).is_clean
