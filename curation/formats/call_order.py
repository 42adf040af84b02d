"""Turns of calls and results for rows without call ids: calls are numbered, results answer them in order."""

from __future__ import annotations

from collections.abc import Mapping

from curation.formats.call_values import CallValues
from curation.formats.composing import Composition, build_call, call_id, map_call
from curation.formats.joined_results import split_results
from curation.formats.slices import Members, text_of
from curation.model.finding import Finding
from curation.model.rule_names import RULE_SLUGS
from curation.model.source import quote, write_list


class OrderedTurns:
    """Adds turns to a row in the making and remembers which calls still wait for their result."""

    def __init__(self) -> None:
        self.composition = Composition()
        self.n_calls = 0
        self.waiting: list[str] = []
        """Ids of the calls of the last turn that have no result yet, as sources."""

    def add_text(self, members: Members, at: str, parts: Mapping[str, str]) -> None:
        """A turn that neither calls nor answers a call: what is still open stays unanswered."""
        self.waiting = []
        self.composition.add_turn(members, at, parts)

    def add_calls(self, rest: Members, found: CallValues, at: str, parts: Mapping[str, str], places: list[str]) -> None:
        """A turn of calls; `places` say where each of them stands in the row as given."""
        self.find_faults(found)
        self.waiting = [call.id or self.new_id() for call in found.calls]
        calls = [
            build_call(given, call.name, call.arguments, call.rest)
            for given, call in zip(self.waiting, found.calls, strict=True)
        ]
        mapped = dict(parts)
        for n, place in enumerate(places):
            mapped |= map_call(n, place)
        members = {"role": '"assistant"', "content": "null"} | rest | {"tool_calls": write_list(calls)}
        self.composition.add_turn(members, at, mapped)

    def new_id(self) -> str:
        self.n_calls += 1
        return call_id(self.n_calls)

    def find_faults(self, found: CallValues) -> None:
        """What is wrong with the text of the calls; their arguments are left to the rules, which read them again."""
        at = f"{self.composition.next_turn}/tool_calls"
        if found.is_python:
            self.composition.find(
                "J12", at, "The call is no JSON as it stands; it is read as the JSON it surely means."
            )
        for fault in found.faults:
            if "/arguments" not in fault.pointer and not fault.is_fatal:
                message = f"{fault.message} (Column {fault.column}.)"
                self.composition.findings.append(Finding(RULE_SLUGS[fault.code], fault.code, at, message))

    def add_result(self, rest: Members, source: str, at: str, parts: Mapping[str, str]) -> None:
        """A turn of results: one, or those of all calls of the turn before in one list."""
        text = text_of(source)
        several = None if text is None else split_results(text, len(self.waiting))
        if several is None:
            self._add_one(rest, source, at, parts)
            return
        place = parts["/content"]
        self.composition.hidden.add(place)
        for n, content in enumerate(several):
            self._add_one(rest if n == 0 else {}, quote(content), at, {**parts, "/content": f"{place}/{n}"})

    def _add_one(self, rest: Members, source: str, at: str, parts: Mapping[str, str]) -> None:
        members = {"role": '"tool"', "content": source, **rest}
        if self.waiting and "tool_call_id" not in rest:
            members["tool_call_id"] = self.waiting.pop(0)
        self.composition.add_turn(members, at, parts)
