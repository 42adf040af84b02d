"""Health tells families, leaks and contradictions of all rows, once they have been compared."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from curation.model.example import Example
from curation.model.states import ExampleState, Split
from curation.rules import check_dataset
from curation.services import batching, freezing, health, health_near, reviewing, writing
from curation.services.health_near import FROM_INDEX
from curation.services.near_indexing import catch_up
from db import datasets
from tests.services.test_near_duplicates import ask, retold, told
from tests.shop_rows import Desk


def add(desk: Desk, rows: Iterable[Example]) -> None:
    batching.add_examples(
        desk.ws,
        desk.actor,
        desk.project_id,
        rows,
        origin="import",
        name="x",
        state=ExampleState.DRAFT,
        nonce=desk.nonce(),
    )


def draw(desk: Desk, drawn: dict[str, Split]) -> None:
    with desk.ws.unit() as unit:
        datasets.add_splits(unit.connection, desk.project_id, drawn, desk.ws.now())
        unit.commit()


def said(measured: health.Health) -> set[tuple[str, str]]:
    return {
        (one.finding.code, one.finding.message.partition(" (Examples")[0])
        for one in measured.findings
        if one.finding.code in FROM_INDEX
    }


def test_project_and_file_agree_on_near_duplicates_leaks_moulds_and_contradictions(desk: Desk) -> None:
    rows = [
        ask(told(1), group="a"),
        ask(retold(1), group="b"),
        ask(told(2), group="c"),
        ask(retold(2), group="c"),
        ask(told(3)),
        ask(retold(3)),
        ask("Where is it now, please?", "A-1"),
        ask("Where is it now, please?", "A-2"),
        *(ask(f"{told(4)} {n}") for n in range(12)),
        ask(told(5)),
    ]
    splits = {"a": Split.TRAIN, "b": Split.TEST, "c": Split.TRAIN}
    draw(desk, splits)
    add(desk, rows)
    before = health.measure_health(desk.ws, desk.project_id)
    catch_up(desk.ws)
    measured = health.measure_health(desk.ws, desk.project_id)
    where = {str(n): splits[row.group].value for n, row in enumerate(rows) if row.group}
    found = check_dataset(((str(n), row) for n, row in enumerate(rows)), splits=where)
    of_file = {(one.finding.code, one.finding.message) for one in found if one.finding.code in FROM_INDEX}
    assert {code for code, _ in of_file} == FROM_INDEX
    assert before.near.n_waiting == len(rows)
    assert measured.near.n_waiting == 0
    assert said(before) == said(measured) == of_file


def test_figures_have_the_examples_behind_them(desk: Desk) -> None:
    draw(desk, {"a": Split.TRAIN, "b": Split.TEST})
    views = [desk.write(ask(told(1), group="a")), desk.write(ask(retold(1), group="b")), desk.write(ask(told(2)))]
    views += [desk.write(ask(retold(2))), desk.write(ask(told(2), "A-78"))]
    catch_up(desk.ws)
    near = health.measure_health(desk.ws, desk.project_id).near
    assert (near.n_families, near.n_in_families, near.n_leaks, near.n_contradictions) == (2, 5, 1, 1)
    assert [one.example_ids for one in near.families] == [
        (views[0].id, views[1].id),
        (views[2].id, views[3].id, views[4].id),
    ]
    (leak,) = near.leaks
    assert (leak.splits, leak.numbers, leak.is_grouped) == (("test", "train"), (1, 2), False)
    assert near.contradictions[0].example_ids == (views[2].id, views[4].id)


def test_figures_are_of_the_chosen_states_and_of_one_project(desk: Desk) -> None:
    from curation.services import projects

    view = desk.write(ask(told(1)))
    desk.write(ask(retold(1)))
    other = projects.create_project(desk.ws, desk.actor, "Other", nonce=desk.nonce()).id
    writing.new_example(desk.ws, desk.actor, other, ask(told(1)), nonce=desk.nonce())
    catch_up(desk.ws)
    assert health.measure_health(desk.ws, desk.project_id).near.families[0].n_rows == 2
    assert health.measure_health(desk.ws, other).near.n_families == 0
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    only = health.measure_health(desk.ws, desk.project_id, states=[ExampleState.DRAFT])
    assert only.near.n_families == 0


def test_of_many_only_the_first_are_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_near, "NAMED_FAMILIES", 3)
    monkeypatch.setattr(health_near, "NAMED_FINDINGS", 2)
    monkeypatch.setattr(health_near, "NAMED_ROWS", 2)
    add(desk, [one for n in range(5) for one in (ask(told(n), "A-1"), ask(told(n), "A-2"), ask(retold(n)))])
    catch_up(desk.ws)
    measured = health.measure_health(desk.ws, desk.project_id)
    near = measured.near
    assert (near.n_families, len(near.families), near.n_contradictions, len(near.contradictions)) == (5, 3, 5, 3)
    assert all(len(one.example_ids) == 2 and one.n_rows == 3 for one in near.families)
    messages = [one.finding.message for one in measured.findings if one.finding.code in ("D03", "D05")]
    assert len(messages) == 6
    assert any(message.startswith("3 more families of rows are nearly the same") for message in messages)
    assert any(message.startswith("3 more requests are answered by different calls") for message in messages)


def accept_all(desk: Desk) -> None:
    reviewing.accept_batch(
        desk.ws, desk.actor, desk.project_id, states=(ExampleState.DRAFT, ExampleState.CANDIDATE), nonce=desk.nonce()
    )


def splits_of(desk: Desk) -> dict[str, Split]:
    version = freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    return {item.example_id: item.split for item in freezing.read_items(desk.ws, version.id)}


def test_new_rows_go_where_their_near_duplicates_go(desk: Desk) -> None:
    firsts = [desk.write(answered(told(n))) for n in range(30)]
    twins = [desk.write(answered(retold(n))) for n in range(15)]
    accept_all(desk)
    drawn = splits_of(desk)
    assert len(set(drawn.values())) == 3
    assert all(drawn[twins[n].id] is drawn[firsts[n].id] for n in range(15))
    later = [desk.write(answered(retold(n))) for n in range(15, 30)]
    accept_all(desk)
    again = splits_of(desk)
    assert {one: again[one] for one in drawn} == drawn, "what was drawn stays"
    assert all(again[later[n - 15].id] is drawn[firsts[n].id] for n in range(15, 30))
    assert health.measure_health(desk.ws, desk.project_id).near.n_leaks == 0


def test_what_turns_out_alike_after_the_draw_is_a_leak_and_stays(desk: Desk) -> None:
    views = [desk.write(answered(told(n))) for n in range(20)]
    accept_all(desk)
    drawn = splits_of(desk)
    first = views[0]
    other = next(view for view in views if drawn[view.id] is not drawn[first.id])
    n = views.index(other)
    writing.save_example(desk.ws, desk.actor, first.id, 1, answered(retold(n)), nonce=desk.nonce())
    accept_all(desk)
    assert splits_of(desk)[first.id] is drawn[first.id]
    (leak,) = health.measure_health(desk.ws, desk.project_id).near.leaks
    assert set(leak.example_ids) == {first.id, other.id}


def test_groups_that_people_made_are_not_thrown_together(desk: Desk) -> None:
    for n in range(20):
        desk.write(answered(told(n), group=f"own {n}"))
        desk.write(answered(retold(n), group=f"other {n}"))
        desk.write(answered(told(n), "A-78"))
    accept_all(desk)
    drawn = splits_of(desk)
    with desk.ws.reading() as connection:
        groups = datasets.read_splits(connection, desk.project_id)
    assert any(groups[f"own {n}"] is not groups[f"other {n}"] for n in range(20))
    assert len(drawn) == 60


def answered(words: str, order: str = "A-77", *, group: str | None = None) -> Example:
    """A conversation without errors."""
    import msgspec

    from curation.model.example import Message

    asked = ask(f"{words} {order}", order, group=group)
    result = Message(role="tool", content='{"status":"sent"}', tool_call_id="call_1")
    answer = Message(role="assistant", content=f"Order {order} was sent.")
    return msgspec.structs.replace(asked, messages=(*asked.messages, result, answer))
