"""Turns of text with Hermes tags to an example: calls, results and definitions are taken out of the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from curation.formats.composing import Composition, build_call, call_id, map_call
from curation.formats.hermes_system import split_system
from curation.formats.hermes_turns import Answer, cut_results, read_result, split_answer
from curation.formats.slices import text_of, write_list
from curation.formats.tools_text import add_definition
from curation.model.finding import Finding
from curation.model.rule_names import RULE_SLUGS
from curation.model.source import quote

_ROLES = {
    "human": "user",
    "gpt": "assistant",
    "model": "assistant",
    "observation": "tool",
    "function": "tool",
    "ipython": "tool",
}
_BROKEN = "What stands between <tool_call> and </tool_call> is no call, so the turn stays text."


class GivenTurn(msgspec.Struct, frozen=True):
    """One turn as the row has it."""

    role: str
    text: str
    at: str
    """Pointer to the turn."""
    text_at: str
    """Pointer to its text."""
    rest: Mapping[str, str] = {}
    """Its other members."""


class HermesReader:
    """One pass over the turns of a row."""

    def __init__(self, *, has_tools: bool = False) -> None:
        self.composition = Composition()
        self.has_tools = has_tools
        """The row lists its definitions outside the text, so that what the text says of them stays there."""
        self.open: list[tuple[str, str]] = []
        """Name and id (as source) of the calls of the last answer that wait for their result."""
        self.n_calls = 0

    def add(self, n: int, turn: GivenTurn) -> None:
        role = _ROLES.get(turn.role, turn.role)
        if n == 0 and role in ("system", "developer") and not self.has_tools:
            self.add_system(turn, role)
        elif role == "assistant":
            self.add_answer(turn)
        elif role in ("tool", "user") and (bodies := cut_results(turn.text)) and (self.open or role == "tool"):
            self.add_results(turn, bodies)
        elif role == "tool":
            self.add_results(turn, [turn.text])
        else:
            self.add_text(turn, role, turn.text)

    def add_text(self, turn: GivenTurn, role: str, text: str) -> None:
        members = {"role": quote(role), "content": quote(text), **turn.rest}
        self.composition.add_turn(members, turn.at, {"": turn.at, "/content": turn.text_at})

    def add_system(self, turn: GivenTurn, role: str) -> None:
        parts = split_system(turn.text)
        if parts is None:
            self.add_text(turn, role, turn.text)
            return
        composition = self.composition
        composition.hidden.add(turn.text_at)
        composition.tools = []
        for k, source in enumerate(parts.tools):
            add_definition(composition, source, f"{turn.text_at}/tools/{k}", wraps=False)
        if parts.is_python:
            composition.find("J03", "/tools", "The tools were written as a Python literal and are read as JSON.")
        if parts.own or turn.rest:
            self.add_text(turn, role, parts.own)

    # -- answers and results --------------------------------------------------------------------------------------

    def add_answer(self, turn: GivenTurn) -> None:
        answer = split_answer(turn.text)
        self.open = []
        if answer.is_broken:
            self.composition.find("J12", f"{self.composition.next_turn}/content", _BROKEN)
        if not answer.calls:
            self.add_text(turn, "assistant", turn.text)
            return
        self.find_faults(answer)
        self.composition.hidden.add(turn.text_at)
        parts = {"/content": turn.text_at}
        for k in range(len(answer.calls)):
            parts |= map_call(k, f"{turn.text_at}/{k}")
        content = quote(answer.content) if answer.content else "null"
        calls = write_list(list(self.build_calls(answer)))
        members = {"role": '"assistant"', "content": content, "tool_calls": calls, **turn.rest}
        self.composition.add_turn(members, turn.at, parts)

    def build_calls(self, answer: Answer) -> Iterable[str]:
        for call in answer.calls:
            self.n_calls += 1
            given = call.id or call_id(self.n_calls)
            self.open.append((text_of(call.name) or "", given))
            yield build_call(given, call.name, call.arguments, call.rest)

    def find_faults(self, answer: Answer) -> None:
        """What is wrong with the text of the calls; their arguments are left to the rules, which read them again."""
        at = f"{self.composition.next_turn}/tool_calls"
        if answer.is_python:
            self.composition.find("J12", at, "The call was written as a Python literal and is read as JSON.")
        for fault in answer.faults:
            if "/arguments" not in fault.pointer:
                self.composition.findings.append(Finding(RULE_SLUGS[fault.code], fault.code, at, fault.message))

    def add_results(self, turn: GivenTurn, bodies: list[str]) -> None:
        self.composition.hidden.add(turn.text_at)
        for k, body in enumerate(bodies):
            result = read_result(body, [name for name, _ in self.open])
            members = {"role": '"tool"', "content": quote(result.content)}
            given = None if result.answers is None else self.open.pop(result.answers)[1]
            if result.call_id or given:
                members["tool_call_id"] = result.call_id or str(given)
            inside = f"/{k}" if len(bodies) > 1 else ""
            rest = dict(turn.rest) if k == 0 else {}
            self.composition.add_turn(members | rest, turn.at, {"/content": turn.text_at + inside})
