"""An order drafts exactly what is wanted, and asks people for what nobody can draft."""

from __future__ import annotations

import pytest

from curation.errors import StateError
from curation.model.example import NO_TOOL_REASONS, RECOVERY_KINDS
from curation.model.filters import ExampleFilter
from curation.model.traits import Trait, trait
from curation.rules.traits import traits_of
from curation.services import browsing, cataloguing, writing
from curation.services.ordering import order
from curation.services.trait_tallying import tally_all
from curation.services.writing_tasks import ask_for, end_task, list_tasks
from curation.synthesizers.shop import demo_tools
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


def test_each_reason_and_each_recovery_is_drafted_or_asked_for(shop: Desk) -> None:
    for kind, names in (("reason", NO_TOOL_REASONS), ("recovery", RECOVERY_KINDS)):
        for name in names:
            wanted = trait(kind, name)
            done = order(shop.ws, shop.actor, shop.project_id, wanted, 2, nonce=shop.nonce())
            assert done.n_drafted + (done.task.n_left if done.task else 0) >= 2
            tally_all(shop.ws)
            page = browsing.list_filtered(shop.ws, shop.project_id, ExampleFilter(trait=wanted.address))
            assert len(page.rows) >= done.n_drafted


def test_a_value_that_is_never_shown_is_drafted_in_every_candidate(shop: Desk) -> None:
    wanted = trait("value", "request_refund", "reason", "damaged")
    listed = {
        one.parts
        for row in demo_tools()
        if row.name == "request_refund"
        for one in _values(row.definition.view.parameters)
    }
    wanted = trait("value", "request_refund", *sorted(listed)[0])
    done = order(shop.ws, shop.actor, shop.project_id, wanted, 3, nonce=shop.nonce())
    assert done.n_drafted == all_show(shop, wanted) == 3
    assert done.task is None


def _values(schema: object) -> list[Trait]:
    assert isinstance(schema, dict)
    return [trait("", name, value) for name, inner in schema["properties"].items() for value in inner.get("enum", ())]


def test_what_cannot_be_drafted_becomes_one_writing_task(shop: Desk) -> None:
    wanted = trait("tag", "conflicting_constraints")
    done = order(shop.ws, shop.actor, shop.project_id, wanted, 3, nonce="once")
    again = order(shop.ws, shop.actor, shop.project_id, wanted, 3, nonce="once")
    assert (done.n_drafted, done) == (0, again)
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
