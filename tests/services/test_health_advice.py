"""The first things worth doing: what blocks a version before what would make it better, each with its way out."""

from __future__ import annotations

import msgspec
import pytest

from curation.model.filters import ExampleFilter, Level
from curation.model.states import ExampleState, Split
from curation.model.traits import trait
from curation.services import browsing, cataloguing, health
from curation.services.health_advice import Advice, advise
from curation.services.near_indexing import catch_up
from db import datasets
from tests.shop_rows import Desk, make_broken_example, make_example, make_no_tool_example, make_tool

COLOURS = '{"type":"object","properties":{"colour":{"type":"string","enum":["red","blue"]}}}'


def advised(desk: Desk, most: int = 9) -> tuple[Advice, ...]:
    return advise(health.measure_health(desk.ws, desk.project_id), most=most)


def numbers(desk: Desk, wanted: ExampleFilter) -> list[int]:
    return sorted(row.number for row in browsing.list_filtered(desk.ws, desk.project_id, wanted).rows)


@pytest.fixture
def shop(desk: Desk) -> Desk:
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool(), nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    return desk


def test_an_empty_project_is_told_nothing(desk: Desk) -> None:
    assert advised(desk) == ()


def test_errors_come_first_and_open_their_examples(shop: Desk) -> None:
    shop.write(make_example())
    shop.write(make_broken_example())
    first = advised(shop)[0]
    assert (first.is_blocking, first.show) == (True, ExampleFilter(level=Level.ERROR))
    assert first.sentence.startswith("1 row with errors")


def test_too_little_restraint_orders_the_thinnest_reason(shop: Desk) -> None:
    for n in range(30):
        shop.write(make_example(f"A-{n}00"))
    shop.write(make_no_tool_example())
    (share,) = [one for one in advised(shop) if "call nothing" in one.sentence]
    assert share.wanted == trait("reason", "answer_directly")
    assert share.n == 2, "with two more, 3 of 33 decisions come near the lower end"


def test_an_empty_cell_is_ordered(shop: Desk) -> None:
    shop.write(make_example())
    (gap,) = [one for one in advised(shop) if "cells have no example" in one.sentence]
    assert gap.wanted == trait("cell", "track_order", "parallel")


def test_a_leak_and_a_contradiction_open_exactly_their_examples(shop: Desk) -> None:
    words = "Where on earth is my order A-77, which I paid for three long weeks ago, and who has it now?"
    for group, said in (("a", words), ("b", words.replace("three", "four"))):
        row = make_example("A-77", group=group)
        ask = msgspec.structs.replace(row.messages[0], content=said)
        shop.write(msgspec.structs.replace(row, messages=(ask, *row.messages[1:])))
    torn = make_no_tool_example("Where is my order A-99 now, and who is carrying it to me today?", group="c")
    other = make_example("A-99", group="d")
    shop.write(torn)
    shop.write(msgspec.structs.replace(other, messages=(torn.messages[0], *other.messages[1:])))
    with shop.ws.unit() as unit:
        drawn = {"a": Split.TRAIN, "b": Split.TEST, "c": Split.TRAIN, "d": Split.TRAIN}
        datasets.add_splits(unit.connection, shop.project_id, drawn, shop.ws.now())
        unit.commit()
    catch_up(shop.ws)
    blocking = [one for one in advised(shop) if one.is_blocking]
    assert [numbers(shop, one.show) for one in blocking if one.show] == [[1, 2], [3, 4]]


def test_advice_on_accepted_work_opens_accepted_work(shop: Desk) -> None:
    shop.write(make_broken_example())
    measured = health.measure_health(shop.ws, shop.project_id)
    (first, *_) = advise(measured, (ExampleState.ACCEPTED,))
    assert first.show == ExampleFilter(level=Level.ERROR, states=(ExampleState.ACCEPTED,))
