"""A fault at the first statement of an act, then at the second, and so on: all of it happens, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from curation.services import batching, cataloguing, freezing, projects, reviewing, writing
from curation.services.auditing import find_tampering
from db.tables import metadata
from tests.shop_rows import Desk, make_example, make_tool


class PulledPlugError(Exception):
    """Stands for whatever cuts an act off."""


@contextmanager
def fault_at(desk: Desk, point: int) -> Iterator[list[int]]:
    """Cut off at the statement number `point`, commit included; the list counts the statements reached."""
    reached = [0]

    def count(*_: object) -> None:
        reached[0] += 1
        if reached[0] == point:
            raise PulledPlugError

    event.listen(desk.ws.engine, "before_cursor_execute", count)
    event.listen(desk.ws.engine, "commit", count)
    try:
        yield reached
    finally:
        event.remove(desk.ws.engine, "before_cursor_execute", count)
        event.remove(desk.ws.engine, "commit", count)


def everything(desk: Desk) -> dict[str, list[object]]:
    """All rows of all tables but those that follow by themselves, whenever somebody looks."""
    tables = [table for table in metadata.sorted_tables if not table.name.startswith("near_")]
    with desk.ws.reading() as connection:
        return {table.name: list(connection.execute(select(table)).all()) for table in tables}


def accepted(desk: Desk) -> str:
    view = desk.write()
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    return reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce()).id


Act = Callable[[Desk, str], object]


def write(desk: Desk) -> Act:
    return lambda desk, n: writing.new_example(desk.ws, desk.actor, desk.project_id, make_example(), nonce=n)


def save(desk: Desk) -> Act:
    example_id = accepted(desk)
    return lambda desk, n: writing.save_example(desk.ws, desk.actor, example_id, 1, make_example("B-12"), nonce=n)


def accept(desk: Desk) -> Act:
    example_id = writing.submit(desk.ws, desk.actor, desk.write().id, 1, nonce=desk.nonce()).id
    return lambda desk, n: reviewing.accept(desk.ws, desk.actor, example_id, 1, nonce=n)


def freeze(desk: Desk) -> Act:
    accepted(desk)
    return lambda desk, n: freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=n)


def publish(desk: Desk) -> Act:
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool(), nonce=desk.nonce())
    return lambda desk, n: cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=n)


def create(desk: Desk) -> Act:
    return lambda desk, n: projects.create_project(desk.ws, desk.actor, "Bank", nonce=n)


@pytest.mark.parametrize("prepare", [write, save, accept, freeze, publish, create])
def test_act_cut_off_anywhere_happens_wholly_or_not_at_all(desk: Desk, prepare: Callable[[Desk], Act]):
    act = prepare(desk)
    before = everything(desk)
    for point in range(1, 200):
        try:
            with fault_at(desk, point):
                act(desk, "nonce")
            break
        except PulledPlugError:
            # The act may be done and only its answer lost: then doing it again must change nothing.
            now = everything(desk)
            if now != before:
                act(desk, "nonce")
                assert everything(desk) == now
                break
    else:
        pytest.fail("the act never ended")
    assert point > 5
    assert everything(desk) != before
    assert find_tampering(desk.ws) is None


def test_batch_cut_off_anywhere_shows_all_rows_or_none(desk: Desk):
    examples = [make_example(f"A-{i}00") for i in range(batching.CHUNK + 5)]
    shown = set()
    for point in range(1, 80, 3):
        try:
            with fault_at(desk, point):
                batching.add_examples(
                    desk.ws, desk.actor, desk.project_id, examples, origin="x", name="x", nonce="batch"
                )
        except PulledPlugError:
            pass
        with desk.ws.reading() as connection:
            visible = select(metadata.tables["example"].c.id).where(metadata.tables["example"].c.staged == 0)
            shown.add(len(connection.execute(visible).all()))
    assert shown == {0, len(examples)}
