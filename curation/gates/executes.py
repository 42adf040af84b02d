"""Second gate: the calls run in a mocked world, and what they bring back can be true."""

from __future__ import annotations

from curation.execution.running import Ran, runs_of
from curation.execution.things import are_same
from curation.execution.world import Clash, World
from curation.gates.contract import PASSED, Bench, Gate, Verdict
from curation.model.candidate import Candidate, Deed


class _Look:
    """Runs the calls of each candidate in a world of its own."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def judge(self, candidate: Candidate) -> Verdict:
        world = World(self._bench.tools, self._bench.seed)
        ran = list(runs_of(candidate.example))
        for one in ran:
            clash = world.take(one.tool, one.arguments, one.answer) if one.answer is not None else None
            if clash is not None:
                return Verdict(False, clash.reason, clash.told)
        clash = None if candidate.deeds is None else _clash_of_deeds(candidate.deeds, ran, world)
        return PASSED if clash is None else Verdict(False, clash.reason, clash.told)

    def keep(self, candidate: Candidate) -> None:
        """Every conversation has a world of its own: nothing to remember."""


def _clash_of_deeds(deeds: tuple[Deed, ...], ran: list[Ran], world: World) -> Clash | None:
    """What was asked for against what was done, once all is over."""
    left = [one for one in ran if one.is_done]
    open_ = [one for one in ran if one.may_be_done]
    for deed in deeds:
        done = next((one for one in (*left, *open_) if _is(deed, one)), None)
        if done is None:
            return Clash("undone", f"`{deed.tool}` was asked for with {deed.arguments} and is not done in the end.")
        (left if done in left else open_).remove(done)
    for extra in left:
        if world.effect_of(extra.tool) in ("write", "destructive"):
            return Clash("unasked_deed", f"`{extra.tool}` is done with {extra.arguments}, which nobody asked for.")
    return None


def _is(deed: Deed, ran: Ran) -> bool:
    return (
        deed.tool == ran.tool
        and deed.arguments.keys() == ran.arguments.keys()
        and all(are_same(value, ran.arguments[key]) for key, value in deed.arguments.items())
    )


GATE = Gate("executes", "Its calls run, and the results can be true", _Look)
