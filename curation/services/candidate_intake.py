"""Takes what a job has made into the queue: the ones that fill most first, each with how it came about."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from curation.llm.record import Exchange, read_exchanges
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.model.traits import Trait
from curation.producing.record import CANDIDATES, Made, read_candidates
from curation.rules.traits import traits_of
from curation.services.acts import find_done, perform
from curation.services.batching import BatchReport
from curation.services.gap_ranking import WEIGHTS, rank
from curation.services.health_told import LIVING
from curation.services.intake import Arrival, Intake, chunks, in_short_holds
from curation.services.machine_opinions import Judged
from curation.services.manifests import SYNTHESISED
from curation.services.showing import show
from curation.services.workspace import Workspace
from db import candidate_notes, traits
from db.candidate_notes import CandidateNote

ACT = "take in candidates"


class Numbered(NamedTuple):
    """One that passed, with its number in the order."""

    seq: int
    made: Made


def take_in(
    ws: Workspace, actor: Actor, project_id: str, job_id: str, folder: Path, *, name: str, nonce: str
) -> BatchReport:
    """Add what passed and is not in yet; the same nonce adds once."""
    if done := find_done(ws, actor, ACT, nonce, BatchReport):
        show(ws, done.batch_id)
        return done
    with ws.reading() as connection:
        after = candidate_notes.last_seq(connection, job_id)
        counts = count_traits(connection, project_id)
    made = [Numbered(seq, one) for seq, one in enumerate(read_candidates(folder / CANDIDATES)) if seq > after]
    if not made:
        return BatchReport("", 0, 0, 0)
    examples = {one.seq: one.made.candidate.example for one in made}
    ranked = [made[at] for at in rank([frozenset(traits_of(examples[one.seq])) for one in made], counts)]
    intake = Intake(ws, actor, project_id, kind=SYNTHESISED, name=name, state=ExampleState.CANDIDATE)
    exchanges = {one.id: one for one in read_exchanges(folder)}
    notes = {one.seq: _note(job_id, one, _compress(exchanges, one.made.exchanges)) for one in ranked}
    try:
        for chunk in chunks(intake.judge(examples[one.seq], one.seq) for one in ranked):
            _store(ws, intake, chunk, notes)
        report = perform(ws, actor, ACT, nonce, BatchReport, intake.finish)
        intake.show()
    except BaseException:
        intake.abandon()
        raise
    if report.batch_id != intake.batch_id:
        intake.abandon()
    return report


def count_traits(connection: Connection, project_id: str) -> dict[Trait, int]:
    """How many examples show what a candidate could show."""
    summed = traits.sum_traits(connection, project_id, LIVING, WEIGHTS)
    return {Trait(kind, name): one.n_rows for kind, names in summed.items() for name, one in names.items()}


def _store(ws: Workspace, intake: Intake, chunk: list[Arrival], notes: Mapping[int, CandidateNote]) -> None:
    def put(connection: Connection, at: int, to: int) -> None:
        slice_ = chunk[at:to]
        ids = intake.put(connection, slice_)
        told = [(ids[place], one.line) for place, one in enumerate(slice_) if place in ids]
        candidate_notes.add_notes(
            connection,
            [msgspec.structs.replace(notes[line], example_id=id_) for id_, line in told if line is not None],
        )

    in_short_holds(ws, len(chunk), put, begin=intake.require_open)


def _note(job_id: str, one: Numbered, exchanges: bytes) -> CandidateNote:
    made = one.made
    judged = msgspec.json.encode(Judged(made.opinions, made.repaired)).decode()
    return CandidateNote("", job_id, one.seq, made.strategy, made.category, made.kind, exchanges, judged)


def _compress(exchanges: Mapping[str, Exchange], wanted: Sequence[str]) -> bytes:
    """The questions and answers of one candidate; empty where no model was asked."""
    kept = [exchanges[one] for one in wanted if one in exchanges]
    return zlib.compress(msgspec.json.encode(kept)) if kept else b""


def read_kept(ws: Workspace, example_id: str) -> tuple[Exchange, ...]:
    """What a model was asked for an example, and what it answered."""
    with ws.reading() as connection:
        note = candidate_notes.find_note(connection, example_id)
    if note is None or not note.exchanges:
        return ()
    return msgspec.json.decode(zlib.decompress(note.exchanges), type=tuple[Exchange, ...])
