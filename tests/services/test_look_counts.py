"""What the rows of examples say of their double reviews follows every act, and every queue counts from it."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from curation.model.filters import ExampleFilter, Special
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import browsing, freezing, people, reviewing, writing
from curation.services.blind_reviewing import decide, resolve, take_back
from curation.services.blind_words import decisions_of
from curation.services.impartial import list_judges
from curation.services.second_looks import set_share
from curation.services.writing import ExampleView
from db import reviews, second_looks
from db.second_looks import Look
from db.tables import counter, example
from tests.shop_rows import Desk, make_example


@pytest.fixture
def judges(desk: Desk) -> tuple[Actor, Actor]:
    ana, bo = (
        people.add_person(desk.ws, desk.actor, name, ["annotator", "expert"], nonce=desk.nonce())
        for name in ("Ana", "Bo")
    )
    set_share(desk.ws, desk.actor, desk.project_id, 100, nonce=desk.nonce())
    return ana, bo


def submit(desk: Desk, order: str = "A-77") -> ExampleView:
    return writing.submit(desk.ws, desk.actor, desk.write(make_example(order)).id, 1, nonce=desk.nonce())


def say(desk: Desk, who: Actor, view: ExampleView, verdict: str = "accepted") -> None:
    words = decisions_of(view.example)
    decide(desk.ws, who, view.id, view.head_rev, verdict, words, "Because.", nonce=desk.nonce())


def looks_told_from_the_tables(desk: Desk) -> dict[str, Look]:
    """Example → its look, found the long way."""
    found: dict[str, Look] = {}
    with desk.ws.reading() as connection:
        heads = {row.id: row.head_rev for row in connection.execute(select(example.c.id, example.c.head_rev))}
        writers = second_looks.list_writers(connection, list(heads))
        for one, look in second_looks.looks_among(connection, list(heads)).items():
            if look.rev != heads[one] or look.state not in second_looks.UNDECIDED:
                continue
            said = {w.person_id for w in reviews.list_reviews(connection, one) if w.blind and w.rev == look.rev}
            is_open = look.state == "open"
            heard, wrote = (tuple(sorted(some)) if is_open else () for some in (said, writers.get(one, ())))
            found[one] = Look(look.state, heard, wrote)
    return found


def check(desk: Desk) -> Counter[str]:
    """Hold what is kept against what is told the long way; gives the looks in work by state."""
    found = looks_told_from_the_tables(desk)
    with desk.ws.reading() as connection:
        rows = connection.execute(select(example.c.id, example.c.state, example.c.look)).all()
        kept = {row.id: second_looks.read_look(row.look) for row in rows if row.look}
        counted = Counter(
            {(one.state, one.look): one.n for one in second_looks.count_looks(connection, desk.project_id)}
        )
        assert not connection.execute(select(counter).where(counter.c.name == "look", counter.c.n <= 0)).all()
        for who in list_judges(connection):
            judged = second_looks.count_judged(connection, desk.project_id, who, list_judges(connection))
            others = second_looks.list_for_others(connection, [row.id for row in rows], who, list_judges(connection))
            assert sum(judged.values()) == len(others)
            listed = browsing.list_filtered(desk.ws, desk.project_id, ExampleFilter(judge=who))
            assert {one.id for one in listed.rows} == {
                row.id for row in rows if row.id not in others and row.state not in ("archived", "rejected")
            }
    assert kept == found
    assert counted == Counter((row.state, kept[row.id]) for row in rows if row.id in kept)
    return Counter(one.state for one in kept.values())


def test_every_act_keeps_what_rows_say_of_their_double_review(desk: Desk, judges: tuple[Actor, Actor]):
    ana, bo = judges
    first, second = submit(desk), submit(desk, "B-1")
    assert check(desk) == {"open": 2}
    say(desk, ana, first)
    check(desk)
    take_back(desk.ws, ana, first.id, 1, nonce=desk.nonce())
    check(desk)
    say(desk, ana, first)
    edited = writing.save_example(desk.ws, desk.actor, first.id, 1, make_example("C-9"), nonce=desk.nonce())
    assert check(desk) == {"open": 1}, "a look at an older revision is over"
    back = writing.undo_last(desk.ws, desk.actor, first.id, edited.head_rev, nonce=desk.nonce())
    assert check(desk) == {"open": 2}, "the word on this very text counts again"
    say(desk, bo, back, "changes requested")
    assert check(desk) == {"open": 1, "differ": 1}
    words = decisions_of(back.example)
    resolve(desk.ws, desk.actor, back.id, back.head_rev, "accepted", words, "So it is.", nonce=desk.nonce())
    say(desk, ana, second)
    say(desk, bo, second)
    assert check(desk) == {}
    third = submit(desk, "D-4")
    writing.archive_example(desk.ws, desk.actor, third.id, nonce=desk.nonce())
    check(desk)


def test_tabs_of_second_looks_count_and_list_the_newest_revision_only(desk: Desk, judges: tuple[Actor, Actor]):
    ana, bo = judges
    edited, differing = submit(desk), submit(desk, "B-1")
    say(desk, ana, differing)
    say(desk, bo, differing, "rejected")
    shown = lambda special: [  # noqa: E731
        one.id for one in browsing.list_filtered(desk.ws, desk.project_id, ExampleFilter(special=special)).rows
    ]
    for view in (edited, differing):
        special = Special.SECOND_LOOK if view is edited else Special.DIFFER
        assert browsing.count_queues(desk.ws, desk.project_id).specials[special] == 1
        assert shown(special) == [view.id]
        writing.save_example(desk.ws, desk.actor, view.id, 1, make_example(f"E-{view.number}"), nonce=desk.nonce())
        assert browsing.count_queues(desk.ws, desk.project_id).specials[special] == 0
        assert shown(special) == []


def test_examples_of_a_group_that_is_drawn_leave_the_list_of_undrawn_ones(desk: Desk):
    view = desk.write(make_example("A-1", group="one"))
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    undrawn = lambda: [  # noqa: E731
        one.id for one in browsing.list_filtered(desk.ws, desk.project_id, ExampleFilter(split="undrawn")).rows
    ]
    assert undrawn() == [view.id]
    freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    mate, other = desk.write(make_example("A-2", group="one")), desk.write(make_example("A-3"))
    assert undrawn() == [other.id], "one more of the same group is drawn already"
    assert mate.state is ExampleState.DRAFT
    writing.save_example(desk.ws, desk.actor, mate.id, 1, make_example("A-2", group="two"), nonce=desk.nonce())
    assert undrawn() == [other.id], "its new group takes the split it is in"
    writing.save_example(desk.ws, desk.actor, other.id, 1, make_example("A-3", group="one"), nonce=desk.nonce())
    assert undrawn() == []
