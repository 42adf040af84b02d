"""The repair queue: opened by a change of a tool, closed by the save that mends the example."""

from __future__ import annotations

from sqlalchemy import update

from curation.model.filters import Special
from curation.services import browsing, cataloguing, repairs, writing
from db.repairs import RepairRecord, put_repairs
from db.tables import example
from tests.shop_rows import Desk, make_broken_example, make_example, make_tool


def add_tool(desk: Desk) -> str:
    return cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool(), nonce=desk.nonce()).id


def open_repair(desk: Desk, example_id: str, tool_id: str) -> None:
    record = RepairRecord(example_id, tool_id, desk.project_id, 1, "needs the argument `currency`", "2026-11-20")
    with desk.ws.unit() as unit:
        put_repairs(unit.connection, [record])
        unit.commit()


def test_broken_example_waits_with_its_reason_until_a_save_makes_it_clean(desk: Desk):
    tool_id = add_tool(desk)
    view = desk.write(make_broken_example())
    open_repair(desk, view.id, tool_id)
    (waiting,) = repairs.open_repairs(desk.ws, desk.project_id)
    assert (waiting.number, waiting.tool, waiting.reason) == (
        view.number,
        "track_order",
        "needs the argument `currency`",
    )
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_broken_example("A-78"), nonce=desk.nonce())
    assert repairs.count_repairs(desk.ws, desk.project_id) == 1
    writing.save_example(desk.ws, desk.actor, view.id, 2, make_example(), nonce=desk.nonce())
    assert repairs.count_repairs(desk.ws, desk.project_id) == 0


def test_save_that_keeps_the_old_definition_mends_nothing(desk: Desk):
    tool_id = add_tool(desk)
    view = desk.write(make_example())
    open_repair(desk, view.id, tool_id)
    closed = make_tool(parameters='{"type":"object","properties":{}}')
    cataloguing.save_tool(
        desk.ws, desk.actor, desk.project_id, closed, tool_id=tool_id, base_revision=1, nonce=desk.nonce()
    )
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-99"), nonce=desk.nonce())
    assert repairs.count_repairs(desk.ws, desk.project_id) == 1


def test_pages_of_the_queue_follow_the_numbers_of_examples(desk: Desk):
    tool_id = add_tool(desk)
    views = [desk.write(make_example(f"A-{n}00")) for n in range(1, 6)]
    for view in views:
        open_repair(desk, view.id, tool_id)
    first = repairs.open_repairs(desk.ws, desk.project_id, limit=3)
    rest = repairs.open_repairs(desk.ws, desk.project_id, after=first[-1].number, limit=3)
    assert [one.number for one in (*first, *rest)] == sorted((view.number for view in views), reverse=True)


def test_what_is_archived_or_rejected_waits_nowhere(desk: Desk):
    tool_id = add_tool(desk)
    archived, rejected, waiting = (desk.write(make_example(f"A-{n}00")) for n in (1, 2, 3))
    for view in (archived, rejected, waiting):
        open_repair(desk, view.id, tool_id)
    writing.archive_example(desk.ws, desk.actor, archived.id, nonce=desk.nonce())
    with desk.ws.unit() as unit:
        unit.connection.execute(update(example).where(example.c.id == rejected.id).values(state="rejected"))
        unit.commit()
    assert repairs.count_repairs(desk.ws, desk.project_id) == 1
    assert browsing.count_queues(desk.ws, desk.project_id).specials[Special.REPAIR] == 1
    assert [one.example_id for one in repairs.open_repairs(desk.ws, desk.project_id)] == [waiting.id]
