"""Why a template refuses a row: written again with one thing changed at a time, until the template takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import NamedTuple

import msgspec

from curation.model.finding import Finding, Fix
from curation.model.rule_names import RULE_SLUGS
from curation.model.values import Json
from curation.rendering.rows import ChatRow
from curation.rendering.template import Template

MOST_PLACES = 20
"""So many places of one cause are named."""
MOST_TURNS = 64
_LONGEST_REASON = 160

Message = dict[str, Json]


class Change(NamedTuple):
    """One message with one thing changed, and where."""

    message: Message
    at: str
    fix: Fix | None = None


class Trial(NamedTuple):
    """Something templates are known to refuse, how it looks otherwise, and what to tell a person."""

    remedy: str
    change: Callable[[Message], Change | None]
    """None: there is nothing of the kind in the message; places are relative to it."""


def explain_refusal(template: Template, row: ChatRow, reason: str) -> list[Finding]:
    """A finding for each place that the template cannot take."""
    named = _name_tools(template, row, reason) or _name_places(template, row, reason)
    return named or [_finding(_last_refused(template, row), reason, "")]


def _name_tools(template: Template, row: ChatRow, reason: str) -> list[Finding]:
    if not row.tools or not template.takes(ChatRow(row.messages, (), row.style)):
        return []
    alone = [i for i, tool in enumerate(row.tools) if not template.takes(ChatRow(row.messages, (tool,), row.style))]
    remedy = "without the definition it takes the row, so look at how this one is written"
    return [_finding(f"/tools/{i}", reason, remedy) for i in alone[:MOST_PLACES]] or [_finding("/tools", reason, "")]


def _name_places(template: Template, row: ChatRow, reason: str) -> list[Finding]:
    for size in (1, 2):
        for trials in combinations(TRIALS, size):
            changes = {(i, trial): change for i, trial, change in _changes(row, trials)}
            if len({trial for _, trial in changes}) == size and template.takes(_changed(row, changes)):
                return list(_findings(_needed(template, row, changes), reason))
    return []


def _changes(row: ChatRow, trials: tuple[Trial, ...]) -> Iterator[tuple[int, Trial, Change]]:
    for i, message in enumerate(row.messages):
        for trial in trials:
            change = trial.change(message)
            if change is not None:
                message = change.message
                yield i, trial, change


def _changed(row: ChatRow, changes: dict[tuple[int, Trial], Change]) -> ChatRow:
    messages = list(row.messages)
    for (i, _), change in changes.items():
        messages[i] = change.message
    return ChatRow(tuple(messages), row.tools, row.style)


def _needed(
    template: Template, row: ChatRow, changes: dict[tuple[int, Trial], Change]
) -> dict[tuple[int, Trial], Change]:
    """The changes without which the template refuses the row still; all of them when there are many."""
    if not 1 < len(changes) <= MOST_PLACES or len({trial for _, trial in changes}) > 1:
        return changes
    for key in list(changes):
        fewer = {other: change for other, change in changes.items() if other != key}
        if fewer and template.takes(_changed(row, fewer)):
            changes = fewer
    return changes


def _findings(changes: dict[tuple[int, Trial], Change], reason: str) -> Iterator[Finding]:
    for (i, trial), change in list(changes.items())[:MOST_PLACES]:
        at, fix = f"/messages/{i}{change.at}", change.fix
        if fix is not None:
            fix = Fix(fix.title, f"/messages/{i}{fix.at}", fix.value)
        yield _finding(at, reason, trial.remedy, fix)


def _finding(at: str, reason: str, remedy: str, fix: Fix | None = None) -> Finding:
    why = " ".join(reason.split()).rstrip(".!")
    why = why if len(why) <= _LONGEST_REASON else why[:_LONGEST_REASON] + "…"
    rest = f"; {remedy}" if remedy else "; change this turn or choose another template"
    message = f"The template refuses the row ({why}){rest}."
    return Finding(RULE_SLUGS["X01"], "X01", at, message, {"reason": why, "remedy": remedy}, fix)


def _last_refused(template: Template, row: ChatRow) -> str:
    """The turn with which the template stops to take the conversation."""
    n_turns = len(row.messages)
    for upto in range(n_turns - 1, max(n_turns - MOST_TURNS, 0), -1):
        if template.takes(ChatRow(row.messages[:upto], row.tools, row.style)):
            return f"/messages/{upto}"
    return "/messages/0" if row.messages else "/messages"


# -- what is tried -------------------------------------------------------------------------------------------------


def _open_arguments(message: Message) -> Change | None:
    return _change_arguments(message, str, _opened, "Write the arguments as an object")


def _close_arguments(message: Message) -> Change | None:
    return _change_arguments(message, dict, _quoted, "Write the arguments as text")


def _opened(arguments: Json) -> Json:
    try:
        value = msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _quoted(arguments: Json) -> Json:
    return msgspec.json.encode(arguments).decode()


def _change_arguments(message: Message, kind: type, change: Callable[[Json], Json], title: str) -> Change | None:
    """The place is the first call's; the others of the turn have the same fault."""
    calls = _calls(message)
    changed, at, fix = [], "", None
    for j, call in enumerate(calls):
        function = call.get("function") if isinstance(call, dict) else None
        arguments = function.get("arguments") if isinstance(function, dict) else None
        value = change(arguments) if isinstance(arguments, kind) else None
        if value is None:
            changed.append(call)
            continue
        changed.append(_with_arguments(call, value))
        if not at:
            at = f"/tool_calls/{j}/function/arguments"
            fix = Fix(title, at, msgspec.json.encode(value).decode())
    return Change({**message, "tool_calls": changed}, at, fix) if at else None


def _with_arguments(call: Json, arguments: Json) -> Json:
    return {**call, "function": {**call["function"], "arguments": arguments}}


def _calls(message: Message) -> list[Json]:
    calls = message.get("tool_calls")
    return calls if isinstance(calls, list) else []


def _fill_null(message: Message) -> Change | None:
    if "content" not in message or message["content"] is not None:
        return None
    return Change({**message, "content": ""}, "/content", Fix("Write an empty text", "/content", '""'))


def _fill_absent(message: Message) -> Change | None:
    if "content" in message:
        return None
    return Change({**message, "content": ""}, "", Fix("Write an empty text", "/content", '""'))


def _leave_out_content(message: Message) -> Change | None:
    if message.get("content") not in (None, "") or "content" not in message or not _calls(message):
        return None
    return Change({key: value for key, value in message.items() if key != "content"}, "/content")


def _one_call(message: Message) -> Change | None:
    calls = _calls(message)
    return Change({**message, "tool_calls": calls[:1]}, "/tool_calls/1") if len(calls) > 1 else None


def _to_system(message: Message) -> Change | None:
    if message.get("role") != "developer":
        return None
    return Change({**message, "role": "system"}, "/role", Fix("Call it system", "/role", '"system"'))


def _join_parts(message: Message) -> Change | None:
    parts = message.get("content")
    if not isinstance(parts, list):
        return None
    texts = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    return Change({**message, "content": "\n".join(texts)}, "/content")


def _name_result(message: Message) -> Change | None:
    if message.get("role") != "tool" or "name" in message:
        return None
    return Change({**message, "name": "tool"}, "")


TRIALS = (
    Trial("write the arguments as an object", _open_arguments),
    Trial("write the arguments as text", _close_arguments),
    Trial("write an empty text instead of null", _fill_null),
    Trial("write an empty text beside the calls", _fill_absent),
    Trial("leave the content out", _leave_out_content),
    Trial("it writes one call a turn, so give the next call a turn of its own", _one_call),
    Trial("call the role `system`", _to_system),
    Trial("write the content as one text", _join_parts),
    Trial("say in `name` which tool the result is of", _name_result),
)
"""From the likeliest to the rarest."""
