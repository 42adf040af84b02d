"""Typed text goes in where it may, and stands beside the stored text where it may not; nothing is dropped."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curation.errors import BlockedError, StateError
from curation.model.example import Example, Label, Message
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import deciding, drafting, people, projects, reviewing, settling, writing
from curation.services.origins import Origin, mark_of
from curation.services.settling import Settled, Typed
from curation.services.text_fields import content_at, write_text
from curation.services.turn_edits import add_turn, move_turn, remove_turn
from curation.services.workspace import Workspace, open_workspace
from curation.services.writing import ExampleView

ANSWER = content_at(1)


class Table:
    """A workspace with one example and the acts of two tabs on it."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.actor: Actor = people.local_actor(ws)
        project = projects.create_project(ws, self.actor, "desk", nonce="project")
        messages = (
            Message(role="user", content="Thanks"),
            Message(role="assistant", content="Welcome.", label=Label(reason="small_talk")),
        )
        self.example = writing.new_example(ws, self.actor, project.id, Example(messages=messages), nonce="example")

    def settle(self, *handed: Typed, taken: frozenset[str] = frozenset()) -> Settled:
        return settling.settle(self.ws, self.actor, self.example.id, handed, taken=taken, nonce=uuid.uuid4().hex)

    def draft(self, text: str, base_rev: int = 1, field: str = ANSWER) -> None:
        drafting.save_draft(self.ws, self.actor.person_id, "example", self.example.id, field, base_rev, text)

    def post(self, typed: Typed) -> None:
        """What the editor's own request does."""
        settling.keep_typed(self.ws, self.actor.person_id, self.example.id, typed)

    def drafts(self) -> dict[str, drafting.Draft]:
        return drafting.read_drafts(self.ws, self.actor.person_id, "example", self.example.id)

    def save(self, example: Example) -> ExampleView:
        head = self.read().head_rev
        return writing.save_example(self.ws, self.actor, self.example.id, head, example, nonce=uuid.uuid4().hex)

    def read(self) -> ExampleView:
        return writing.open_example(self.ws, self.example.id)


def typed(text: str, *began: str, field: str = ANSWER, rev: int = 1, tab: str = "") -> Typed:
    """A text as a tab hands it over; `began` are the texts it was typed on."""
    return Typed(Origin(field, rev, tab, tuple(mark_of(one) for one in began)), text)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    ws = open_workspace(tmp_path)
    yield Table(ws)
    ws.close()


def test_nothing_typed_changes_nothing(table: Table) -> None:
    assert table.settle().view.head_rev == 1


def test_draft_on_the_newest_revision_goes_in_and_is_dropped(table: Table) -> None:
    table.draft("You are welcome.")
    settled = table.settle()
    assert settled.view.example.messages[1].content == "You are welcome."
    assert table.drafts() == {}


def test_text_handed_over_wins_over_its_older_draft(table: Table) -> None:
    table.draft("You are")
    settled = table.settle(typed("You are welcome."))
    assert settled.view.example.messages[1].content == "You are welcome."
    assert (settled.view.head_rev, table.drafts()) == (2, {})


def test_untouched_field_takes_text_begun_on_an_older_revision(table: Table) -> None:
    table.save(write_text(table.read().example, content_at(0), "Many thanks"))
    settled = table.settle(typed("You are welcome."))
    assert settled.conflicts == ()
    assert [message.content for message in settled.view.example.messages] == ["Many thanks", "You are welcome."]


def test_field_changed_by_another_tab_is_a_conflict_and_the_text_is_kept(table: Table) -> None:
    table.save(write_text(table.read().example, ANSWER, "The other tab's."))
    (conflict,) = table.settle(typed("Mine.")).conflicts
    assert (conflict.mine, conflict.stored) == ("Mine.", "The other tab's.")
    assert table.read().example.messages[1].content == "The other tab's."
    assert table.drafts()[ANSWER].text == "Mine."


def test_text_follows_its_turn_when_another_comes_before_it(table: Table) -> None:
    table.save(add_turn(table.read().example, "system", 0))
    settled = table.settle(typed("Mine."))
    assert settled.conflicts == ()
    assert [message.content for message in settled.view.example.messages] == ["", "Thanks", "Mine."]


def test_draft_of_a_moved_turn_does_not_land_in_the_turn_that_took_its_place(table: Table) -> None:
    table.save(move_turn(table.read().example, 1, -1))
    table.post(typed("Mine.", "Welcome.", tab="aa"))
    settled = table.settle()
    assert [message.content for message in settled.view.example.messages] == ["Mine.", "Thanks"]


def test_draft_of_a_removed_turn_is_kept_beside_the_example(table: Table) -> None:
    table.save(add_turn(table.read().example, "assistant"))
    table.save(remove_turn(table.read().example, 1))
    table.post(typed("Mine.", "Welcome.", tab="aa"))
    (conflict,) = table.settle().conflicts
    assert (conflict.mine, conflict.stored) == ("Mine.", None)
    assert [message.content for message in table.read().example.messages] == ["Thanks", ""]
    with pytest.raises(BlockedError, match="is gone"):
        deciding.use_mine(table.ws, table.actor, table.example.id, conflict.name, nonce="use")
    copy = deciding.keep_mine_as_copy(table.ws, table.actor, table.example.id, conflict.name, nonce="copy")
    assert [message.content for message in copy.example.messages] == ["Thanks", "Mine."]


def test_blank_turns_are_never_taken_for_each_other(table: Table) -> None:
    twice = add_turn(add_turn(table.read().example, "assistant"), "assistant")
    rev = table.save(twice).head_rev
    table.save(remove_turn(twice, 2))
    table.post(typed("For the first blank one.", "", field=content_at(2), rev=rev, tab="aa"))
    assert len(table.settle().conflicts) == 1
    assert [message.content for message in table.read().example.messages] == ["Thanks", "Welcome.", ""]


def test_text_typed_on_what_the_tab_handed_over_goes_in(table: Table) -> None:
    """The field still holds the token of revision 1; what it says it continues is what is stored."""
    table.settle(typed("Mine, first", "Welcome.", tab="aa"))
    settled = table.settle(typed("Mine, first and second", "Welcome.", "Mine, first", tab="aa"))
    assert settled.view.example.messages[1].content == "Mine, first and second"


def test_draft_sent_before_a_hand_over_and_served_after_it_changes_nothing(table: Table) -> None:
    settled = table.settle(typed("You are welcome.", "Welcome.", tab="aa"))
    table.post(typed("You are", "Welcome.", tab="aa"))
    again = table.settle(taken=settled.taken)
    assert (again.conflicts, again.view.head_rev) == ((), 2)
    assert again.view.example.messages[1].content == "You are welcome."
    assert table.drafts() == {}


def test_draft_typed_after_a_hand_over_that_waited_is_the_newer_text(table: Table) -> None:
    """The page was slow: what the tab handed over and what was typed on it since are settled in one run."""
    table.post(typed("You are welcome.", "Welcome.", "You are", tab="aa"))
    settled = table.settle(typed("You are", "Welcome.", tab="aa"))
    assert (settled.conflicts, table.drafts()) == ((), {})
    assert settled.view.example.messages[1].content == "You are welcome."


def test_late_draft_seen_by_another_tab_is_shown_and_never_saved_by_itself(table: Table) -> None:
    table.settle(typed("You are welcome.", "Welcome.", tab="aa"))
    table.post(typed("You are", "Welcome.", tab="aa"))
    assert len(table.settle().conflicts) == 1
    assert table.read().example.messages[1].content == "You are welcome."


def test_draft_of_text_that_is_in_already_is_not_kept(table: Table) -> None:
    """The editor sends a text as a draft and hands it over; the draft may arrive when the text is saved."""
    table.post(typed("You are", "Welcome.", tab="aa"))
    drafts = table.drafts()
    table.save(write_text(table.read().example, ANSWER, "You are welcome."))
    table.post(typed("You are welcome.", "Welcome.", tab="aa"))
    assert len(drafts) == 1
    assert table.drafts() == {}


def test_draft_that_arrives_while_others_are_settled_stays(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    table.post(typed("You are", "Welcome.", tab="aa"))
    save = writing.save_example

    def save_while_typing(*args: object, **named: object) -> ExampleView:
        table.post(typed("You are welcome.", "Welcome.", tab="aa"))
        return save(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "save_example", save_while_typing)
    table.settle()
    assert [draft.text for draft in table.drafts().values()] == ["You are welcome."]


def test_text_of_a_save_that_failed_is_kept_as_a_draft(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> ExampleView:
        raise StateError("The database is busy.")

    monkeypatch.setattr(writing, "save_example", refuse)
    with pytest.raises(StateError):
        table.settle(typed("You are welcome.", "Welcome.", tab="aa"))
    monkeypatch.undo()
    assert table.settle().view.example.messages[1].content == "You are welcome."


def test_text_that_came_both_ways_is_kept_when_it_may_not_go_in(table: Table) -> None:
    table.save(write_text(table.read().example, ANSWER, "The other tab's."))
    mine = typed("Mine.", "Welcome.", tab="aa")
    table.post(mine)
    assert len(table.settle(mine).conflicts) == 1
    assert [draft.text for draft in table.drafts().values()] == ["Mine."]


def test_two_tabs_do_not_overwrite_each_others_drafts(table: Table) -> None:
    table.post(typed("From the first tab.", "Welcome.", tab="aa"))
    table.post(typed("From the second tab.", "Welcome.", tab="bb"))
    (conflict,) = table.settle().conflicts
    assert {conflict.mine, str(conflict.stored)} == {"From the first tab.", "From the second tab."}


def test_draft_that_arrives_after_its_text_was_saved_and_undone_says_nothing_new(table: Table) -> None:
    table.save(write_text(table.read().example, ANSWER, "Saved"))
    table.save(write_text(table.read().example, ANSWER, "Welcome."))
    table.draft("Saved", base_rev=1)
    settled = table.settle()
    assert settled.conflicts == ()
    assert settled.view.head_rev == 3
    assert table.drafts() == {}


def test_forgotten_draft_does_not_take_acceptance_away(table: Table) -> None:
    writing.submit(table.ws, table.actor, table.example.id, 1, nonce="submit")
    reviewing.accept(table.ws, table.actor, table.example.id, 1, nonce="accept")
    table.draft("Late text")
    assert len(table.settle().conflicts) == 1
    assert table.read().state is ExampleState.ACCEPTED
    assert table.settle(typed("Late text")).view.state is ExampleState.DRAFT


def test_mine_can_replace_become_a_copy_or_go(table: Table) -> None:
    table.save(write_text(table.read().example, ANSWER, "Theirs."))
    table.settle(typed("Mine."))
    copy = deciding.keep_mine_as_copy(table.ws, table.actor, table.example.id, ANSWER, nonce="copy")
    assert copy.example.messages[1].content == "Mine."
    assert table.read().example.messages[1].content == "Theirs."
    table.settle(typed("Mine again."))
    used = deciding.use_mine(table.ws, table.actor, table.example.id, ANSWER, nonce="use")
    assert used.example.messages[1].content == "Mine again."
    table.draft("Never mind", base_rev=used.head_rev)
    deciding.drop_mine(table.ws, table.actor, table.example.id, ANSWER)
    assert table.drafts() == {}


def test_draft_that_another_tab_saves_at_the_same_moment_is_seen_in_the_example(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.draft("My pleasure.")
    read, opened = drafting.read_drafts, writing.open_example
    others: list[str] = []

    def between(*_: object) -> None:
        """The other tab takes it between the two things that this one reads."""
        if not others:
            others.append("at it")
            assert table.settle().view.head_rev == 2

    def read_then(*args: Any, **kwargs: Any) -> dict[str, drafting.Draft]:
        found = read(*args, **kwargs)
        between()
        return found

    def open_then(*args: Any, **kwargs: Any) -> ExampleView:
        view = opened(*args, **kwargs)
        between()
        return view

    monkeypatch.setattr(drafting, "read_drafts", read_then)
    monkeypatch.setattr(writing, "open_example", open_then)
    settled = table.settle()
    assert settled.view.head_rev == 2
    assert settled.view.example.messages[1].content == "My pleasure."
    assert settled.conflicts == ()


def test_text_goes_in_beside_what_somebody_saved_between_reading_and_writing(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = writing.save_example
    others: list[str] = []

    def overtaken(*args: Any, **kwargs: Any) -> ExampleView:
        if not others:
            others.append("at it")
            table.save(write_text(table.read().example, content_at(0), "Thank you"))
        return save(*args, **kwargs)

    monkeypatch.setattr(writing, "save_example", overtaken)
    settled = table.settle(typed("My pleasure.", "Welcome.", tab="one"))
    assert [one.content for one in settled.view.example.messages] == ["Thank you", "My pleasure."]
    assert settled.view.head_rev == 3
    assert table.drafts() == {}
