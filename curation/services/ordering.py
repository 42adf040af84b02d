"""Filling what is missing with one press: an order like any other, and people asked for what it cannot draft."""

from __future__ import annotations

import msgspec

from curation.errors import StateError
from curation.model.example import HARD_CASES, NO_TOOL_REASONS, RECOVERY_KINDS
from curation.model.people import Actor
from curation.model.traits import Trait, parse_trait
from curation.services.cataloguing import list_tools
from curation.services.jobs import JobView
from curation.services.synthesis_jobs import list_orders, order_candidates, read_sheet
from curation.services.synthesis_sheets import Sheet, seed_of
from curation.services.trait_words import say_trait
from curation.services.workspace import Workspace
from curation.services.writing_tasks import TaskView, ask_for
from curation.synthesizers import hard_case_orders, recoveries, schema_driven
from curation.synthesizers.contract import Cell, Voice
from curation.synthesizers.voice import LANGUAGES

OF_CATEGORY = {
    "single": "positive",
    "parallel": "parallel",
    "multi_step": "multi_step",
    "recovery": "recovery",
    "no_call": "no_tool",
}
"""Computed category of Health → what an order calls it."""
OF_A_CALL = frozenset({"given", "omitted", "value", "options"})
_STRATEGIES = {
    "recovery": recoveries.SYNTHESIZER.name,
    "hard_case": hard_case_orders.SYNTHESIZER.name,
}
"""Category → what drafts it on purpose; everything else is drafted from the schemas."""


class Ordered(msgspec.Struct, frozen=True):
    """What a press led to: a job that drafts, or a task for people."""

    job: JobView | None = None
    task: TaskView | None = None


def order(ws: Workspace, actor: Actor, project_id: str, wanted: Trait, n: int, *, nonce: str) -> Ordered:
    """Order candidates that show something; what no generator drafts people are asked for at once."""
    names = {view.name for view in list_tools(ws, project_id)}
    if not names:
        raise StateError("The project has no tools yet.", hint="Add a tool to the catalogue first.")
    sheet = sheet_for(wanted, n, seed=seed_of(nonce))
    if sheet is None or not {cell.tool for cell in sheet.cells if cell.tool} <= names:
        return Ordered(task=ask_for(ws, actor, project_id, wanted, n, nonce=f"{nonce}.task"))
    return Ordered(order_candidates(ws, actor, project_id, sheet, name=say_trait(wanted), nonce=nonce))


def sheet_for(wanted: Trait, n: int, *, seed: int = 0) -> Sheet | None:
    """The order that brings this up; None where only people write it on purpose."""
    cell = cell_of(wanted, n)
    if cell is not None:
        strategy = _STRATEGIES.get(cell.category, schema_driven.SYNTHESIZER.name)
        return Sheet(strategy=strategy, count=n, seed=seed, cells=(cell,), shows=wanted.address)
    code = next((code for code, name in LANGUAGES.items() if wanted == Trait("language", name)), "")
    return Sheet(count=n, seed=seed, voice=Voice(languages=(code,)), shows=wanted.address) if code else None


def narrow(sheet: Sheet, address: str) -> Sheet:
    """An order for nothing but what shows this, by the strategy that drafts it; all else stays as it was said."""
    wanted = sheet_for(parse_trait(address), sheet.count, seed=sheet.seed)
    if wanted is None:
        raise StateError(
            f"No strategy drafts `{address}` on purpose.",
            hint="Name what Health can order, such as reason:refuse, recovery:retry_after_wait or tag:missing_value.",
        )
    languages = wanted.voice.languages or sheet.voice.languages
    voice = msgspec.structs.replace(sheet.voice, languages=languages)
    return msgspec.structs.replace(sheet, strategy=wanted.strategy, cells=wanted.cells, shows=wanted.shows, voice=voice)


def cell_of(wanted: Trait, n: int) -> Cell | None:
    """What an order says to get this; None where it has no word for it."""
    parts = wanted.parts
    if wanted.kind == "cell" and parts[1] in OF_CATEGORY:
        return Cell(n, OF_CATEGORY[parts[1]], "", parts[0])
    if wanted.kind == "reason" and parts[0] in NO_TOOL_REASONS:
        return Cell(n, "no_tool", parts[0])
    if wanted.kind == "recovery" and parts[0] in RECOVERY_KINDS:
        return Cell(n, "recovery", parts[0])
    if wanted.kind == "tag" and parts[0] in HARD_CASES:
        return Cell(n, "hard_case", parts[0])
    return Cell(n, "positive", "", parts[0]) if wanted.kind in OF_A_CALL else None


def list_under_way(ws: Workspace, project_id: str) -> dict[str, Trait]:
    """Orders that have not ended, by their ids, with what each will show: nobody needs to order it once more."""
    under_way = {one.id: read_sheet(one).shows for one in list_orders(ws, project_id) if not one.state.is_final}
    return {job_id: parse_trait(shows) for job_id, shows in under_way.items() if shows}
