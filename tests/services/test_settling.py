"""Typed text goes in where it may, and stands beside the stored text where it may not; nothing is dropped."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.model.example import Example, Label, Message
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import drafting, people, projects, reviewing, settling, writing
from curation.services.composing import add_turn, content_at, write_text
from curation.services.settling import Settled, Typed
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

    def settle(self, handed: dict[str, Typed] | None = None, own: frozenset[int] = frozenset()) -> Settled:
        return settling.settle(self.ws, self.actor, self.example.id, handed or {}, own_revs=own, nonce=uuid.uuid4().hex)

    def draft(self, text: str, base_rev: int = 1, field: str = ANSWER) -> None:
        drafting.save_draft(self.ws, self.actor.person_id, "example", self.example.id, field, base_rev, text)

    def drafts(self) -> dict[str, drafting.Draft]:
        return drafting.read_drafts(self.ws, self.actor.person_id, "example", self.example.id)

    def save(self, example: Example) -> ExampleView:
        head = self.read().head_rev
        return writing.save_example(self.ws, self.actor, self.example.id, head, example, nonce=uuid.uuid4().hex)

    def read(self) -> ExampleView:
        return writing.open_example(self.ws, self.example.id)


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
    settled = table.settle({ANSWER: Typed("You are welcome.", 1)})
    assert settled.view.example.messages[1].content == "You are welcome."
    assert (settled.view.head_rev, table.drafts()) == (2, {})


def test_untouched_field_takes_text_begun_on_an_older_revision(table: Table) -> None:
    table.save(write_text(table.read().example, content_at(0), "Many thanks"))
    settled = table.settle({ANSWER: Typed("You are welcome.", 1)})
    assert settled.conflicts == ()
    assert [message.content for message in settled.view.example.messages] == ["Many thanks", "You are welcome."]


def test_field_changed_by_another_tab_is_a_conflict_and_the_text_is_kept(table: Table) -> None:
    table.save(write_text(table.read().example, ANSWER, "The other tab's."))
    (conflict,) = table.settle({ANSWER: Typed("Mine.", 1)}).conflicts
    assert (conflict.mine, conflict.stored) == ("Mine.", "The other tab's.")
    assert table.read().example.messages[1].content == "The other tab's."
    assert table.drafts()[ANSWER].text == "Mine."


def test_turns_that_moved_are_a_conflict(table: Table) -> None:
    table.save(add_turn(table.read().example, "system", 0))
    assert len(table.settle({ANSWER: Typed("Mine.", 1)}).conflicts) == 1


def test_own_revisions_are_no_conflict(table: Table) -> None:
    table.save(write_text(table.read().example, ANSWER, "Mine, first"))
    settled = table.settle({ANSWER: Typed("Mine, first and second", 1)}, own=frozenset({2}))
    assert settled.view.example.messages[1].content == "Mine, first and second"


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
    assert table.settle({ANSWER: Typed("Late text", 1)}).view.state is ExampleState.DRAFT


def test_mine_can_replace_become_a_copy_or_go(table: Table) -> None:
    table.save(write_text(table.read().example, ANSWER, "Theirs."))
    table.settle({ANSWER: Typed("Mine.", 1)})
    copy = settling.keep_mine_as_copy(table.ws, table.actor, table.example.id, ANSWER, nonce="copy")
    assert copy.example.messages[1].content == "Mine."
    assert table.read().example.messages[1].content == "Theirs."
    table.settle({ANSWER: Typed("Mine again.", 1)})
    used = settling.use_mine(table.ws, table.actor, table.example.id, ANSWER, nonce="use")
    assert used.example.messages[1].content == "Mine again."
    table.draft("Never mind", base_rev=used.head_rev)
    settling.drop_mine(table.ws, table.actor, table.example.id, ANSWER)
    assert table.drafts() == {}
