"""Rows that a project is to begin with: drafted in one go, and stored where they break no rule.

The demo is made so, as its recorded run tells of exactly these rows. What people order is made by a job, through every
gate: `synthesis_jobs`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from curation.errors import NotFoundError, StateError
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.model.reading import Reading
from curation.model.states import ExampleState
from curation.model.values import Json
from curation.rules import check, judge
from curation.services.batching import BatchReport, Progress, add_examples
from curation.services.cataloguing import list_tools
from curation.services.projects import find_project
from curation.services.workspace import Workspace
from curation.synthesizers import Candidate, Order, get_synthesizer
from curation.synthesizers.contract import Cell
from curation.synthesizers.schema_driven import DEFAULT_MIX

ORIGIN = "synthesised"
MOST = 20_000
"""Candidates one order may ask for."""


class SynthesisReport(msgspec.Struct, frozen=True):
    """What an order gave."""

    batch_id: str
    n_ordered: int
    n_added: int
    n_duplicates: int
    """Drafted again, though the project has them already."""
    dropped: dict[str, int]
    """Rule → candidates that were dropped because they broke it."""
    categories: dict[str, int]


def draft_candidates(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    synthesizer: str,
    *,
    count: int,
    seed: int = 0,
    tool_names: Sequence[str] = (),
    mix: dict[str, float] | None = None,
    cells: tuple[Cell, ...] = (),
    parameters: dict[str, Json] | None = None,
    progress: Progress | None = None,
    nonce: str,
) -> SynthesisReport:
    """Draft candidates for a project's tools and store those without errors; a person decides about each.

    Args:
        synthesizer: its name.
        count: how many candidates to draft at most.
        tool_names: which tools of the project are called; empty means all of them. The others are offered beside.
        mix: category → share; the synthesizer's own when empty.
        cells: exactly what is wanted, instead of a mix.
        parameters: the synthesizer's own knobs.
        progress: told how many candidates have been stored so far.
    """
    project = find_project(ws, project_id)
    if not 1 <= count <= MOST:
        raise StateError(f"{count} candidates cannot be ordered.", hint=f"Order between 1 and {MOST:,}.")
    tools = choose_tools(ws, project.id, tool_names)
    others = tuple(tool for tool in choose_tools(ws, project.id) if tool not in tools)
    order = Order(tools, count, seed, mix or {}, parameters or {}, others=others, cells=cells)
    sieve = _Sieve((*tools, *others), project.working_target)
    sifted = sieve.sift(get_synthesizer(synthesizer).draft(order))
    stored = add_examples(
        ws,
        actor,
        project.id,
        sifted,
        origin=ORIGIN,
        name=f"{synthesizer}, seed {seed}",
        state=ExampleState.CANDIDATE,
        progress=progress,
        nonce=nonce,
    )
    # Nothing is left here unless the act was done before: then it is drafted again only to be counted.
    deque(sifted, maxlen=0)
    return _report(stored, count, sieve)


def mix_with(no_tool: float, recovery: float) -> dict[str, float]:
    """A mix with these two shares; the other categories divide the rest as they usually do."""
    rest = {name: share for name, share in DEFAULT_MIX.items() if name not in ("no_tool", "recovery")}
    left = max(0.0, 1.0 - no_tool - recovery) / sum(rest.values())
    return {"no_tool": no_tool, "recovery": recovery, **{name: share * left for name, share in rest.items()}}


def choose_tools(ws: Workspace, project_id: str, names: Sequence[str] = ()) -> tuple[Tool, ...]:
    """The project's tools of these names, in the order of the catalogue; all of them when no name is given."""
    tools = {view.name: view.tool for view in list_tools(ws, project_id)}
    if not tools:
        raise StateError("The project has no tools yet.", hint="Add a tool to the catalogue first.")
    for name in names:
        if name not in tools:
            raise NotFoundError(f"There is no tool `{name}` in this project.", hint=f"Tools: {', '.join(tools)}.")
    return tuple(tool for name, tool in tools.items() if not names or name in names)


class _Sieve:
    """Lets candidates without errors through and remembers why the others stayed behind."""

    def __init__(self, tools: Sequence[Tool], target: str | None) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._target = target
        self.dropped: Counter[str] = Counter()
        self.categories: Counter[str] = Counter()

    def sift(self, candidates: Iterable[Candidate]) -> Iterator[Example]:
        for candidate in candidates:
            broken = self._broken_rules(candidate.example)
            self.dropped.update(broken)
            if not broken:
                self.categories[candidate.category] += 1
                yield candidate.example

    def _broken_rules(self, example: Example) -> set[str]:
        judged = judge(check(Reading(example), self._tools), self._target, waivers=example.waivers)
        return {one.finding.rule for one in judged if one.severity is Severity.ERROR}


def _report(stored: BatchReport, count: int, sieve: _Sieve) -> SynthesisReport:
    return SynthesisReport(
        batch_id=stored.batch_id,
        n_ordered=count,
        n_added=stored.n_added,
        n_duplicates=stored.n_duplicates,
        dropped=dict(sieve.dropped),
        categories=dict(sieve.categories),
    )
