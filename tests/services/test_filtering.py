"""Lists narrowed by any filters at once: the same rows as going through all of them, in pages, along an index."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import CurationError
from curation.model.filters import ExampleFilter, Level, Special, Use
from curation.model.states import ExampleState, Split
from curation.services import (
    browsing,
    cataloguing,
    filter_choices,
    filtering,
    projects,
    reviewing,
    saved_views,
    writing,
)
from curation.services.browsing import count_filtered, find_page_before, list_filtered
from db import datasets, queries
from db import filtering as rows
from db.tables import repair, second_look, tool
from tests.shop_rows import Desk, make_broken_example, make_example, make_no_tool_example, make_tool

PARTS = (
    {"states": (ExampleState.DRAFT,)},
    {"states": (ExampleState.DRAFT, ExampleState.SUBMITTED)},
    {"special": Special.REPAIR},
    {"special": Special.DIFFER},
    {"category": "no_call"},
    {"category": "single"},
    {"tool": "track_order"},
    {"tool": "track_order", "use": Use.CALLED},
    {"rule": "unknown-tool"},
    {"level": Level.ERROR},
    {"level": Level.WARNING},
    {"level": Level.CLEAN},
    {"tag": "red"},
    {"author": "local"},
    {"author": "mara"},
    {"origin": "import"},
    {"origin": "written"},
    {"split": "test"},
    {"split": "undrawn"},
    {"search": "order"},
    {"search": "nowhere"},
)


@pytest.fixture(scope="module")
def full(shared: Desk) -> Desk:
    """Sixty examples of every kind, for the tests that only read; `changing` is for those that write."""
    return _fill(shared)


@pytest.fixture
def changing(desk: Desk) -> Desk:
    return _fill(desk)


def _fill(desk: Desk) -> Desk:
    """Sixty examples of every kind, and another project that none of them may leak from."""
    chance = random.Random(3)
    for number in range(60):
        make = chance.choice([make_example, make_no_tool_example, make_broken_example])
        tags = tuple(chance.sample(["red", "blue"], chance.randrange(3)))
        view = desk.write(msgspec.structs.replace(make(f"A-{number} order"), tags=tags, group=f"g{number % 9}"))
        if chance.random() < 0.3 and make is not make_broken_example:
            writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    other = projects.create_project(desk.ws, desk.actor, "Other", nonce=desk.nonce()).id
    writing.new_example(
        desk.ws, desk.actor, other, msgspec.structs.replace(make_broken_example("order"), tags=("red",)), nonce="other"
    )
    with desk.ws.unit() as unit:
        unit.connection.execute(text("UPDATE example SET author = 'mara' WHERE number % 7 = 0"))
        unit.connection.execute(text("UPDATE example SET origin = 'import' WHERE number % 5 = 0"))
        datasets.add_splits(unit.connection, desk.project_id, {f"g{n}": Split.TEST for n in range(3)}, "now")
        datasets.add_splits(unit.connection, desk.project_id, {f"g{n}": Split.TRAIN for n in range(3, 6)}, "now")
        made = {"project_id": desk.project_id, "name": "t", "head_n": 1, "updated_by": "local", "updated_at": "now"}
        unit.connection.execute(tool.insert().values(id="t", **made))
        ids = list(
            unit.connection.execute(text("SELECT id FROM example WHERE number % 6 = 0 AND number < 60")).scalars()
        )
        for one in ids:
            broken = {"example_id": one, "project_id": desk.project_id, "rev": 1}
            unit.connection.execute(repair.insert().values(**broken, tool_id="t", reason="gone", at="now"))
            unit.connection.execute(second_look.insert().values(**broken, state="differ", drawn_at="now"))
        unit.commit()
    return desk


def _slowly(desk: Desk, part: dict[str, object]) -> set[int]:
    """The numbers that fit one part, by a statement that knows no index."""
    conditions = {
        "states": lambda value: f"state IN ({', '.join(repr(str(one)) for one in value)})",
        "special": lambda value: (
            "id IN (SELECT example_id FROM repair)"
            if value is Special.REPAIR
            else "id IN (SELECT example_id FROM second_look)"
        ),
        "category": lambda value: f"' ' || categories || ' ' LIKE '% {value} %'",
        "tool": lambda value: (
            f"id IN (SELECT example_id FROM example_tool WHERE name = '{value}' AND called >= {int('use' in part)})"
        ),
        "use": lambda value: "1",
        "rule": lambda value: f"id IN (SELECT example_id FROM finding WHERE rule = '{value}' AND waived = 0)",
        "level": lambda value: {
            Level.ERROR: "n_error > 0",
            Level.WARNING: "n_warning > 0",
            Level.CLEAN: "n_error + n_warning = 0",
        }[value],
        "tag": lambda value: f"id IN (SELECT example_id FROM example_tag WHERE tag = '{value}')",
        "author": lambda value: f"author = '{value}'",
        "origin": lambda value: f"origin = '{value}'",
        "split": lambda value: (
            "group_key NOT IN (SELECT group_key FROM split_group)"
            if value == "undrawn"
            else f"group_key IN (SELECT group_key FROM split_group WHERE split = '{value}')"
        ),
        "search": lambda value: f"number IN (SELECT number FROM example_text WHERE text LIKE '%{value}%')",
    }
    where = " AND ".join(conditions[name](value) for name, value in part.items())
    query = text(
        f"SELECT number FROM example WHERE project_id = :project AND state NOT IN ('archived', 'rejected') AND {where}"
    )
    with desk.ws.reading() as connection:
        return set(connection.execute(query, {"project": desk.project_id}).scalars())


def _walk(desk: Desk, wanted: ExampleFilter, limit: int = 7) -> list[int]:
    numbers: list[int] = []
    after = None
    while True:
        page = list_filtered(desk.ws, desk.project_id, wanted, after=after, limit=limit)
        numbers += [row.number for row in page.rows]
        if page.next_after is None:
            return numbers
        after = page.next_after


def test_any_two_filters_show_what_both_hold_once_newest_first(full: Desk):
    alone = [_slowly(full, part) for part in PARTS]
    for (one, mine), (other, theirs) in combinations(zip(PARTS, alone, strict=True), 2):
        if set(one) & set(other):
            continue
        wanted = ExampleFilter(**one, **other)
        expected = sorted(mine & theirs, reverse=True)
        assert _walk(full, wanted) == expected, wanted
        assert count_filtered(full.ws, full.project_id, wanted) == browsing.Counted(len(expected), is_exact=True)


def test_all_filters_at_once_and_none(full: Desk):
    assert len(_walk(full, ExampleFilter())) == 60
    every = ExampleFilter(
        states=(ExampleState.DRAFT,), category="single", tool="track_order", tag="red", search="order", author="local"
    )
    parts = [{"states": every.states}, {"category": "single"}, {"tool": "track_order"}, {"tag": "red"}]
    parts += [{"search": "order"}, {"author": "local"}]
    expected = set.intersection(*(_slowly(full, part) for part in parts))
    assert set(_walk(full, every)) == expected
    assert expected


def test_page_before_leads_back_over_the_same_pages(full: Desk):
    wanted = ExampleFilter(category="single", tool="track_order")
    afters: list[int | None] = [None]
    while (page := list_filtered(full.ws, full.project_id, wanted, after=afters[-1], limit=7)).next_after:
        afters.append(page.next_after)
    assert len(afters) > 2
    for before, after in pairwise(afters):
        first = list_filtered(full.ws, full.project_id, wanted, after=after, limit=7).rows[0].number
        assert find_page_before(full.ws, full.project_id, wanted, first, limit=7) == before


def test_no_filter_scans_a_table_or_sorts(full: Desk):
    for one, other in combinations(PARTS, 2):
        if set(one) & set(other):
            continue
        wanted = ExampleFilter(**one, **other)
        with full.ws.reading() as connection:
            words = browsing.to_match(wanted.search)
            for statement, values in rows.statements(connection, full.project_id, wanted, words):
                plan = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"), {**values, "limit": 50})
                steps = [str(row[-1]) for row in plan]
                is_listed = any("listed" in step for step in steps)
                assert is_listed or not any("TEMP B-TREE FOR ORDER BY" in step for step in steps), (wanted, steps)
                scanned = [step for step in steps if step.startswith("SCAN")]
                assert all("listed" in s or "example_search" in s for s in scanned), (wanted, steps)


def test_undrawn_split_beside_another_filter_is_only_a_test(full: Desk):
    with full.ws.reading() as connection:
        undrawn = ExampleFilter(split="undrawn", tag="red")
        ((statement, _),) = rows.statements(connection, full.project_id, undrawn, "")
    assert " FROM example_tag " in statement, "walking for what nearly no row lacks walks over all of them"


@pytest.mark.parametrize("small", [0, 2_000])
def test_choices_are_those_of_the_project_alone(changing: Desk, monkeypatch: pytest.MonkeyPatch, small: int):
    monkeypatch.setattr(queries, "_SMALL", small)
    other = projects.create_project(changing.ws, changing.actor, "Third", nonce="third").id
    tagged = msgspec.structs.replace(make_no_tool_example(), tags=("green",))
    writing.new_example(changing.ws, changing.actor, other, tagged, nonce="green")
    assert list(filter_choices.list_choices(changing.ws, changing.project_id).tags) == ["blue", "red"]
    theirs = filter_choices.list_choices(changing.ws, other)
    assert (list(theirs.tags), list(theirs.rules)) == (["green"], [])


def test_counting_stops_at_its_bound_and_says_so(full: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(browsing, "COUNTED_TO", 5)
    counted = count_filtered(full.ws, full.project_id, ExampleFilter(tool="track_order"))
    assert counted == browsing.Counted(5, is_exact=False)
    assert count_filtered(full.ws, full.project_id, ExampleFilter()).n == 60, "kept by triggers, never counted"


def test_accepting_changes_no_author(desk: Desk):
    view = desk.write()
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    mara = msgspec.structs.replace(desk.actor, person_id="mara", name="Mara")
    reviewing.accept(desk.ws, mara, view.id, 1, nonce=desk.nonce())
    (row,) = list_filtered(desk.ws, desk.project_id, ExampleFilter()).rows
    assert (row.author, row.updated_by) == (desk.actor.name, "mara")


def test_choices_hold_what_there_is(changing: Desk):
    cataloguing.import_tools(changing.ws, changing.actor, changing.project_id, [make_tool()], nonce="tools")
    offered = filter_choices.list_choices(changing.ws, changing.project_id)
    assert list(offered.tags) == ["blue", "red"]
    assert list(offered.authors) == ["local", "mara"]
    assert list(offered.origins) == ["import", "written"]
    assert "unknown-tool" in offered.rules
    assert "track_order" in offered.tools


@pytest.mark.parametrize("part", PARTS)
def test_address_gives_the_filter_back(part):
    wanted = ExampleFilter(**part)
    assert filtering.read_address(filtering.write_address(wanted)) == filtering.Asked(wanted)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("state", "draft,nonsense"),
        ("queue", "' or 1=1 --"),
        ("category", "sing"),
        ("level", "![x](http://evil.example/x.png)"),
        ("split", "training"),
        ("use", "x"),
        ("tag", "a" * 5000),
        ("search", "\x00\x1b"),
    ],
)
def test_hostile_part_is_told_and_the_rest_still_works(name: str, said: str):
    asked = filtering.read_address({name: said, "tool": "track_order", "junk": "x"})
    assert asked.filter == ExampleFilter(tool="track_order")
    assert len(asked.left_out) == 1
    assert f"The filter {name} cannot be" in asked.left_out[0]


def test_words_of_people_are_never_part_of_a_statement(full: Desk):
    for name in ("tool", "rule", "tag", "author", "origin", "batch", "search"):
        wanted = ExampleFilter(**{name: "x' OR 1=1; --\""})
        assert _walk(full, wanted) == []


def test_views_are_kept_per_person_renamed_opened_first_and_deleted(desk: Desk):
    ws, me, project = desk.ws, desk.actor, desk.project_id
    wanted = ExampleFilter(tool="track_order", tag="red")
    saved_views.save_view(ws, me, project, "Mine", wanted, nonce=desk.nonce())
    saved_views.save_view(ws, me, project, "Drafts", ExampleFilter(states=(ExampleState.DRAFT,)), nonce=desk.nonce())
    assert [(one.name, one.filter) for one in saved_views.list_views(ws, me.person_id, project)][1] == ("Mine", wanted)
    other = msgspec.structs.replace(me, person_id="jon")
    assert saved_views.list_views(ws, other.person_id, project) == ()
    saved_views.rename_view(ws, me, project, "Mine", "Red ones", nonce=desk.nonce())
    saved_views.open_first(ws, me, project, "Red ones", nonce=desk.nonce())
    saved_views.open_first(ws, me, project, "Drafts", nonce=desk.nonce())
    assert [(one.name, one.is_first) for one in saved_views.list_views(ws, me.person_id, project)] == [
        ("Drafts", True),
        ("Red ones", False),
    ]
    saved_views.delete_view(ws, me, project, "Drafts", nonce=desk.nonce())
    assert [one.name for one in saved_views.list_views(ws, me.person_id, project)] == ["Red ones"]


def test_names_of_views_are_unique_and_needed(desk: Desk):
    ws, me, project = desk.ws, desk.actor, desk.project_id
    saved_views.save_view(ws, me, project, "A", ExampleFilter(), nonce=desk.nonce())
    saved_views.save_view(ws, me, project, "B", ExampleFilter(), nonce=desk.nonce())
    for act, words in (
        (lambda: saved_views.save_view(ws, me, project, "  ", ExampleFilter(), nonce=desk.nonce()), "needs a name"),
        (lambda: saved_views.rename_view(ws, me, project, "A", "B", nonce=desk.nonce()), "already"),
        (lambda: saved_views.rename_view(ws, me, project, "gone", "C", nonce=desk.nonce()), "no view"),
        (lambda: saved_views.delete_view(ws, me, project, "gone", nonce=desk.nonce()), "no view"),
    ):
        with pytest.raises(CurationError, match=words):
            act()
