"""A situation being set: values drawn for the tools of a cell, what is left open, and what will go wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from random import Random

import msgspec

from curation.execution.failures import FailureKind, explain_arguments, failures_of
from curation.model.candidate import Deed
from curation.model.definition import Tool
from curation.synthesizers.arguments import ArgumentDraws
from curation.synthesizers.contract import Cell, Order
from curation.synthesizers.deck import Deck
from curation.synthesizers.failing import failures_for
from curation.synthesizers.goals import Fact, draw_goal, facts_of, spoil_arguments
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.planning import Planned
from curation.synthesizers.positives import follow_ups
from curation.synthesizers.sharing import is_write
from curation.synthesizers.situations import Situation, describe, name_cell, situation_words, voice_of
from curation.synthesizers.telling import tell_lines
from curation.synthesizers.wordings import required_of

_FAILS: dict[str, FailureKind] = {
    "retry_after_wait": "transient",
    "read_before_retry": "unknown_outcome",
    "escalate": "needs_person",
    "give_up": "permanent",
}
_TRIES = 6
_DIGEST_BYTES = 6
_CLARIFIED_SHARE = 0.15
"""Share of plain requests that leave a value open at first, so that the assistant has to ask for it."""


def set_situation(
    order: Order, values: DomainValues, planned: Planned, number: int, attempt: int = 0
) -> Situation | None:
    """The situation of one cell; None where the tools cannot make it.

    Args:
        order: what was ordered.
        values: where values come from.
        planned: the cell, and the tools it may be about.
        number: which example of the order it is.
        attempt: another one gives other values.
    """
    for tool in planned.tools or ("",):
        cell = msgspec.structs.replace(planned.cell, tool=tool)
        situation = _Stage(order, values, cell, number, attempt).set()
        if situation is not None:
            return situation
    return None


class _Stage:
    """One situation being set."""

    def __init__(self, order: Order, values: DomainValues, cell: Cell, number: int, attempt: int) -> None:
        self._order = order
        self._cell = cell
        self._number = number
        self._rng = Random(f"{order.seed}/situation/{number}/{attempt}/{cell.tool}")
        self._draws = ArgumentDraws(values, self._rng, Deck(self._rng))
        self._words = situation_words()
        self._all = tuple(tool for tool in (*order.tools, *order.others) if tool.name)

    def set(self) -> Situation | None:
        if self._order.records and self._cell.category == "positive":
            return self._from_record()
        name = name_cell(self._cell)
        make = self._makers().get(self._cell.category) or self._makers().get(name)
        for _ in range(_TRIES if make else 0):
            situation = make() if make else None
            if situation is not None:
                return situation
        return None

    def _makers(self) -> dict[str, Callable[[], Situation | None]]:
        return {
            "positive": self._plain,
            "parallel": self._parallel,
            "multi_step": self._in_order,
            "no_tool.missing_information": self._left_open,
            "no_tool.cannot_be_done": self._without_tool,
            "no_tool.small_talk": self._matter,
            "no_tool.refuse": self._matter,
            "no_tool.escalate": self._matter,
            "no_tool.answer_directly": self._known,
            "recovery.corrected_argument": self._spoiled,
            "recovery.retry_after_wait": self._failing,
            "recovery.read_before_retry": self._failing_in_pair,
            "recovery.alternative_tool": self._failing_in_pair,
            "recovery.escalate": self._failing,
            "recovery.give_up": self._failing,
            "hard_case.missing_value": self._clarified,
            "hard_case.conflicting_constraints": self._conflicting,
            "hard_case.untrusted_instructions": self._noted,
            "hard_case.required_order": self._in_order,
            "hard_case.distractor_tools": self._among_all,
            "hard_case.approval_needed": self._approved,
        }

    def _tool(self) -> Tool | None:
        return next((tool for tool in self._order.tools if tool.name == self._cell.tool), None)

    def _goal(self, tool: Tool | None) -> Deed | None:
        return draw_goal(tool, self._draws) if tool else None

    def _plain(self) -> Situation | None:
        if self._rng.random() < _CLARIFIED_SHARE and (clarified := self._clarified()) is not None:
            return clarified
        tool = self._tool()
        goal = self._goal(tool)
        return self._situation(tool, facts_of(tool, goal), deeds=(goal,)) if tool and goal else None

    def _clarified(self) -> Situation | None:
        return self._part_left_open(self._words.answers["missing"])

    def _left_open(self) -> Situation | None:
        return self._part_left_open("")

    def _part_left_open(self, then: str) -> Situation | None:
        tool = self._tool()
        goal = self._goal(tool)
        if tool is None or goal is None or not required_of(tool):
            return None
        # A value of a fixed list may show in the request without being named, so it is no good for forgetting.
        openable = [fact for fact in facts_of(tool, goal) if fact.name in required_of(tool) and not fact.is_choice]
        if not openable:
            return None
        gone = self._rng.choice(openable)
        facts = tuple(fact for fact in facts_of(tool, goal) if fact is not gone and fact.name != gone.name)
        return self._situation(tool, facts, later=(gone,), then=then, deeds=(goal,) if then else ())

    def _parallel(self) -> Situation | None:
        tool = self._tool()
        goal, other = self._goal(tool), self._goal(tool)
        if tool is None or goal is None or other is None:
            return None
        doubled = self._sayable_twice(tool, goal, other)
        if not doubled:
            return None
        second = Deed(tool.name, goal.arguments | {doubled: other.arguments[doubled]})
        facts = (*facts_of(tool, goal), *(fact for fact in facts_of(tool, second) if fact.name == doubled))
        return self._situation(tool, facts, deeds=(goal, second))

    def _sayable_twice(self, tool: Tool, goal: Deed, other: Deed) -> str:
        """A required parameter of which two values can be said plainly, as those of a fixed list cannot."""
        plain = {fact.name for fact in facts_of(tool, goal) if not fact.is_choice}
        fitting = (
            name for name in required_of(tool) if name in plain and goal.arguments[name] != other.arguments[name]
        )
        return next(fitting, "")

    def _in_order(self) -> Situation | None:
        pairs = [pair for pair in follow_ups(self._order.tools) if self._cell.tool in (pair[0].name, pair[1].name)]
        if not pairs:
            return None
        first, second = self._rng.choice(pairs)
        goal = self._goal(first)
        if goal is None:
            return None
        shared = {name: goal.arguments[name] for name in required_of(second)}
        deeds = (goal, Deed(second.name, shared))
        return self._situation(first, facts_of(first, goal), other=second, deeds=deeds)

    def _without_tool(self) -> Situation | None:
        tool = self._tool()
        goal = self._goal(tool)
        if tool is None or goal is None or len(self._all) < 2:
            return None
        return self._situation(tool, facts_of(tool, goal), without=(tool,), deeds=())

    def _matter(self) -> Situation | None:
        return self._situation(None, (), deeds=())

    def _known(self) -> Situation | None:
        return self._situation(None, (), deeds=()) if self._standing() else None

    def _spoiled(self) -> Situation | None:
        tool = self._tool()
        goal = self._goal(tool)
        wrong = spoil_arguments(tool, goal, self._rng) if tool and goal else None
        if tool is None or goal is None or wrong is None:
            return None
        return self._situation(
            tool,
            facts_of(tool, goal),
            deeds=(goal,),
            spoiled=Deed(tool.name, wrong),
            failure=explain_arguments(tool, wrong) or "",
        )

    def _failing(self) -> Situation | None:
        tool = self._tool()
        goal = self._goal(tool)
        if tool is None or goal is None:
            return None
        failure = self._failure(tool)
        deeds = (goal,) if self._cell.kind == "retry_after_wait" else None
        return self._situation(tool, facts_of(tool, goal), deeds=deeds, failure=failure)

    def _failing_in_pair(self) -> Situation | None:
        is_reading = self._cell.kind == "read_before_retry"
        pairs = [
            (first, second)
            for first, second in follow_ups(self._order.tools, first_reads=False)
            if is_write(first) and (not is_reading or second.side_effect == "read")
        ]
        ours = [pair for pair in pairs if pair[0].name == self._cell.tool] or pairs
        if not ours:
            return None
        first, second = self._rng.choice(ours)
        goal = self._goal(first)
        if goal is None:
            return None
        return self._situation(first, facts_of(first, goal), other=second, failure=self._failure(first))

    def _failure(self, tool: Tool) -> str:
        """What the first call brings: a failure after which this recovery is right."""
        if self._cell.kind == "alternative_tool":
            return self._rng.choice(failures_for(tool, "barred")).message
        return self._rng.choice(failures_of(tool, _FAILS[self._cell.kind])).message

    def _conflicting(self) -> Situation | None:
        tool = self._tool()
        goal, other = self._goal(tool), self._goal(tool)
        if tool is None or goal is None or other is None:
            return None
        name = self._sayable_twice(tool, goal, other)
        if not name:
            return None
        facts = facts_of(tool, goal)
        doubled = next(fact for fact in facts if fact.name == name)
        wrong = msgspec.structs.replace(doubled, value=other.arguments[name])
        return self._situation(
            tool, (*facts, wrong), later=(doubled,), then=self._words.answers["conflicting"], deeds=(goal,)
        )

    def _noted(self) -> Situation | None:
        tool = self._tool()
        goal = self._goal(tool)
        note = self._rng.choice(self._words.injections["notes"])
        return self._situation(tool, facts_of(tool, goal), deeds=(goal,), note=note) if tool and goal else None

    def _among_all(self) -> Situation | None:
        tool = self._tool()
        goal = self._goal(tool)
        if tool is None or goal is None or len(self._all) < 3:
            return None
        return self._situation(tool, facts_of(tool, goal), deeds=(goal,), offered=self._all)

    def _approved(self) -> Situation | None:
        tool = self._tool()
        goal = self._goal(tool)
        if tool is None or goal is None or not is_write(tool):
            return None
        standing = f"{self._standing()} {self._words.standing['approval']}".strip()
        then = self._words.answers["approval"]
        return self._situation(tool, facts_of(tool, goal), deeds=(goal,), then=then, standing=standing)

    def _from_record(self) -> Situation:
        record = self._order.records[self._number % len(self._order.records)]
        told = tell_lines([record])
        wants = self._rng.choice(self._words.wants["record"]).replace("{what}", told)
        return self._situation(None, (), wants=wants, offered=self._all, record=told)

    def _standing(self) -> str:
        return str(self._order.parameters.get("system") or "")

    def _situation(
        self,
        tool: Tool | None,
        facts: tuple[Fact, ...],
        *,
        other: Tool | None = None,
        without: Sequence[Tool] = (),
        offered: Sequence[Tool] = (),
        wants: str = "",
        standing: str = "",
        later: tuple[Fact, ...] = (),
        then: str = "",
        deeds: tuple[Deed, ...] | None = None,
        spoiled: Deed | None = None,
        failure: str = "",
        note: str = "",
        record: str = "",
    ) -> Situation:
        needed = [one for one in (tool, other) if one is not None and one not in without]
        situation = Situation(
            number=self._number,
            name="",
            cell=self._cell if tool is None else msgspec.structs.replace(self._cell, tool=tool.name),
            wants=wants or self._want(tool, other),
            facts=facts,
            offered=tuple(offered) or self._offer(needed, without),
            voice=voice_of(self._order.voice, self._rng),
            later=later,
            then=then,
            deeds=deeds,
            spoiled=spoiled,
            failure=failure,
            note=note,
            standing=standing or self._standing(),
            record=record,
        )
        return msgspec.structs.replace(situation, name=self._name(situation))

    def _name(self, situation: Situation) -> str:
        """Two orders may have the same seed, and yet be about other things."""
        told = msgspec.json.encode(msgspec.structs.replace(situation, voice=""))
        digest = hashlib.blake2b(told, digest_size=_DIGEST_BYTES).hexdigest()
        return f"{name_cell(self._cell)}/{self._order.seed}/{self._number:05}/{digest}"

    def _want(self, tool: Tool | None, other: Tool | None) -> str:
        name = name_cell(self._cell)
        text = self._rng.choice(self._words.wants[name])
        matters = self._words.matters.get(self._cell.kind, ())
        said = {
            "{what}": describe(tool),
            "{then}": describe(other),
            "{matter}": self._rng.choice(matters) if matters else "",
            "{standing}": self._standing(),
        }
        for place, words in said.items():
            text = text.replace(place, words)
        return text

    def _offer(self, needed: Sequence[Tool], without: Sequence[Tool]) -> tuple[Tool, ...]:
        """The needed tools among some others, in any order."""
        others = [tool for tool in self._all if tool not in needed and tool not in without]
        fewest = min(len(others), max(1, 3 - len(needed)))
        most = min(len(others), fewest + 4)
        chosen = [*needed, *self._rng.sample(others, self._rng.randint(fewest, most))]
        return tuple(self._rng.sample(chosen, len(chosen)))
