"""Claims: a lease on one person's desk, by the workspace's clock; a decision on a lost one is refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from curation.errors import ClaimedError, CurationError, NotAllowedError, NotFoundError
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import claiming, people, reviewing, writing
from curation.services.claiming import LEASE, claim, first_free, release, take_over
from curation.services.workspace import open_workspace
from curation.services.writing import ExampleView
from db import acts
from tests.ready_homes import make_ready
from tests.shop_rows import Desk, make_example


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    ws = open_workspace(make_ready(tmp_path / "home"), clock=clock)
    try:
        yield Desk(ws)
    finally:
        ws.close()


def _submitted(desk: Desk, order: str = "A-77") -> ExampleView:
    return writing.submit(desk.ws, desk.actor, desk.write(make_example(order)).id, 1, nonce=desk.nonce())


def test_the_second_person_is_told_who_has_it_and_until_when(desk: Desk, ana: Actor):
    example = _submitted(desk)
    assert claim(desk.ws, ana, example.id, "tab").is_mine
    other = claim(desk.ws, desk.actor, example.id, "other tab")
    assert (other.is_mine, other.by, other.until) == (False, "Ana", "2026-05-04T12:10:00.000Z")


def test_work_renews_the_lease_and_a_fresh_one_is_left_alone(desk: Desk, ana: Actor, clock: Clock):
    example = _submitted(desk)
    claim(desk.ws, ana, example.id, "tab")
    clock.move(timedelta(minutes=1))
    assert claim(desk.ws, ana, example.id, "tab").until == "2026-05-04T12:10:00.000Z"
    clock.move(timedelta(minutes=5))
    assert claim(desk.ws, ana, example.id, "tab").until == "2026-05-04T12:16:00.000Z"


def test_a_lease_that_ran_out_is_free(desk: Desk, ana: Actor, clock: Clock):
    example = _submitted(desk)
    claim(desk.ws, ana, example.id, "tab")
    clock.move(LEASE)
    assert claim(desk.ws, desk.actor, example.id, "other tab").is_mine


def test_deciding_on_a_lost_claim_changes_nothing_and_says_so(desk: Desk, ana: Actor, clock: Clock):
    example = _submitted(desk)
    claim(desk.ws, ana, example.id, "tab")
    clock.move(LEASE)
    claim(desk.ws, desk.actor, example.id, "other tab")
    for decide in (
        lambda: reviewing.accept(desk.ws, ana, example.id, 1, nonce=desk.nonce()),
        lambda: reviewing.reject(desk.ws, ana, example.id, 1, "", nonce=desk.nonce()),
        lambda: reviewing.request_changes(desk.ws, ana, example.id, 1, "No.", nonce=desk.nonce()),
        lambda: reviewing.accept_edited(desk.ws, ana, example.id, 1, nonce=desk.nonce()),
    ):
        with pytest.raises(ClaimedError, match=r"on the desk until .*nothing was decided"):
            decide()
    assert writing.open_example(desk.ws, example.id).state is ExampleState.SUBMITTED
    assert reviewing.list_comments(desk.ws, example.id) == ()


def test_a_claim_that_ran_out_unseen_does_not_stop_its_holder(desk: Desk, ana: Actor, clock: Clock):
    example = _submitted(desk)
    claim(desk.ws, ana, example.id, "tab")
    clock.move(LEASE * 2)
    assert reviewing.accept(desk.ws, ana, example.id, 1, nonce=desk.nonce()).state is ExampleState.ACCEPTED


def test_a_decision_gives_the_example_back(desk: Desk, ana: Actor):
    example = _submitted(desk)
    claim(desk.ws, ana, example.id, "tab")
    reviewing.accept(desk.ws, ana, example.id, 1, nonce=desk.nonce())
    assert claiming.list_claimed(desk.ws, ana, [example.id]) == {}


def test_the_next_one_skips_what_others_have_and_keeps_ones_own(desk: Desk, ana: Actor):
    first, second, third = (_submitted(desk, f"A-7{n}").id for n in range(3))
    claim(desk.ws, ana, first, "tab")
    claim(desk.ws, desk.actor, second, "other tab")
    assert first_free(desk.ws, desk.actor, [first, second, third]) == second
    assert first_free(desk.ws, ana, [second, third]) == third
    assert first_free(desk.ws, ana, [second]) == ""
    release(desk.ws, desk.actor, second, "other tab")
    assert first_free(desk.ws, ana, [second]) == second


def test_who_may_not_decide_keeps_nobody_from_deciding(desk: Desk, ana: Actor):
    reader = people.add_person(desk.ws, desk.actor, "Rita", ["annotator"], nonce=desk.nonce())
    example = _submitted(desk)
    with pytest.raises(NotAllowedError):
        claim(desk.ws, reader, example.id, "tab")
    assert reviewing.accept(desk.ws, ana, example.id, 1, nonce=desk.nonce()).state is ExampleState.ACCEPTED


def test_another_tab_of_the_same_person_does_not_give_it_back(desk: Desk, ana: Actor):
    example = _submitted(desk)
    claim(desk.ws, ana, example.id, "tab")
    release(desk.ws, ana, example.id, "other tab")
    assert not claim(desk.ws, desk.actor, example.id, "tab").is_mine
    release(desk.ws, ana, example.id, "tab")
    assert claim(desk.ws, desk.actor, example.id, "tab").is_mine


def test_what_somebody_has_on_the_desk_is_not_accepted_with_others(desk: Desk, ana: Actor):
    held, free = _submitted(desk), _submitted(desk, "A-78")
    claim(desk.ws, ana, held.id, "tab")
    states = [ExampleState.SUBMITTED]
    assert reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=states, nonce=desk.nonce()) == 1
    assert writing.open_example(desk.ws, held.id).state is ExampleState.SUBMITTED
    assert writing.open_example(desk.ws, free.id).state is ExampleState.ACCEPTED


def test_words_with_an_acceptance_are_part_of_the_act(desk: Desk):
    example = _submitted(desk)
    nonce = desk.nonce()
    for _ in range(2):
        reviewing.accept(desk.ws, desk.actor, example.id, 1, " Well said. ", place="/messages/1", nonce=nonce)
    (said,) = reviewing.list_comments(desk.ws, example.id)
    assert (said.text, said.place) == ("Well said.", "/messages/1")
    with desk.ws.reading() as connection:
        assert [one.act for one in acts.last_of(connection, said.id)] == ["accept example"]


def test_a_lead_takes_over_and_the_audit_names_both(desk: Desk, ana: Actor):
    example = _submitted(desk)
    claim(desk.ws, ana, example.id, "tab")
    assert take_over(desk.ws, desk.actor, example.id, "other tab", nonce=desk.nonce()).is_mine
    with desk.ws.reading() as connection:
        (line,) = acts.last_of(connection, f"claim {example.id}")
    assert (line.before, line.after) == (ana.person_id, desk.actor.person_id)
    with pytest.raises(NotAllowedError):
        take_over(desk.ws, ana, example.id, "tab", nonce=desk.nonce())


def test_claiming_what_is_not_there_is_refused(desk: Desk):
    with pytest.raises(NotFoundError):
        claim(desk.ws, desk.actor, "nothing", "tab")


def test_people_at_one_machine_change_places_and_the_audit_says_so(desk: Desk, ana: Actor):
    assert [one.name for one in people.list_people(desk.ws)][1:] == ["Ana"]
    assert people.change_places(desk.ws, desk.actor, ana.person_id, nonce=desk.nonce()) == ana
    with desk.ws.reading() as connection:
        (line,) = acts.last_of(connection, ana.person_id)
    assert (line.act, line.before, line.after) == ("change places", desk.actor.person_id, ana.person_id)
    with pytest.raises(CurationError, match="already"):
        people.add_person(desk.ws, desk.actor, " ana ", nonce=desk.nonce())
    with pytest.raises(NotFoundError):
        people.change_places(desk.ws, desk.actor, "nobody", nonce=desk.nonce())


def test_the_workspace_is_told_who_sits_at_the_desk(desk: Desk, ana: Actor, tmp_path: Path):
    chosen = [ana.person_id]
    ws = open_workspace(make_ready(tmp_path / "home"), who=lambda: chosen[0])
    try:
        assert people.local_actor(ws) == ana
        chosen[0] = "somebody who left"
        assert people.local_actor(ws).person_id == desk.actor.person_id
    finally:
        ws.close()
