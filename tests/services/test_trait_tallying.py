"""What examples show is counted once, follows every change, and opens exactly what it counts."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from curation.model.example import Example, Label, Message
from curation.model.filters import ExampleFilter, Use
from curation.model.states import ExampleState, Split
from curation.model.traits import Trait, read_trait, trait
from curation.model.values import Arguments
from curation.services import browsing, health, reviewing, trait_tallying, writing
from curation.services.pacing import StoppedError
from curation.services.trait_tallying import tally_all, tally_waiting
from db import datasets, traits
from db.traits import Sum
from tests.shop_rows import Desk, make_broken_example, make_example, make_no_tool_example, make_tool

PAINT = (
    '{"type":"object","properties":{"colour":{"type":"string","enum":["red","blue"]},"size":{"type":"number"},'
    '"coat":{"type":"integer"}},"required":["colour"]}'
)
KINDS = (
    *(
        "rows",
        "decisions",
        "no_tool",
        "uncalled",
        "faulty",
        "reason",
        "recovery",
        "given",
        "omitted",
        "value",
        "options",
    ),
    *("calls", "cell", "tag", "language", "turns", "first_call", "place", "split", "author", "origin", "rule", "use"),
    *("shape",),
)


def paint(arguments: str, words: str = "Paint it please") -> Example:
    call = msgspec.structs.replace((make_example().messages[1].calls or ())[0], name="paint")
    called = msgspec.structs.replace(call, arguments=Arguments(arguments))
    return Example(
        messages=(Message(role="user", content=words), Message(role="assistant", calls=(called,))),
        tools=(make_tool("paint", PAINT).definition, make_tool("other").definition),
    )


def sums(desk: Desk, *states: ExampleState) -> dict[str, dict[str, Sum]]:
    tally_all(desk.ws)
    with desk.ws.reading() as connection:
        return traits.sum_traits(connection, desk.project_id, states or tuple(ExampleState), KINDS)


def open_numbers(desk: Desk, wanted: Trait) -> list[int]:
    page = browsing.list_filtered(desk.ws, desk.project_id, ExampleFilter(trait=wanted.address))
    return [row.number for row in page.rows]


def test_a_call_says_what_it_gives_leaves_out_and_combines(desk: Desk) -> None:
    desk.write(paint('{"colour":"red","size":2}'))
    desk.write(paint('{"colour":"red"}'))
    found = sums(desk)
    assert found["given"] == {"paint/colour": Sum(2, 2), "paint/size": Sum(1, 1)}
    assert found["omitted"] == {"paint/coat": Sum(2, 2), "paint/size": Sum(1, 1)}
    assert found["value"] == {"paint/colour/red": Sum(2, 2)}
    assert found["options"] == {"paint": Sum(1, 1), "paint/size": Sum(1, 1)}
    assert found["place"] == {"first": Sum(2, 2)}
    assert found["cell"] == {"paint/single": Sum(2, 2)}


def test_every_sum_opens_the_examples_behind_it(desk: Desk) -> None:
    desk.write(paint('{"colour":"red","size":2}'))
    desk.write(paint('{"colour":"blue"}'))
    desk.write(make_no_tool_example())
    tally_all(desk.ws)
    assert open_numbers(desk, trait("omitted", "paint", "size")) == [2]
    assert open_numbers(desk, trait("value", "paint", "colour", "blue")) == [2]
    assert open_numbers(desk, trait("options", "paint", "size")) == [1]
    assert open_numbers(desk, trait("reason", "small_talk")) == [3]
    assert open_numbers(desk, trait("value", "paint", "colour", "green")) == []


def test_counts_follow_edits_states_and_splits(desk: Desk) -> None:
    view = desk.write(paint('{"colour":"red"}'))
    assert sums(desk)["split"] == {"": Sum(1, 1)}
    writing.save_example(desk.ws, desk.actor, view.id, view.head_rev, paint('{"colour":"blue"}'), nonce=desk.nonce())
    assert sums(desk)["value"] == {"paint/colour/blue": Sum(1, 1)}
    assert open_numbers(desk, trait("value", "paint", "colour", "red")) == []
    with desk.ws.unit() as unit:
        group = unit.connection.exec_driver_sql("SELECT group_key FROM example").scalar_one()
        datasets.add_splits(unit.connection, desk.project_id, {group: Split.TEST}, desk.ws.now())
        unit.commit()
    assert sums(desk)["split"] == {"test": Sum(1, 1)}


def test_a_change_of_state_moves_counts_without_reading_bodies(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    view = writing.submit(desk.ws, desk.actor, desk.write(make_example()).id, 1, nonce=desk.nonce())
    assert sums(desk, ExampleState.ACCEPTED)["rows"] == {}

    def refuse(*_: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(trait_tallying, "read_body", refuse)
    reviewing.accept(desk.ws, desk.actor, view.id, view.head_rev, nonce=desk.nonce())
    assert sums(desk, ExampleState.ACCEPTED)["rows"] == {"": Sum(1, 1)}
    assert sums(desk, ExampleState.SUBMITTED)["rows"] == {}


def test_counts_equal_a_recount_after_many_changes(desk: Desk) -> None:
    rows = [
        make_example("A-1"),
        make_no_tool_example(),
        paint('{"colour":"red"}'),
        make_broken_example(),
        paint('{"colour":"blue","coat":1,"size":1}', "Malen Sie das bitte für mich"),
        msgspec.structs.replace(make_example("A-2"), tags=("missing_value", "distractor_tools")),
    ]
    views = [desk.write(one) for one in rows * 3]
    tally_waiting(desk.ws, 7)
    for turn, view in enumerate(views[::2]):
        writing.save_example(desk.ws, desk.actor, view.id, view.head_rev, rows[turn % len(rows)], nonce=desk.nonce())
        tally_waiting(desk.ws, 2)
    writing.archive_example(desk.ws, desk.actor, views[1].id, nonce=desk.nonce())
    followed = sums(desk)
    with desk.ws.unit() as unit:
        for table in ("trait", "trait_count", "trait_row", "trait_kept"):
            unit.connection.exec_driver_sql(f"DELETE FROM {table}")
        unit.connection.exec_driver_sql("INSERT INTO trait_todo SELECT number FROM example")
        unit.commit()
    assert followed == sums(desk)
    assert followed["rows"][""].n == len(views)


def test_an_interrupted_pass_counts_nothing_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trait_tallying, "SLICE", 1)
    for number in range(4):
        desk.write(make_example(f"A-{number}00"))
    ticked = Counter[int]()

    def is_stopped() -> bool:
        ticked[0] += 1
        return ticked[0] > 1

    monkeypatch.setattr("curation.services.pacing.LOCK_S", 0.0)
    with pytest.raises(StoppedError):
        tally_waiting(desk.ws, is_stopped=is_stopped)
    assert sums(desk)["rows"] == {"": Sum(4, 4)}


def test_labels_of_turns_that_are_only_shown_do_not_count(desk: Desk) -> None:
    told = Message(role="assistant", content="Sent.", label=Label(reason="escalate", recovery="escalate"))
    desk.write(msgspec.structs.replace(make_example(), messages=(*make_example().messages[:3], told)))
    found = sums(desk)
    assert "reason" not in found, "it reports a result and decides nothing"
    assert found["recovery"] == {"escalate": Sum(1, 1)}


def test_other_rules_count_every_example_again_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(make_example())
    before = sums(desk)
    assert trait_tallying.renew_edition(desk.ws)
    assert not trait_tallying.renew_edition(desk.ws)
    monkeypatch.setattr(trait_tallying, "EDITION", "next")
    monkeypatch.setattr(trait_tallying, "traits_of", lambda *_: {trait("language", "Greek"): 1})
    assert trait_tallying.renew_edition(desk.ws)
    assert sums(desk)["language"] == {"Greek": Sum(1, 1)} != before["language"]


def test_parts_of_a_trait_are_told_apart_in_an_address() -> None:
    odd = trait("value", "a/b", "c~d", "e:f")
    assert read_trait(odd.address) == odd
    assert odd.parts == ("a/b", "c~d", "e:f")
    with pytest.raises(ValueError, match="it begins with one of"):
        read_trait("author:mara")


def test_sums_hold_the_splits_of_every_category(desk: Desk) -> None:
    view = desk.write(make_example())
    assert sums(desk)["shape"] == {"single/": Sum(1, 1)}
    with desk.ws.unit() as unit:
        group = unit.connection.exec_driver_sql("SELECT group_key FROM example").scalar_one()
        datasets.add_splits(unit.connection, desk.project_id, {group: Split.TEST}, desk.ws.now())
        unit.commit()
    assert sums(desk)["shape"] == {"single/test": Sum(1, 1)}
    abstains = make_no_tool_example()
    writing.save_example(desk.ws, desk.actor, view.id, view.head_rev, abstains, nonce=desk.nonce())
    (shape,) = sums(desk)["shape"]
    assert shape.startswith("no_call/")


def test_the_commonest_beginning_of_each_tool_is_told(desk: Desk) -> None:
    for n in range(24):
        words = f"Please paint wall {n}" if n % 6 else f"Could you colour {n}"
        desk.write(paint('{"colour":"red"}', words))
    tally_all(desk.ws)
    told = health.measure_health(desk.ws, desk.project_id).told.tool_openings
    assert [(one.tool, one.n_rows) for one in told] == [("paint", 20)]
    wanted = ExampleFilter(trait=trait("opening", told[0].words).address, tool="paint", use=Use.CALLED)
    assert len(browsing.list_filtered(desk.ws, desk.project_id, wanted).rows) == 20
