"""Whole orders drafted cell by cell: every tool in turn, in many voices, no request like another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec

from curation.model.candidate import Candidate, Deed
from curation.model.definition import Tool
from curation.model.example import RECOVERY_KINDS, Example, Label
from curation.model.values import Arguments
from curation.synthesizers import turns
from curation.synthesizers.cells import KINDS, lay_out
from curation.synthesizers.chains import (
    draft_alternative,
    draft_different_tools,
    draft_in_a_row,
    draft_same_tool,
    pairs,
)
from curation.synthesizers.clarifying import draft_answered, draft_changed, draft_clarified, draft_direct
from curation.synthesizers.contract import Cell, Order, Shortfall
from curation.synthesizers.freshness import Freshness
from curation.synthesizers.look_alikes import without_twins
from curation.synthesizers.looking_first import draft_reading_first
from curation.synthesizers.no_tool import draft_missing, draft_removed
from curation.synthesizers.obstacles import find_obstacle, first_of
from curation.synthesizers.recovery import draft_recovery
from curation.synthesizers.sharing import can_be_missed
from curation.synthesizers.stage import Stage

_TRIES = 30
"""Drafts in vain (doubles, or nothing fits) after which a tool is given up for a kind of example."""
_USED_UP = "Every further request for it would repeat one; order fewer, or give more values to draw from."
_CHAT = frozenset({"small_talk", "answer_directly", "refuse"})
ELSEWHERE = {"hard_case": "Hard cases are drafted by the strategy `hard_cases`; order them there."}
"""Categories of other strategies."""
STRATEGY = "schema_driven"


def draft_deep(order: Order, stage: Stage) -> Iterator[Candidate]:
    """The candidates of an order; what cannot be drafted is told to `order.tell_short`."""
    desk = _Desk(stage)
    short: Counter[tuple[Cell, str]] = Counter()
    is_mix = not order.cells and (not order.mix or "positive" in order.mix)
    elsewhere = [cell for cell in order.cells if cell.category in ELSEWHERE]
    if elsewhere:
        short.update({(cell, ELSEWHERE[cell.category]): cell.count for cell in elsewhere})
        order = msgspec.structs.replace(
            order, cells=tuple(cell for cell in order.cells if cell not in elsewhere), count=0
        )
    for cell in lay_out(order, stage.tools, stage.rng):
        candidate = desk.fill(cell)
        if candidate is None:
            short[cell, desk.why(cell)] += 1
        else:
            yield candidate
    if is_mix:
        # A mix asks for a number: what a catalogue has no place for is made up for by plain requests.
        yield from islice(iter(lambda: desk.fill(Cell(1)), None), short.total())
    if order.tell_short is not None:
        for (cell, why), count in short.items():
            order.tell_short(Shortfall(msgspec.structs.replace(cell, count=count), why))


class _Desk:
    """Fills one cell after the other and remembers what has been given up."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._fresh = Freshness()
        self._given_up: dict[tuple[str, str, str], str] = {}
        """Category, kind, tool → why."""
        self._judged: set[tuple[str, str, str]] = set()

    def fill(self, cell: Cell) -> Candidate | None:
        while (choice := self._choose(cell)) is not None:
            kind, tool = choice
            for _ in range(_TRIES):
                self._stage.begin(tool, is_chat=kind in _CHAT)
                example = _draft(self._stage, cell.category, kind, tool)
                if example is not None and self._fresh.admit(example):
                    return _candidate(example, cell.category, kind, tool)
            self._given_up[cell.category, kind, tool.name] = _USED_UP
        return None

    def why(self, cell: Cell) -> str:
        reasons = [self._given_up.get(key, "") for key in self._keys(cell)]
        return first_of(reasons)

    def _choose(self, cell: Cell) -> tuple[str, Tool] | None:
        """The kind and tool whose turn it is, among those that can be drafted."""
        open_ = [key for key in self._keys(cell) if not self._obstacle(key)]
        if not open_:
            return None
        kinds = list(dict.fromkeys(kind for _, kind, _ in open_))
        kind = self._stage.deck.deal(f"kind/{cell.category}/{cell.tool}/{'/'.join(kinds)}", kinds)
        names = [name for _, own, name in open_ if own == kind]
        name = self._stage.deck.deal(f"focus/{cell.category}/{kind}/{len(names)}/{cell.tool}", names)
        return kind, next(tool for tool in self._stage.tools if tool.name == name)

    def _keys(self, cell: Cell) -> list[tuple[str, str, str]]:
        kinds = (cell.kind,) if cell.kind else KINDS[cell.category]
        names = [tool.name for tool in self._stage.tools if cell.tool in ("", tool.name)]
        return [(cell.category, kind, name) for kind in kinds for name in names]

    def _obstacle(self, key: tuple[str, str, str]) -> str:
        if key not in self._judged:
            self._judged.add(key)
            category, kind, name = key
            tool = next(one for one in self._stage.tools if one.name == name)
            if why := find_obstacle(self._stage, category, kind, tool):
                self._given_up[key] = why
        return self._given_up.get(key, "")


def _candidate(example: Example, category: str, kind: str, tool: Tool) -> Candidate:
    return Candidate(example, category, kind, tool.name, deeds=_deeds(example, category), strategy=STRATEGY)


def _deeds(example: Example, category: str) -> tuple[Deed, ...] | None:
    """What the request asks for: all that is called; nothing is said where a call fails on the way."""
    if category == "recovery":
        return None
    calls = [call for turn in example.messages for call in turn.calls or ()]
    return tuple(
        Deed(str(call.name), msgspec.json.decode(call.arguments.text))
        for call in calls
        if isinstance(call.arguments, Arguments)
    )


def _draft(stage: Stage, category: str, kind: str, tool: Tool) -> Example | None:
    if category == "no_tool":
        return _draft_no_tool(stage, kind, tool)
    if category == "recovery" and kind in RECOVERY_KINDS:
        return _draft_recovery(stage, kind, tool)
    if category == "multi_step":
        found = stage.once(f"pairs/{kind}/{tool.name}", lambda: pairs(stage.tools, kind, tool, stage.together))
        pair = stage.deck.deal(f"pair/{kind}/{tool.name}", found)
        return draft_in_a_row(stage, pair, kind)
    return _DRAFTERS[kind](stage, tool)


def _draft_no_tool(stage: Stage, kind: str, tool: Tool) -> Example | None:
    if kind == "missing_information":
        return draft_missing(stage)
    if kind == "cannot_be_done" and can_be_missed(tool) and not stage.offers_all:
        return draft_removed(stage)
    found = stage.remark(kind)
    if found is None:
        return None
    family, remark = found
    said, reply = stage.speak_remark(remark)
    told = [turns.user(said), turns.answer(reply, Label(reason=kind))]
    return stage.example(family, told, [tool])


def _draft_recovery(stage: Stage, kind: str, tool: Tool) -> Example | None:
    if kind == "read_before_retry":
        return draft_reading_first(stage, tool)
    if kind == "alternative_tool":
        return draft_alternative(stage, tool, _others(stage, tool))
    return draft_recovery(stage, next(one for one in RECOVERY_KINDS if one == kind))


def _others(stage: Stage, tool: Tool) -> list[Tool]:
    return [one for one in without_twins(tool, stage.tools) if one is not tool]


_DRAFTERS: dict[str, Callable[[Stage, Tool], Example | None]] = {
    "direct": draft_direct,
    "answered": draft_answered,
    "clarified": draft_clarified,
    "changed_mind": draft_changed,
    "same_tool": draft_same_tool,
    "different_tools": lambda stage, tool: draft_different_tools(stage, tool, _others(stage, tool)),
}
