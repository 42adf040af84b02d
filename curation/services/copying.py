"""One example becomes two: a copy to vary, or a conversation split at a turn. Both stay in the group of the first.

A group is what the splits are drawn by: a copy that trained the model must never turn up in the test.
"""

from __future__ import annotations

import msgspec

from curation.errors import BlockedError
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services.acts import Act, perform
from curation.services.deriving import derive
from curation.services.heads import Saved, need_example, require_rev, revise
from curation.services.judging import read_bench, read_body
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, open_example
from db import examples
from db.acts import Deed
from db.examples import ExampleRecord, NewExample

_KEPT_AHEAD = frozenset({"system", "developer"})


class Halves(msgspec.Struct, frozen=True):
    """What a split left: the first part in its old place, the rest in a new example."""

    first: ExampleView
    second: ExampleView


class _Parts(msgspec.Struct, frozen=True):
    first: Saved
    second: Saved


def duplicate_example(ws: Workspace, actor: Actor, example_id: str, *, nonce: str) -> ExampleView:
    """A draft that says the same and stays in the same group as the example it was made from."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        return _add(act, head, _grouped(_read(act, head), head), f"copied from #{head.number}")

    saved = perform(ws, actor, "duplicate example", nonce, Saved, work)
    return open_example(ws, saved.example_id)


def split_example(ws: Workspace, actor: Actor, example_id: str, rev: int, turn: int, *, nonce: str) -> Halves:
    """The turns from `turn` on become an example of their own, which begins with the same system turn.

    The first part keeps the id and all revisions: undoing there brings the whole conversation back.
    """

    def work(act: Act) -> _Parts:
        head = need_example(act.connection, example_id)
        require_rev(head, rev)
        first, second = split_at(_grouped(_read(act, head), head), turn)
        made = _add(act, head, second, f"split from #{head.number} at turn {turn + 1}")
        return _Parts(revise(act, head, rev, first, f"split at turn {turn + 1}"), made)

    parts = perform(ws, actor, "split example", nonce, _Parts, work)
    return Halves(open_example(ws, parts.first.example_id, parts.first.rev), open_example(ws, parts.second.example_id))


def split_at(example: Example, turn: int) -> tuple[Example, Example]:
    """The conversation before a user's turn, and the one that begins with it."""
    opening = [message for message in example.messages[:turn] if message.role in _KEPT_AHEAD]
    if not 0 < turn < len(example.messages) or len(opening) == turn:
        raise BlockedError("A conversation is split between two turns.", hint="Choose a later turn.")
    if example.messages[turn].role != "user":
        raise BlockedError(
            f"Turn {turn + 1} is no user turn, and a conversation begins with one.", hint="Split at a user turn."
        )
    first = msgspec.structs.replace(example, messages=example.messages[:turn], acceptable=None)
    second = msgspec.structs.replace(example, messages=(*opening, *example.messages[turn:]), waivers=())
    return first, second


def _read(act: Act, head: ExampleRecord) -> Example:
    return read_body(examples.read_body(act.connection, head.head_hash)).example


def _grouped(example: Example, head: ExampleRecord) -> Example:
    """The example with the group it stands in, by name: without one it was a group of its own."""
    return example if example.group else msgspec.structs.replace(example, group=head.group_key)


def _add(act: Act, head: ExampleRecord, example: Example, origin: str) -> Saved:
    derived = derive(read_bench(act.connection, head.project_id), example)
    new = NewExample(act.ws.new_id(), head.project_id, ExampleState.DRAFT, head.origin, derived)
    examples.add_examples(act.connection, [new], act.actor.person_id, act.at, why=origin)
    act.note(Deed(new.id, after=f"{ExampleState.DRAFT.value}@1", project_id=head.project_id))
    return Saved(new.id, 1)
