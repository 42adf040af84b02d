"""An order drafts exactly what is wanted, and asks people for what nobody can draft."""

from __future__ import annotations

import msgspec
import pytest

from curation.errors import StateError
from curation.model.example import HARD_CASES, NO_TOOL_REASONS, RECOVERY_KINDS
from curation.model.filters import ExampleFilter
from curation.model.traits import Trait, trait
from curation.producing.record import CANDIDATES, read_made
from curation.rules.traits import traits_of
from curation.services import browsing, cataloguing, writing
from curation.services.batching import undo_batch
from curation.services.ordering import list_under_way, narrow, order
from curation.services.synthesis_jobs import order_candidates, read_sheet
from curation.services.synthesis_sheets import Sheet
from curation.services.synthesis_views import Placed, find_origin, list_placed, view_order
from curation.services.trait_tallying import tally_all
from curation.services.writing_tasks import ask_for, end_task, list_tasks
from curation.synthesizers.contract import Cell, Voice
from curation.synthesizers.shop import demo_tools
from tests.making_here import make_orders
from tests.shop_rows import Desk, make_no_tool_example


@pytest.fixture
def shop(desk: Desk) -> Desk:
    cataloguing.import_tools(desk.ws, desk.actor, desk.project_id, demo_tools(), nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    return desk


def all_show(desk: Desk, wanted: Trait) -> int:
    rows = browsing.list_filtered(desk.ws, desk.project_id, ExampleFilter()).rows
    assert all(wanted in traits_of(writing.open_example(desk.ws, row.id).example) for row in rows)
    return len(rows)


def order_and_make(desk: Desk, wanted: Trait, n: int) -> Placed:
    done = order(desk.ws, desk.actor, desk.project_id, wanted, n, nonce=desk.nonce())
    assert done.job is not None
    make_orders(desk.ws, desk.project_id)
    (placed,) = list_placed(desk.ws, desk.project_id, [done.job.id])
    return placed


def test_each_reason_recovery_and_hard_case_is_drafted_through_the_gates(shop: Desk) -> None:
    for kind, names in (("reason", NO_TOOL_REASONS), ("recovery", RECOVERY_KINDS), ("tag", HARD_CASES)):
        for name in names:
            placed = order_and_make(shop, trait(kind, name), 2)
            assert (placed.n_passed, placed.n_asked, sum(placed.batches.values())) == (2, 0, 2), placed.title
            tally_all(shop.ws)
            page = browsing.list_filtered(shop.ws, shop.project_id, ExampleFilter(trait=placed_trait(placed)))
            assert len(page.rows) >= 2 or kind == "tag"


def placed_trait(placed: Placed) -> str:
    address = read_sheet(placed.job).shows
    return "" if address.startswith("tag:") else address


def test_what_one_press_brings_is_machine_made_ranked_and_taken_back_as_one_act(shop: Desk) -> None:
    wanted = trait("cell", "track_order", "recovery")
    placed = order_and_make(shop, wanted, 5)
    assert all_show(shop, wanted) == 5
    rows = browsing.list_filtered(shop.ws, shop.project_id, ExampleFilter()).rows
    origins = [find_origin(shop.ws, row.id) for row in rows]
    assert all(one and one.job_id == placed.job.id and one.judged.opinions for one in origins)
    made = list(read_made(placed.job.run_dir / CANDIDATES))
    assert len(made) - placed.n_passed == placed.n_dropped
    (batch,) = placed.batches
    assert undo_batch(shop.ws, shop.actor, batch, nonce=shop.nonce()).n_removed == 5
    assert all_show(shop, wanted) == 0


def test_what_a_gate_refuses_is_counted_and_another_draft_takes_its_place(shop: Desk) -> None:
    wanted = trait("cell", "track_order", "single")
    first = order_and_make(shop, wanted, 6)
    again = order_candidates(
        shop.ws, shop.actor, shop.project_id, read_sheet(first.job), name="again", nonce=shop.nonce()
    )
    make_orders(shop.ws, shop.project_id)
    (placed,) = list_placed(shop.ws, shop.project_id, [again.id])
    assert {one.gate for one in view_order(shop.ws, placed.job).dropped} == {"fresh"}
    assert placed.n_passed == 6 <= placed.n_dropped


def test_what_is_under_way_is_told_so_that_nobody_orders_it_twice(shop: Desk) -> None:
    wanted = trait("reason", "refuse")
    done = order(shop.ws, shop.actor, shop.project_id, wanted, 2, nonce="once")
    assert order(shop.ws, shop.actor, shop.project_id, wanted, 2, nonce="once") == done
    assert done.job is not None
    assert list_under_way(shop.ws, shop.project_id) == {done.job.id: wanted}
    make_orders(shop.ws, shop.project_id)
    assert list_under_way(shop.ws, shop.project_id) == {}


def test_what_the_drafts_do_not_show_people_are_asked_for(shop: Desk) -> None:
    wanted = trait("value", "track_order", "order_id", "no such value")
    placed = order_and_make(shop, wanted, 2)
    assert (placed.n_passed, placed.n_asked, placed.batches) == (0, 2, {})
    assert placed.why
    (task,) = list_tasks(shop.ws, shop.project_id)
    assert (task.trait, task.n_left) == (wanted, 2)
    end_task(shop.ws, shop.actor, task.id, nonce=shop.nonce())
    (placed,) = list_placed(shop.ws, shop.project_id, [placed.job.id])
    assert placed.n_asked == 0


def test_a_value_that_is_never_shown_is_drafted_in_every_candidate(shop: Desk) -> None:
    listed = {
        one.parts
        for row in demo_tools()
        if row.name == "request_refund"
        for one in _values(row.definition.view.parameters)
    }
    wanted = trait("value", "request_refund", *sorted(listed)[0])
    placed = order_and_make(shop, wanted, 3)
    assert placed.n_passed == all_show(shop, wanted) == 3
    assert list_tasks(shop.ws, shop.project_id) == ()


def _values(schema: object) -> list[Trait]:
    assert isinstance(schema, dict)
    return [trait("", name, value) for name, inner in schema["properties"].items() for value in inner.get("enum", ())]


def test_what_cannot_be_drafted_becomes_one_writing_task(shop: Desk) -> None:
    wanted = trait("tag", "our own case")
    done = order(shop.ws, shop.actor, shop.project_id, wanted, 3, nonce="once")
    again = order(shop.ws, shop.actor, shop.project_id, wanted, 3, nonce="once")
    assert (done.job, done) == (None, again)
    order(shop.ws, shop.actor, shop.project_id, wanted, 2, nonce="more")
    (task,) = list_tasks(shop.ws, shop.project_id)
    assert (task.trait, task.n, task.n_left) == (wanted, 5, 5)


def test_a_task_counts_what_was_written_since(desk: Desk) -> None:
    desk.write(make_no_tool_example())
    tally_all(desk.ws)
    wanted = trait("reason", "small_talk")
    ask_for(desk.ws, desk.actor, desk.project_id, wanted, 2, nonce=desk.nonce())
    desk.write(make_no_tool_example("Hello"))
    tally_all(desk.ws)
    (task,) = list_tasks(desk.ws, desk.project_id)
    assert (task.n_done, task.n_left) == (1, 1)
    desk.write(make_no_tool_example("Good day"))
    tally_all(desk.ws)
    assert list_tasks(desk.ws, desk.project_id) == ()


def test_an_ended_task_is_off_the_list(desk: Desk) -> None:
    task = ask_for(desk.ws, desk.actor, desk.project_id, trait("language", "German"), 2, nonce=desk.nonce())
    end_task(desk.ws, desk.actor, task.id, nonce=desk.nonce())
    assert list_tasks(desk.ws, desk.project_id) == ()


def test_a_project_without_tools_orders_nothing(desk: Desk) -> None:
    with pytest.raises(StateError, match="no tools yet"):
        order(desk.ws, desk.actor, desk.project_id, trait("reason", "refuse"), 2, nonce=desk.nonce())


def test_order_from_elsewhere_is_narrowed_to_what_shows_something() -> None:
    said = Sheet(count=7, seed=3, voice=Voice(tones=("curt",)))
    refusals = narrow(said, "reason:refuse")
    assert refusals == msgspec.structs.replace(said, cells=(Cell(7, "no_tool", "refuse"),), shows="reason:refuse")
    assert narrow(said, "language:German").voice == Voice(tones=("curt",), languages=("de",))
    with pytest.raises(StateError, match="No strategy drafts `opening:hello`"):
        narrow(said, "opening:hello")
