"""One repair by a model: it is told the sentence of the gate that refused a candidate, as data like all else.

It may change what is called only where a gate knows what was asked for: nobody else would see another deed.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Call, Example, Message
from curation.model.values import Arguments, Json
from curation.synthesizers.asking import object_of, read_answer, write_schema
from curation.synthesizers.contract import Drafter, Question
from curation.synthesizers.retelling import category_of, first_called
from curation.synthesizers.telling import arguments_of, said_in, tell_tools, tell_turns

_CALL = object_of({"tool": {"type": "string"}, "arguments": {"type": "object"}})
_EDIT = object_of({"turn": {"type": "integer"}, "text": {"type": "string"}, "calls": {"type": "array", "items": _CALL}})
_SCHEMA = write_schema({"edits": {"type": "array", "items": _EDIT}})
_MENDABLE = ("user", "assistant")


class _Proposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tool: str
    arguments: dict[str, Json]


class _Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    turn: int
    text: str
    calls: tuple[_Proposed, ...]


class _Repair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    edits: tuple[_Edit, ...]


def repair_by_model(drafter: Drafter, candidate: Candidate, told: str, tools: Mapping[str, Tool]) -> Candidate | None:
    """The candidate with a model's edits; None when it made none that can be used. The gates judge it anew.

    Args:
        drafter: who is asked.
        candidate: what was refused.
        told: the verdict's sentence.
        tools: the tools by their names, for their policies.

    Raises:
        BudgetSpentError: nothing more may be asked.
    """
    offered = _offered(candidate.example, tools)
    data = {
        "verdict": told,
        "conversation": tell_turns(candidate.example.messages),
        "tools": tell_tools(offered),
    }
    answer = drafter.ask([Question("repair", data, _SCHEMA)])[0]
    repair = read_answer(answer, _Repair)
    names = {tool.name for tool in offered}
    mended = _mend(candidate.example, repair.edits, names) if repair is not None else None
    if mended is not None and candidate.deeds is None and _calls_of(mended) != _calls_of(candidate.example):
        mended = None
    if mended is None:
        drafter.give_up("not_repaired")
        return None
    exchanges = (*candidate.exchanges, answer.exchange)
    return msgspec.structs.replace(_described(candidate, mended), example=mended, exchanges=exchanges)


def _calls_of(example: Example) -> list[Call]:
    return [call for message in example.messages for call in message.calls or ()]


def _described(candidate: Candidate, mended: Example) -> Candidate:
    """The candidate as what it has become: of another tool or another shape where its calls are others."""
    called, was = first_called(mended), first_called(candidate.example)
    if called != was:
        candidate = msgspec.structs.replace(candidate, tool=called)
    if category_of(mended) != category_of(candidate.example):
        category, kind = category_of(mended)
        candidate = msgspec.structs.replace(candidate, category=category, kind=kind)
    return candidate


def _offered(example: Example, tools: Mapping[str, Tool]) -> list[Tool]:
    definitions = example.tools if isinstance(example.tools, tuple) else ()
    return [tools.get(one.view.name or "", Tool(one)) for one in definitions]


def _mend(example: Example, edits: tuple[_Edit, ...], names: set[str]) -> Example | None:
    messages = list(example.messages)
    for edit in edits:
        old = messages[edit.turn] if 0 <= edit.turn < len(messages) else None
        new = _edited(old, edit, names) if old is not None else None
        if new is None:
            return None
        messages[edit.turn] = new
    mended = msgspec.structs.replace(example, messages=tuple(messages))
    return mended if mended != example else None


def _edited(old: Message, edit: _Edit, names: set[str]) -> Message | None:
    """The turn anew; None where the edit reaches further than it may."""
    calls = old.calls or ()
    if old.role not in _MENDABLE or len(edit.calls) != len(calls) or not (edit.text.strip() or calls):
        return None
    if any(call.tool not in names for call in edit.calls):
        return None
    text = edit.text.strip() or (None if calls else said_in(old.content))
    return msgspec.structs.replace(
        old, content=text, calls=tuple(map(_called, calls, edit.calls)) if calls else old.calls
    )


def _called(old: Call, proposed: _Proposed) -> Call:
    if old.name == proposed.tool and arguments_of(old) == proposed.arguments:
        return old
    arguments = Arguments(msgspec.json.encode(proposed.arguments).decode())
    return msgspec.structs.replace(old, name=proposed.tool, arguments=arguments)
