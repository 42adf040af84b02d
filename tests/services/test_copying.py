"""Copies and halves stay in their group; undo goes back step by step, and redo forward again."""

from __future__ import annotations

import msgspec
import pytest

from curation.errors import BlockedError, StaleRevisionError, StateError
from curation.formats import get_format
from curation.formats.files import read_rows
from curation.model.example import Example, Message
from curation.model.states import ExampleState
from curation.services import copying, row_preview, writing
from tests.shop_rows import Desk, make_example


def said(view: writing.ExampleView) -> list[object]:
    return [message.content for message in view.example.messages]


def longer(example: Example) -> Example:
    more = (
        Message(role="system", content="Be brief."),
        *example.messages,
        Message(role="user", content="And the other one?"),
        Message(role="assistant", content="It is here."),
    )
    return msgspec.structs.replace(example, messages=more)


def test_copy_says_the_same_and_never_leaves_the_group(desk: Desk) -> None:
    source = desk.write()
    copy = copying.duplicate_example(desk.ws, desk.actor, source.id, nonce=desk.nonce())
    assert copy.id != source.id
    assert said(copy) == said(source)
    assert copy.state is ExampleState.DRAFT
    assert copy.group == source.id
    again = copying.duplicate_example(desk.ws, desk.actor, copy.id, nonce=desk.nonce())
    assert again.group == source.id
    assert writing.open_example(desk.ws, source.id).head_rev == 1


def test_copy_is_made_once_for_one_nonce(desk: Desk) -> None:
    source, nonce = desk.write(), desk.nonce()
    first = copying.duplicate_example(desk.ws, desk.actor, source.id, nonce=nonce)
    assert copying.duplicate_example(desk.ws, desk.actor, source.id, nonce=nonce).id == first.id


def test_split_leaves_two_conversations_of_one_group_and_the_history_in_the_first(desk: Desk) -> None:
    whole = writing.new_example(desk.ws, desk.actor, desk.project_id, longer(make_example()), nonce=desk.nonce())
    turn = len(whole.example.messages) - 2
    halves = copying.split_example(desk.ws, desk.actor, whole.id, 1, turn, nonce=desk.nonce())
    assert said(halves.first) == said(whole)[:turn]
    assert said(halves.second) == ["Be brief.", "And the other one?", "It is here."]
    assert halves.first.id == whole.id
    assert (halves.first.head_rev, halves.second.head_rev) == (2, 1)
    assert {halves.first.group, halves.second.group} == {whole.id}
    back = writing.undo_last(desk.ws, desk.actor, whole.id, 2, nonce=desk.nonce())
    assert back.example == whole.example


@pytest.mark.parametrize(
    ("turn", "sentence"), [(0, "between two"), (1, "between two"), (2, "no user turn"), (99, "between")]
)
def test_split_is_refused_where_the_rest_would_be_no_conversation(desk: Desk, turn: int, sentence: str) -> None:
    whole = writing.new_example(desk.ws, desk.actor, desk.project_id, longer(make_example()), nonce=desk.nonce())
    with pytest.raises(BlockedError, match=sentence):
        copying.split_example(desk.ws, desk.actor, whole.id, 1, turn, nonce=desk.nonce())


def test_split_of_a_revision_nobody_sees_any_more_is_refused(desk: Desk) -> None:
    whole = desk.write()
    writing.save_example(desk.ws, desk.actor, whole.id, 1, longer(whole.example), nonce=desk.nonce())
    with pytest.raises(StaleRevisionError):
        copying.split_example(desk.ws, desk.actor, whole.id, 1, 5, nonce=desk.nonce())


def edit(desk: Desk, view: writing.ExampleView, text: str) -> writing.ExampleView:
    messages = (*view.example.messages[:-1], msgspec.structs.replace(view.example.messages[-1], content=text))
    changed = msgspec.structs.replace(view.example, messages=messages)
    return writing.save_example(desk.ws, desk.actor, view.id, view.head_rev, changed, nonce=desk.nonce())


def undo(desk: Desk, view: writing.ExampleView) -> writing.ExampleView:
    return writing.undo_last(desk.ws, desk.actor, view.id, view.head_rev, nonce=desk.nonce())


def redo(desk: Desk, view: writing.ExampleView) -> writing.ExampleView:
    return writing.redo_last(desk.ws, desk.actor, view.id, view.head_rev, nonce=desk.nonce())


def test_undo_steps_back_further_and_further_and_redo_forward_again(desk: Desk) -> None:
    view = first = desk.write()
    for text in ("one", "two", "three"):
        view = edit(desk, view, text)
    seen = []
    for _ in range(3):
        view = undo(desk, view)
        seen.append(said(view)[-1])
    assert seen == ["two", "one", said(first)[-1]]
    with pytest.raises(StateError, match="nothing to undo"):
        undo(desk, view)
    seen = []
    for _ in range(3):
        view = redo(desk, view)
        seen.append(said(view)[-1])
    assert seen == ["one", "two", "three"]
    with pytest.raises(StateError, match="nothing to redo"):
        redo(desk, view)
    assert said(undo(desk, view))[-1] == "two"


def test_new_edit_ends_what_could_be_done_again(desk: Desk) -> None:
    view = edit(desk, edit(desk, desk.write(), "one"), "two")
    view = edit(desk, undo(desk, view), "other")
    with pytest.raises(StateError, match="nothing to redo"):
        redo(desk, view)
    view = undo(desk, view)
    assert said(view)[-1] == "one"


def test_submission_is_taken_back_and_then_the_edit_before_it(desk: Desk) -> None:
    view = edit(desk, desk.write(), "Your parcel is on its way.")
    view = writing.submit(desk.ws, desk.actor, view.id, view.head_rev, nonce=desk.nonce())
    view = undo(desk, view)
    assert (view.state, said(view)[-1]) == (ExampleState.DRAFT, "Your parcel is on its way.")
    view = undo(desk, view)
    assert said(view)[-1] != "Your parcel is on its way."
    view = redo(desk, redo(desk, view))
    assert (view.state, said(view)[-1]) == (ExampleState.SUBMITTED, "Your parcel is on its way.")


@pytest.mark.parametrize("name", row_preview.list_formats())
def test_preview_is_what_an_export_writes(desk: Desk, name: str) -> None:
    from io import BytesIO

    example = make_example()
    if get_format(name).needs_pair:
        rejected = '[{"role":"assistant","content":"No."}]'
        example = msgspec.structs.replace(example, extra={"non_preferred_output": rejected})
    shown = row_preview.preview_row(example, name)
    assert shown.refused is None
    write = get_format(name).write
    assert write is not None
    assert [line.encode() for line in shown.lines] == list(write(example).rows)
    rows = read_rows(BytesIO("\n".join(shown.lines).encode()), get_format(name))
    assert len(list(rows)) == len(shown.lines)


def halves_of(desk: Desk) -> copying.Halves:
    whole = writing.new_example(desk.ws, desk.actor, desk.project_id, longer(make_example()), nonce=desk.nonce())
    turn = len(whole.example.messages) - 2
    return copying.split_example(desk.ws, desk.actor, whole.id, 1, turn, nonce=desk.nonce())


@pytest.mark.parametrize("asked", ["first", "second"])
def test_one_undo_joins_both_halves_and_one_redo_splits_them_again(desk: Desk, asked: str) -> None:
    halves = halves_of(desk)
    half = halves.first if asked == "first" else halves.second
    back = writing.undo_last(desk.ws, desk.actor, half.id, half.head_rev, seen=half.seq, nonce=desk.nonce())
    assert back.id == halves.first.id
    assert said(back)[-2:] == ["And the other one?", "It is here."]
    assert writing.open_example(desk.ws, halves.second.id).state is ExampleState.ARCHIVED
    again = writing.redo_last(desk.ws, desk.actor, back.id, back.head_rev, nonce=desk.nonce())
    assert said(again) == said(halves.first)
    assert writing.open_example(desk.ws, halves.second.id).state is ExampleState.DRAFT


def test_second_half_that_was_worked_on_is_not_put_away(desk: Desk) -> None:
    halves = halves_of(desk)
    changed = msgspec.structs.replace(halves.second.example, tags=("mine",))
    writing.save_example(desk.ws, desk.actor, halves.second.id, 1, changed, nonce=desk.nonce())
    writing.undo_last(desk.ws, desk.actor, halves.first.id, 2, nonce=desk.nonce())
    assert writing.open_example(desk.ws, halves.second.id).state is ExampleState.DRAFT


def test_halves_stay_apart_once_the_first_has_changed(desk: Desk) -> None:
    halves = halves_of(desk)
    changed = msgspec.structs.replace(halves.first.example, tags=("mine",))
    writing.save_example(desk.ws, desk.actor, halves.first.id, 2, changed, nonce=desk.nonce())
    with pytest.raises(StateError, match="has changed since"):
        writing.undo_last(desk.ws, desk.actor, halves.second.id, 1, nonce=desk.nonce())
