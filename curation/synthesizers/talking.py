"""One conversation while it is being drafted: which question comes next, and what an answer adds to it.

The model proposes, this validates. An answer of another form, a tool that is not on offer, a value that was left out or
made up end the conversation with a word that says why; nothing is mended silently.
"""

from __future__ import annotations

import json
from random import Random
from typing import Literal

import msgspec

from curation.execution.mocks import list_answers
from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import NO_TOOL_REASONS, RECOVERY_KINDS, Call, Example, Label, Message
from curation.model.values import Json
from curation.reading.strict import parse_strict
from curation.schemas import compile_schema
from curation.synthesizers import turns
from curation.synthesizers.arguments import ArgumentDraws
from curation.synthesizers.asking import object_of, read_answer, write_schema
from curation.synthesizers.contract import Answer, Question
from curation.synthesizers.deck import Deck
from curation.synthesizers.goals import find_made_up, find_unsaid
from curation.synthesizers.noting import place_note
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.results import draw_outcome
from curation.synthesizers.situations import Situation
from curation.synthesizers.telling import (
    NOTHING,
    arguments_of,
    said_in,
    tell_call,
    tell_facts,
    tell_lines,
    tell_tools,
    tell_turns,
)
from curation.synthesizers.wordings import parameters_of

LONGEST_MESSAGE = 4_000
_MOST_CALLS = 6
Decision = Literal[
    "call", "missing_information", "answer_directly", "small_talk", "cannot_be_done", "refuse", "escalate"
]


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person's prompt is answered with."""

    message: str


class _Proposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call of a decision."""

    tool: str
    arguments: dict[str, Json]


class _Decided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the assistant's prompt is answered with."""

    decision: Decision
    message: str
    calls: tuple[_Proposed, ...]
    missing: tuple[str, ...]
    recovery: str


class _Returned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the tool's prompt is answered with."""

    result: Json


class Talk:
    """One conversation under way."""

    def __init__(self, situation: Situation, values: DomainValues, avoid: tuple[str, ...], most_turns: int) -> None:
        self._situation = situation
        self._values = values
        self._avoid = avoid
        self._most_turns = most_turns
        self._tools = {tool.name: tool for tool in situation.offered}
        self._messages: list[Message] = [turns.system(situation.standing)] if situation.standing else []
        self._open: list[Call] = []
        """Calls that wait for their results."""
        self._person_speaks = True
        self._n_person = 0
        self._n_calls = 0
        self._n_calling = 0
        self._n_decisions = 0
        self._has_failed = False
        self._is_noted = False
        self._exchanges: list[str] = []
        self.is_over = False
        self.trouble = ""
        """Why nothing came of it, in a word."""

    @property
    def opening(self) -> str:
        """How the person began; empty before they did."""
        return next((said_in(one.content) for one in self._messages if one.role == "user"), "")

    def question(self) -> Question:
        """What has to be asked next."""
        if self._person_speaks:
            return self._ask_person()
        return self._ask_tool(self._open[0]) if self._open else self._ask_assistant()

    def take(self, answer: Answer) -> None:
        """Go on with an answer."""
        self._exchanges.append(answer.exchange)
        if answer.trouble:
            self._end("no_answer")
        elif self._person_speaks:
            self._take_person(read_answer(answer, _Said))
        elif self._open:
            self._take_result(read_answer(answer, _Returned))
        else:
            self._take_decision(read_answer(answer, _Decided))

    def candidate(self) -> Candidate:
        """The conversation that came of it."""
        cell = self._situation.cell
        tags = (cell.kind,) if cell.category == "hard_case" else ()
        return Candidate(
            Example(
                messages=tuple(self._messages),
                tools=tuple(tool.definition for tool in self._situation.offered),
                tags=tags,
                group=f"conversation/{self._situation.name}",
            ),
            category=cell.category,
            kind=cell.kind,
            tool=cell.tool,
            deeds=self._situation.deeds,
            strategy="conversations",
            exchanges=tuple(self._exchanges),
        )

    def _end(self, trouble: str = "") -> None:
        self.is_over = True
        self.trouble = trouble

    # The person.

    def _ask_person(self) -> Question:
        situation = self._situation
        is_first = self._n_person == 0
        data = {
            "situation": situation.wants if is_first else situation.then,
            "facts": tell_facts(situation.facts if is_first else situation.later),
            "voice": situation.voice,
            "conversation": tell_turns(self._messages),
            "avoid": tell_lines({"began": text[:80]} for text in self._avoid) if is_first else NOTHING,
        }
        return Question("user_turn", data, write_schema({"message": {"type": "string"}}))

    def _take_person(self, said: _Said | None) -> None:
        text = said.message.strip() if said else ""
        if trouble := self._fault_of(text):
            self._end(trouble)
            return
        self._messages.append(turns.user(text))
        self._person_speaks = False
        self._n_person += 1
        if self._situation.spoiled is not None and self._n_person == 1:
            self._begin_wrong(self._situation.spoiled.tool, self._situation.spoiled.arguments)

    def _fault_of(self, text: str) -> str:
        """Why these words cannot be the person's."""
        situation = self._situation
        facts = situation.facts if self._n_person == 0 else situation.later
        known = "\n".join(
            [tell_facts((*situation.facts, *facts)), situation.wants, situation.record, tell_turns(self._messages)]
        )
        if not text:
            return "unreadable"
        if len(text) > LONGEST_MESSAGE:
            return "too_long"
        if find_unsaid(facts, text):
            return "value_left_out"
        return "value_made_up" if find_made_up(text, known) else ""

    def _begin_wrong(self, tool: str, arguments: dict[str, Json]) -> None:
        """The mistake that has to be put right; it is read, never learned."""
        call = self._call(tool, arguments)
        self._messages += [turns.calling(call, trained=False), turns.failure(call, self._situation.failure)]
        self._n_calling += 1
        self._has_failed = True

    # The assistant.

    def _ask_assistant(self) -> Question:
        situation = self._situation
        data = {
            "standing": situation.standing or NOTHING,
            "tools": tell_tools(situation.offered),
            "conversation": tell_turns(self._messages),
        }
        return Question("assistant_turn", data, _decision_schema(tuple(self._tools)))

    def _take_decision(self, decided: _Decided | None) -> None:
        self._n_decisions += 1
        if decided is None or (trouble := self._refuse(decided)):
            self._end("unreadable" if decided is None else trouble)
        elif decided.decision == "call":
            self._make_calls(decided)
        else:
            self._say(decided)

    def _refuse(self, decided: _Decided) -> str:
        """Why a decision contradicts itself or what is on offer."""
        is_calling = decided.decision == "call"
        if is_calling != bool(decided.calls) or not (is_calling or decided.message.strip()):
            return "contradicts_itself"
        if len(decided.calls) > _MOST_CALLS or len(decided.message) > LONGEST_MESSAGE:
            return "too_long"
        if any(call.tool not in self._tools for call in decided.calls):
            return "unknown_tool"
        if decided.recovery and decided.recovery not in RECOVERY_KINDS:
            return "unreadable"
        return self._refuse_here(decided)

    def _refuse_here(self, decided: _Decided) -> str:
        """Why a decision is not what this conversation was ordered for."""
        cell = self._situation.cell
        if cell.category == "no_tool" and decided.decision != cell.kind:
            return "another_decision"
        is_after_failure = self._is_after_failure()
        if is_after_failure and cell.category == "recovery" and decided.recovery != cell.kind:
            return "another_recovery"
        is_at_its_limit = self._n_decisions >= self._most_turns and decided.decision == "call"
        return "too_many_turns" if is_at_its_limit else ""

    def _is_after_failure(self) -> bool:
        return self._has_failed and self._messages[-1].role == "tool" and not self._has_recovered()

    def _has_recovered(self) -> bool:
        return any(one.label is not None and one.label.recovery for one in self._messages)

    def _make_calls(self, decided: _Decided) -> None:
        calls = tuple(self._call(one.tool, one.arguments) for one in decided.calls)
        label = Label(recovery=decided.recovery) if self._is_after_failure() and decided.recovery else None
        breaks = any(self._breaks_schema(call) for call in calls)
        fails = bool(self._situation.failure) and not self._has_failed and not breaks
        message = turns.calling(*calls, label=label, trained=not fails)
        text = decided.message.strip()
        self._messages.append(msgspec.structs.replace(message, content=text) if text else message)
        self._n_calling += 1
        if breaks:
            # Nothing can be returned for it; the gates say what is wrong with it.
            self._end()
            return
        self._open = list(calls)
        self._bring_results()

    def _call(self, tool: str, arguments: dict[str, Json]) -> Call:
        self._n_calls += 1
        return turns.call(tool, arguments, self._n_calls)

    def _breaks_schema(self, call: Call) -> bool:
        tool = self._tools[said_in(call.name)]
        compiled = compile_schema(tool.definition.view.parameters_text or "{}")
        return compiled.fault is not None or bool(compiled.errors(arguments_of(call)))

    def _say(self, decided: _Decided) -> None:
        after_failure = self._is_after_failure()
        label = Label(
            reason=decided.decision,
            missing=self._missing_of(decided) if decided.decision == "missing_information" else (),
            recovery=decided.recovery if after_failure and decided.recovery else None,
        )
        self._messages.append(turns.answer(decided.message.strip(), label))
        is_asked = decided.decision == "missing_information"
        if is_asked and self._situation.then and self._n_person == 1:
            self._person_speaks = True
        else:
            self._end(self._missed(decided))

    def _missing_of(self, decided: _Decided) -> tuple[str, ...]:
        """The parameters it waits for: nothing but names that a tool on offer has."""
        known = {name for tool in self._situation.offered for name in parameters_of(tool)}
        return tuple(name for name in dict.fromkeys(decided.missing) if name in known)

    def _missed(self, decided: _Decided) -> str:
        """What the whole conversation was ordered for and did not come to."""
        cell = self._situation.cell
        if cell.category == "recovery" and not self._has_recovered():
            return "another_recovery"
        if cell.category == "parallel" and not any(len(one.calls or ()) > 1 for one in self._messages):
            return "another_shape"
        if cell.category == "multi_step" and self._n_calling < 2:
            return "another_shape"
        if self._situation.note and not self._is_noted:
            return "another_shape"
        wants_calls = bool(self._situation.deeds) or bool(self._situation.record)
        is_left = wants_calls and not self._n_calling and decided.decision in NO_TOOL_REASONS
        if is_left and not self._situation.record:
            return "another_decision"
        return "never_asked" if self._situation.then and self._n_person == 1 else ""

    # The tools.

    def _bring_results(self) -> None:
        """Results of the calls that wait, as far as no model is needed for them."""
        while self._open:
            call = self._open[0]
            text = self._known_result(call)
            if text is None:
                return
            self._add_result(call, text)

    def _known_result(self, call: Call) -> str | None:
        situation = self._situation
        if situation.failure and not self._has_failed:
            self._has_failed = True
            return json.dumps({"error": situation.failure}, ensure_ascii=False)
        tool = self._tools[said_in(call.name)]
        arguments = arguments_of(call)
        sampled = next((one.text for one in list_answers(tool, arguments, 0) if one.is_match), None)
        if sampled is not None:
            return sampled
        return self._draw_result(tool, arguments, call) if tool.result_schema else None

    def _draw_result(self, tool: Tool, arguments: Json, call: Call) -> str | None:
        """A result its schema accepts; None where only a model can think of one."""
        rng = Random(self._seed_of(call))
        draws = ArgumentDraws(self._values, rng, Deck(rng))
        drawn = draw_outcome(draws, tool, arguments if isinstance(arguments, dict) else {})
        fits = not compile_schema(tool.result_schema or "{}").errors(drawn)
        return json.dumps(drawn, ensure_ascii=False) if fits else None

    def _seed_of(self, call: Call) -> str:
        """Another one for every call, the same for the same call made again."""
        return f"{self._situation.name}/{call.name}/{call.arguments}"

    def _add_result(self, call: Call, text: str) -> None:
        self._open.remove(call)
        self._messages.append(Message(role="tool", content=self._noted(call, text), tool_call_id=call.id))

    def _noted(self, call: Call, text: str) -> str:
        """The first result that has room for it, with a stranger's words in it where the situation wants them."""
        if not self._situation.note or self._is_noted:
            return text
        noted = place_note(self._tools[said_in(call.name)], text, self._situation.note)
        self._is_noted = noted is not None
        return text if noted is None else noted

    def _ask_tool(self, call: Call) -> Question:
        tool = self._tools[said_in(call.name)]
        data = {
            "tool": tell_tools([tool]),
            "returns": tool.result_schema or "{}",
            "call": tell_lines([tell_call(call)]),
            "conversation": tell_turns(self._messages),
        }
        return Question("tool_result", data, write_schema({"result": _result_schema(tool)}))

    def _take_result(self, returned: _Returned | None) -> None:
        if returned is None:
            self._end("unreadable")
            return
        self._add_result(self._open[0], msgspec.json.encode(returned.result).decode())
        self._bring_results()


def _result_schema(tool: Tool) -> Json:
    """What a tool's result has to look like."""
    if not tool.result_schema:
        return {"type": "object"}
    value = parse_strict(tool.result_schema).value
    # A reference points into the schema it stands in, and would point nowhere inside another.
    return value if isinstance(value, dict) and "$ref" not in tool.result_schema else {}


def _decision_schema(tools: tuple[str, ...]) -> str:
    """JSON schema of a decision about these tools."""
    names: dict[str, Json] = {"type": "string", "enum": list(tools)} if tools else {"type": "string"}
    call = object_of({"tool": names, "arguments": {"type": "object"}})
    return write_schema(
        {
            "decision": {"type": "string", "enum": list(Decision.__args__)},  # type: ignore[attr-defined]
            "message": {"type": "string"},
            "calls": {"type": "array", "items": call},
            "missing": {"type": "array", "items": {"type": "string"}},
            "recovery": {"type": "string", "enum": ["", *RECOVERY_KINDS]},
        }
    )
