"""Filling what is missing: drafted offline where that gives exactly what is wanted, else asked of those who write."""

from __future__ import annotations

import hashlib

import msgspec

from curation.errors import StateError
from curation.model.people import Actor
from curation.model.traits import Trait
from curation.rules.traits import traits_of
from curation.services.cataloguing import list_tools
from curation.services.synthesizing import draft_candidates
from curation.services.trait_tallying import tally_waiting
from curation.services.workspace import Workspace
from curation.services.writing_tasks import TaskView, ask_for
from curation.synthesizers import SYNTHESIZERS

DRAFTED_FOR_ONE = 40
"""Drafts made for each one wanted: most calls do not happen to give the value, the pair or the place."""
MOST_DRAFTED = 400
CATEGORY_MIX = {
    "single": "positive",
    "parallel": "parallel",
    "multi_step": "multi_step",
    "recovery": "recovery",
    "no_call": "no_tool",
}
"""Category → what a synthesizer is asked for to show it."""
OF_A_CALL = frozenset({"given", "omitted", "value", "options"})
BY_HAND = frozenset({"tag", "opening"})
"""What a generator without a model never writes on purpose."""


class Ordered(msgspec.Struct, frozen=True):
    """What came of an order; `task` asks people for the rest."""

    n_drafted: int
    task: TaskView | None = None


class _Plan(msgspec.Struct, frozen=True):
    tools: tuple[str, ...] = ()
    mix: dict[str, float] = {}


def order(ws: Workspace, actor: Actor, project_id: str, wanted: Trait, n: int, *, nonce: str) -> Ordered:
    """Draft as many examples that show something as can be drafted, and ask people for the others."""
    if not list_tools(ws, project_id):
        raise StateError("The project has no tools yet.", hint="Add a tool to the catalogue first.")
    n_drafted = _draft(ws, actor, project_id, wanted, n, nonce) if wanted.kind not in BY_HAND else 0
    if n_drafted >= n:
        return Ordered(n_drafted)
    # What was just drafted does not count as written for the task.
    tally_waiting(ws)
    return Ordered(n_drafted, ask_for(ws, actor, project_id, wanted, n - n_drafted, nonce=f"{nonce}.task"))


def _draft(ws: Workspace, actor: Actor, project_id: str, wanted: Trait, n: int, nonce: str) -> int:
    plan = _plan(wanted)
    names = {view.name for view in list_tools(ws, project_id)}
    if not set(plan.tools) <= names:
        return 0
    report = draft_candidates(
        ws,
        actor,
        project_id,
        SYNTHESIZERS[0].name,
        count=min(MOST_DRAFTED, DRAFTED_FOR_ONE * n),
        seed=int.from_bytes(hashlib.sha256(nonce.encode()).digest()[:3], "big"),
        tool_names=plan.tools,
        mix=plan.mix,
        keep=lambda example: wanted in traits_of(example),
        most=n,
        nonce=nonce,
    )
    return report.n_added


def _plan(wanted: Trait) -> _Plan:
    """Which tools to call and what to draft, so that what is wanted comes up often."""
    if wanted.kind == "cell":
        tool, category = wanted.parts
        return _Plan((tool,), {CATEGORY_MIX[category]: 1.0})
    if wanted.kind in OF_A_CALL:
        return _Plan((wanted.parts[0],), {"positive": 1.0})
    if wanted.kind == "reason":
        return _Plan(mix={f"no_tool.{wanted.parts[0]}": 1.0})
    if wanted.kind == "recovery":
        return _Plan(mix={f"recovery.{wanted.parts[0]}": 1.0})
    return _Plan()
