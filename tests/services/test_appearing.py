"""A decided move over many examples: in short chunks, gone on with after a kill, and nothing frozen half way."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest
from sqlalchemy import func, select, text

from curation.errors import StateError
from curation.services import appearing, auditing, freezing, migrating, repairs
from curation.services.cataloguing import ToolView
from curation.services.head_changes import HeadChange
from curation.services.impact import measure
from curation.services.migrating import MoveReport
from curation.services.workspace import open_workspace
from db.tables import coming_head
from tests.services.paying import accept, add_currency, move, pay_example, with_value
from tests.shop_rows import Desk

DEAD = "1 1.0 nowhere"
N = 5


class PowerError(Exception):
    """What ends a process in these tests."""


@pytest.fixture
def small_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two examples a slice, one slice a hold."""
    monkeypatch.setattr(appearing, "SLICE", 2)
    clock = iter(range(1_000_000))
    monkeypatch.setattr(appearing, "monotonic", lambda: next(clock) * appearing.LOCK_S * 0.6)


def fail_after(holds: int) -> Callable[..., bool]:
    put, done = appearing._put_chunk, iter(range(holds))

    def put_or_fail(*args: object) -> bool:
        if next(done, None) is None:
            raise PowerError
        return put(*args)  # type: ignore[arg-type]

    return put_or_fail


def begin(desk: Desk, *, nonce: str = "move") -> MoveReport:
    seen = measure(desk.ws, desk.project_id)
    return migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=with_value(seen, '"SEK"'), digest=seen.digest, nonce=nonce
    )


def cut_short(desk: Desk, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], holds: int = 1) -> None:
    """Do an act that is killed after so many holds of the lock."""
    with monkeypatch.context() as patch:
        patch.setattr(appearing, "_put_chunk", fail_after(holds))
        with pytest.raises(PowerError):
            act()
    with desk.ws.unit() as unit:
        unit.connection.execute(text("UPDATE batch SET owner = :dead WHERE state = 'appearing'"), {"dead": DEAD})
        unit.commit()


@pytest.fixture
def views(desk: Desk, pay: ToolView) -> list[str]:
    """Paying examples, the first one accepted, behind a tool that asks for a currency now."""
    written = [desk.write(pay_example(f'{{"amount":"{n}00"}}')) for n in range(1, N + 1)]
    accept(desk, written[0])
    add_currency(desk, pay)
    return [view.id for view in written]


def revs(desk: Desk, ids: list[str]) -> list[int]:
    with desk.ws.reading() as connection:
        rows = {row.id: row.head_rev for row in connection.execute(text("SELECT id, head_rev FROM example"))}
    return [rows[one] for one in ids]


def n_ready(desk: Desk) -> int:
    with desk.ws.reading() as connection:
        return connection.execute(select(func.count()).select_from(coming_head)).scalar_one()


@pytest.mark.usefixtures("small_holds")
def test_lock_is_given_back_between_slices_and_nothing_ready_is_left(desk: Desk, views: list[str]):
    held: list[int] = []
    put = appearing._put_chunk

    def count_then_put(ws: object, batch_id: str) -> bool:
        held.append(n_ready(desk))
        return put(ws, batch_id)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(appearing, "_put_chunk", count_then_put)
        report = begin(desk)
    assert held[:3] == [5, 3, 1]
    assert (report.n_moved, n_ready(desk), revs(desk, views)) == (N, 0, [2] * N)


@pytest.mark.usefixtures("small_holds")
def test_move_that_was_killed_half_way_is_finished_when_the_workspace_is_opened(
    desk: Desk, views: list[str], monkeypatch: pytest.MonkeyPatch
):
    cut_short(desk, monkeypatch, lambda: begin(desk))
    assert sorted(revs(desk, views)) == [1, 1, 1, 2, 2]
    assert migrating.last_move(desk.ws, desk.project_id) is None
    open_workspace(desk.ws.home).close()
    assert revs(desk, views) == [2] * N
    move = migrating.last_move(desk.ws, desk.project_id)
    assert move is not None
    assert move.n_examples == N
    assert auditing.find_tampering(desk.ws) is None
    assert migrating.undo_move(desk.ws, desk.actor, move.batch_id, nonce="undo").n_restored == N


@pytest.mark.usefixtures("small_holds")
def test_undo_that_was_killed_half_way_is_finished_too(desk: Desk, views: list[str], monkeypatch: pytest.MonkeyPatch):
    report = move(desk)
    assert repairs.count_repairs(desk.ws, desk.project_id) == N
    cut_short(desk, monkeypatch, lambda: migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce="undo"))
    assert sorted(revs(desk, views)) == [2, 2, 2, 3, 3]
    open_workspace(desk.ws.home).close()
    assert revs(desk, views) == [3] * N
    assert repairs.count_repairs(desk.ws, desk.project_id) == 0
    (undone,) = migrating.list_undone_moves(desk.ws, desk.project_id)
    assert undone.batch_id == report.batch_id


@pytest.mark.usefixtures("small_holds")
def test_same_nonce_goes_on_with_a_move_that_failed_and_tells_all_of_it(
    desk: Desk, views: list[str], monkeypatch: pytest.MonkeyPatch
):
    cut_short(desk, monkeypatch, lambda: begin(desk))
    report = begin(desk)
    assert (report.n_moved, report.n_passed_over, revs(desk, views)) == (N, 0, [2] * N)


@pytest.mark.usefixtures("small_holds")
def test_nothing_is_frozen_while_another_process_moves_examples(
    desk: Desk, views: list[str], monkeypatch: pytest.MonkeyPatch
):
    cut_short(desk, monkeypatch, lambda: begin(desk))
    monkeypatch.setattr(appearing, "_is_elsewhere", lambda _: True)
    with pytest.raises(StateError, match="still on their way"):
        freezing.freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce=desk.nonce())
    monkeypatch.setattr(appearing, "_is_elsewhere", lambda _: False)
    frozen = freezing.freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce=desk.nonce())
    assert sum(frozen.counts.values()) == N


def test_what_was_made_ready_and_never_decided_is_swept_away(
    desk: Desk, views: list[str], monkeypatch: pytest.MonkeyPatch
):
    def die(*_: object) -> NoReturn:
        raise PowerError

    monkeypatch.setattr(migrating, "decide", die)
    monkeypatch.setattr(HeadChange, "abandon", lambda _: None)
    with pytest.raises(PowerError):
        begin(desk)
    with desk.ws.unit() as unit:
        unit.connection.execute(text("UPDATE batch SET owner = :dead WHERE state = 'staged'"), {"dead": DEAD})
        unit.commit()
    assert n_ready(desk) == N
    open_workspace(desk.ws.home).close()
    assert (n_ready(desk), revs(desk, views)) == (0, [1] * N)


@pytest.mark.usefixtures("small_holds")
def test_example_saved_between_two_holds_is_passed_over(desk: Desk, views: list[str], monkeypatch: pytest.MonkeyPatch):
    cut_short(desk, monkeypatch, lambda: begin(desk))
    waiting = next(one for one, rev in zip(views, revs(desk, views), strict=True) if rev == 1)
    with desk.ws.unit() as unit:
        unit.connection.execute(
            text("UPDATE example SET state = 'archived' WHERE id = :id AND state = 'draft'"), {"id": waiting}
        )
        unit.commit()
    report = begin(desk)
    assert (report.n_moved, report.n_passed_over) == (N - 1, 1)
    assert migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce="undo").n_kept == 0
