"""A batch under trouble: swept away while it is filled, interrupted after its commit, or full of huge rows."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from curation.errors import StateError
from curation.model.envelope import encode
from curation.model.states import ExampleState
from curation.processes import Identity, own_identity
from curation.services import batching, drafting, importing, intake, reviewing, sweeping
from curation.services.browsing import count_states, list_examples
from curation.services.intake import Intake
from db import batches
from tests.shop_rows import Desk, make_example

LONG_AGO = Identity(1, 0, "an earlier start of the machine")


def disown(desk: Desk) -> None:
    """Make every staged batch look as if its process had died, then sweep."""
    with desk.ws.unit() as unit:
        unit.connection.execute(text("UPDATE batch SET owner = :owner"), {"owner": str(LONG_AGO)})
        unit.commit()
    sweeping.sweep_abandoned(desk.ws.unit)


def count_rows(desk: Desk) -> int:
    with desk.ws.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM example")).scalar_one())


def test_owner_of_a_batch_is_this_very_process(desk: Desk):
    filled = Intake(desk.ws, desk.actor, desk.project_id, kind="x", name="x", state=ExampleState.DRAFT)
    with desk.ws.reading() as connection:
        assert batches.list_staged(connection) == [(filled.batch_id, str(own_identity()))]
    filled.abandon()


def test_batch_swept_away_while_it_is_filled_is_never_reported_complete(desk: Desk):
    def walk() -> Iterator[object]:
        for i in range(batching.CHUNK + 5):
            if i == batching.CHUNK + 1:
                disown(desk)
            yield make_example(f"A-{i}00")

    with pytest.raises(StateError, match="taken away"):
        batching.add_examples(desk.ws, desk.actor, desk.project_id, walk(), origin="x", name="x", nonce="n")
    assert count_rows(desk) == 0


def test_batch_swept_away_just_before_its_end_does_not_appear(desk: Desk):
    class Sweeping(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            if not data:
                disown(desk)
            return data

    stream = Sweeping(encode(make_example()) + b"\n" + b"nonsense\n")
    with pytest.raises(StateError, match="taken away"):
        importing.import_stream(desk.ws, desk.actor, desk.project_id, stream, name="rows.jsonl", nonce="n")
    assert count_rows(desk) == 0
    assert importing.list_sources(desk.ws, desk.project_id) == ()


def test_interrupt_after_the_commit_keeps_the_import(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    real = importing.perform

    def interrupted(*args: object, **named: object) -> object:
        real(*args, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "perform", interrupted)
    stream = io.BytesIO(encode(make_example()) + b"\n" + b"nonsense\n")
    with pytest.raises(KeyboardInterrupt):
        importing.import_stream(desk.ws, desk.actor, desk.project_id, stream, name="rows.jsonl", nonce="n")
    (source,) = importing.list_sources(desk.ws, desk.project_id)
    assert not source.is_undone
    assert len(importing.list_rejects(desk.ws, source.id)) == 1
    assert count_states(desk.ws, desk.project_id)["draft"] == 1


def count_holds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each hold of the write lock stored, where 8 kB are as many as 8 MB."""
    monkeypatch.setattr(intake, "CHUNK_BYTES", 8_000)
    stored: list[int] = []
    real = intake.examples.add_examples

    def count(connection: object, new: list[object], *rest: object, **named: object) -> None:
        stored.append(len(new))
        real(connection, new, *rest, **named)

    monkeypatch.setattr(intake.examples, "add_examples", count)
    return stored


def make_huge(i: int) -> object:
    return make_example(f"A-{i}-" + "x" * 2_000)


def test_huge_rows_are_stored_before_many_of_them_gather(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    stored = count_holds(desk, monkeypatch)
    rows = (make_huge(i) for i in range(8))
    batching.add_examples(desk.ws, desk.actor, desk.project_id, rows, origin="x", name="x", nonce="n")
    assert sum(stored) == 8
    assert max(stored) <= 2


def test_huge_rows_of_a_file_are_stored_before_many_of_them_gather(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    stored = count_holds(desk, monkeypatch)
    stream = io.BytesIO(b"".join(encode(make_huge(i)) + b"\n" for i in range(8)))
    importing.import_stream(desk.ws, desk.actor, desk.project_id, stream, name="rows.jsonl", nonce="n")
    assert sum(stored) == 8
    assert max(stored) <= 2


def test_undo_keeps_what_people_have_spoken_or_begun_to_write_about(desk: Desk):
    names = ("A-11", "A-22", "A-33")
    report = batching.add_examples(
        desk.ws, desk.actor, desk.project_id, map(make_example, names), origin="x", name="x", nonce="n"
    )
    spoken, drafted, _ = list_examples(desk.ws, desk.project_id).rows
    reviewing.add_comment(desk.ws, desk.actor, spoken.id, 1, "Is this a real order?", nonce=desk.nonce())
    drafting.save_draft(desk.ws, desk.actor.person_id, "example", drafted.id, "0", 1, "Where is")
    undone = batching.undo_batch(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert (undone.n_removed, undone.n_kept) == (1, 2)
    assert {row.id for row in list_examples(desk.ws, desk.project_id).rows} == {spoken.id, drafted.id}
