"""How an order goes: what was asked, what passed, what each gate refused and why, and the candidates themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from curation.gates import GATES
from curation.model.candidate import Candidate
from curation.model.states import JobState
from curation.producing.record import CANDIDATES, Made, read_made
from curation.producing.tally import TALLY, Tally, read_tally
from curation.services.jobs import JobView, get_job, list_jobs
from curation.services.machine_opinions import JudgedView, OpinionView, read_judged, view_opinions, word_refusal
from curation.services.run_watching import digest_facts
from curation.services.synthesis_jobs import KIND, is_discarded, is_sample, list_orders, read_sheet
from curation.services.workspace import Workspace
from curation.services.writing_tasks import list_tasks
from curation.synthesizers import SYNTHESIZERS
from db import candidate_notes


class Dropped(msgspec.Struct, frozen=True):
    """How many candidates one gate refused for one reason."""

    gate: str
    title: str
    reason: str
    count: int


class MadeView(msgspec.Struct, frozen=True):
    """One candidate of an order, kept or refused."""

    seq: int
    """Its number among those that passed; -1 for the others."""
    candidate: Candidate
    refused: str = ""
    """Why it was dropped, in a sentence."""
    repaired: str = ""
    """What it was repaired for."""
    opinions: tuple[OpinionView, ...] = ()
    """What its judges think of it."""


class Origin(msgspec.Struct, frozen=True):
    """Which order an example comes from, and by which strategy."""

    strategy: str
    job_id: str
    asked_a_model: bool
    judged: JudgedView = JudgedView()
    """What its judges thought of it, and what it was repaired for."""


class OrderView(msgspec.Struct, frozen=True):
    """One order under way or ended."""

    job: JobView
    tally: Tally
    dropped: tuple[Dropped, ...]
    """The commonest reason first."""
    n_queued: int
    """Candidates of it that are in the project."""

    @property
    def waits_for_word(self) -> bool:
        """Whether its sample is made and somebody is to say whether the rest is wanted."""
        is_made = is_sample(self.job) and self.job.state.is_final and self.tally.passed > 0
        return is_made and not is_discarded(self.job)


def view_order(ws: Workspace, job: JobView) -> OrderView:
    """An order as its run folder tells it now."""
    tally = read_tally(job.run_dir / TALLY) or Tally(read_sheet(job).n_wanted)
    with ws.reading() as connection:
        n_queued = candidate_notes.count_notes(connection, job.id)
    titles = {gate.name: gate.title for gate in GATES}
    dropped = [
        Dropped(gate, titles.get(gate, gate), reason, count)
        for gate, reasons in tally.dropped.items()
        for reason, count in reasons.items()
    ]
    return OrderView(job, tally, tuple(sorted(dropped, key=lambda one: -one.count)), n_queued)


class Placed(msgspec.Struct, frozen=True):
    """An order in a line, on the page it was placed from."""

    job: JobView
    title: str
    n: int
    n_passed: int
    n_dropped: int
    n_asked: int
    """How many of those that nothing drafted are still on the writing list."""
    why: str
    """Why some could not be drafted."""
    batches: dict[str, int]


def list_placed(ws: Workspace, project_id: str, ids: Collection[str]) -> tuple[Placed, ...]:
    """These orders, newest first; one that is not here any more is passed over."""
    chosen = [one for one in list_orders(ws, project_id) if one.id in ids] if ids else []
    left = {one.trait.address: one.n_left for one in list_tasks(ws, project_id)} if chosen else {}
    return tuple(_view_placed(ws, one, left) for one in chosen)


def _view_placed(ws: Workspace, job: JobView, left: Mapping[str, int]) -> Placed:
    """An order and, by what tasks for people have left, what of it is still to be written."""
    sheet, seen = read_sheet(job), view_order(ws, job)
    is_made = job.state is JobState.SUCCEEDED
    n_short = max(0, sheet.n_wanted - seen.tally.passed) if is_made else 0
    return Placed(
        job=job,
        title=job.name.partition(": ")[2] or job.name,
        n=sheet.n_wanted,
        n_passed=seen.tally.passed,
        n_dropped=sum(one.count for one in seen.dropped),
        n_asked=min(n_short, left.get(sheet.shows, 0)),
        why=next(iter(seen.tally.short), "") if is_made else "",
        batches=list_batches(ws, job.id),
    )


def list_batches(ws: Workspace, job_id: str) -> dict[str, int]:
    """Batch → candidates of an order that came into the queue with it; one more for every pause."""
    with ws.reading() as connection:
        return candidate_notes.list_batches(connection, job_id)


def stamp_order(ws: Workspace, job_id: str) -> str:
    """Another word whenever an order has moved."""
    job = get_job(ws, job_id)
    view = view_order(ws, job)
    return digest_facts((job.state, job.phase, job.step, job.error, job.spec, view.tally, view.n_queued))


def stamp_orders(ws: Workspace, project_id: str) -> str:
    """Another word whenever an order has begun, ended or come a percent further."""
    orders = [one for one in list_jobs(ws, project_id) if one.kind == KIND]
    return digest_facts([(one.id, one.state, one.spec, one.steps and 100 * one.step // one.steps) for one in orders])


def find_origin(ws: Workspace, example_id: str) -> Origin | None:
    """How a machine came to an example, and what machines said of it; None where a person did."""
    with ws.reading() as connection:
        note = candidate_notes.find_note(connection, example_id)
    if note is None:
        return None
    titles = {one.name: one.title for one in SYNTHESIZERS}
    title, judged = titles.get(note.strategy, note.strategy), read_judged(note.judged)
    return Origin(title, note.job_id, asked_a_model=bool(note.exchanges), judged=judged)


def list_made(job: JobView, *, most: int = 50) -> tuple[MadeView, ...]:
    """The first candidates that passed."""
    found: list[MadeView] = []
    for made in read_made(job.run_dir / CANDIDATES):
        if made.refused is None:
            found.append(_view(made, len(found)))
        if len(found) == most:
            break
    return tuple(found)


def list_dropped(job: JobView, *, most: int = 50) -> tuple[MadeView, ...]:
    """The last candidates that were dropped, the newest first."""
    dropped = [made for made in read_made(job.run_dir / CANDIDATES) if made.refused is not None]
    return tuple(_view(made, -1) for made in reversed(dropped[-most:]))


def _view(made: Made, seq: int) -> MadeView:
    opinions = view_opinions(made.opinions)
    return MadeView(seq, made.candidate, word_refusal(made.refused), word_refusal(made.repaired), opinions)
