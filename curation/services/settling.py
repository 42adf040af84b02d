"""Typed text finds its way into the example: what a tab hands over and what only reached the server as a draft.

Nothing typed is dropped. Text goes in where its field still says what the person began from, or where only the same tab
changed it since; otherwise both texts are kept and shown, and the person decides.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.errors import NotFoundError
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import drafting, writing
from curation.services.composing import read_text, write_text
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView

KIND = "example"
DECIDED = frozenset({ExampleState.SUBMITTED, ExampleState.ACCEPTED, ExampleState.REJECTED, ExampleState.ARCHIVED})
"""States that a forgotten draft must not undo by itself: opening accepted work would take its acceptance away."""


class Typed(msgspec.Struct, frozen=True):
    """The newest text of one field and the revision its writer began from."""

    text: str
    base_rev: int


class Conflict(msgspec.Struct, frozen=True):
    """One field with two texts: the stored one and the one typed on top of an older revision."""

    field: str
    mine: str
    stored: str
    base_rev: int


class Settled(msgspec.Struct, frozen=True):
    """The example after the typed text went in, and what a person has to decide."""

    view: ExampleView
    conflicts: tuple[Conflict, ...] = ()


def settle(
    ws: Workspace,
    actor: Actor,
    example_id: str,
    handed: Mapping[str, Typed],
    *,
    own_revs: frozenset[int] = frozenset(),
    nonce: str,
) -> Settled:
    """Put typed text into the example as one new revision; `own_revs` are the revisions this tab made itself."""
    view = writing.open_example(ws, example_id)
    drafts = drafting.read_drafts(ws, actor.person_id, KIND, example_id)
    typed = {field: Typed(draft.text, draft.base_rev) for field, draft in drafts.items()} | dict(handed)
    if not typed:
        return Settled(view)
    sorting = _Sorting(ws, view, own_revs)
    for field, one in typed.items():
        sorting.sort(field, one, is_handed=field in handed)
    if sorting.example is not view.example:
        view = writing.save_example(ws, actor, example_id, view.head_rev, sorting.example, why="typed", nonce=nonce)
    for field in sorting.done & drafts.keys():
        drafting.drop_drafts(ws, actor.person_id, KIND, example_id, field)
    for conflict in sorting.conflicts:
        _keep(ws, actor, example_id, conflict)
    return Settled(view, tuple(sorting.conflicts))


def _keep(ws: Workspace, actor: Actor, example_id: str, conflict: Conflict) -> None:
    drafting.save_draft(ws, actor.person_id, KIND, example_id, conflict.field, conflict.base_rev, conflict.mine)


class _Sorting:
    """Decides field by field whether typed text goes in, is already there, or stands against another text."""

    def __init__(self, ws: Workspace, view: ExampleView, own_revs: frozenset[int]) -> None:
        self.example = view.example
        self.conflicts: list[Conflict] = []
        self.done: set[str] = set()
        self._ws = ws
        self._view = view
        self._own_revs = own_revs
        self._older: dict[int, Example | None] = {}

    def sort(self, field: str, typed: Typed, *, is_handed: bool) -> None:
        stored = _text_or_none(self.example, field)
        if stored == typed.text or (not is_handed and self._was_saved_before(field, typed)):
            self.done.add(field)
        elif stored is None or not self._may_go_in(field, typed, stored, is_handed):
            self.conflicts.append(Conflict(field, typed.text, stored or "", typed.base_rev))
        else:
            self.example = write_text(self.example, field, typed.text)
            self.done.add(field)

    def _may_go_in(self, field: str, typed: Typed, stored: str, is_handed: bool) -> bool:
        if not is_handed and self._view.state in DECIDED:
            return False
        if self._since(typed) <= self._own_revs:
            return True
        began_from = self._at(typed.base_rev)
        same_shape = began_from is not None and len(began_from.messages) == len(self._view.example.messages)
        return same_shape and began_from is not None and _text_or_none(began_from, field) == stored

    def _was_saved_before(self, field: str, typed: Typed) -> bool:
        """A draft that arrived after its own text had been saved and changed again says nothing new."""
        return any(
            (past := self._at(rev)) is not None and _text_or_none(past, field) == typed.text
            for rev in self._since(typed)
        )

    def _since(self, typed: Typed) -> set[int]:
        return set(range(typed.base_rev + 1, self._view.head_rev + 1))

    def _at(self, rev: int) -> Example | None:
        if rev not in self._older:
            try:
                self._older[rev] = writing.open_example(self._ws, self._view.id, rev).example
            except NotFoundError:
                self._older[rev] = None
        return self._older[rev]


def _text_or_none(example: Example, field: str) -> str | None:
    try:
        return read_text(example, field)
    except NotFoundError:
        return None


def use_mine(ws: Workspace, actor: Actor, example_id: str, field: str, *, nonce: str) -> ExampleView:
    """Decide for the typed text: it replaces the stored one in a new revision."""
    view = writing.open_example(ws, example_id)
    draft = _need_draft(ws, actor, example_id, field)
    changed = write_text(view.example, field, draft.text)
    if changed is not view.example:
        view = writing.save_example(ws, actor, example_id, view.head_rev, changed, why="typed", nonce=nonce)
    drafting.drop_drafts(ws, actor.person_id, KIND, example_id, field)
    return view


def keep_mine_as_copy(ws: Workspace, actor: Actor, example_id: str, field: str, *, nonce: str) -> ExampleView:
    """Decide for both: a new example begins from the revision the person saw, with their text in it."""
    draft = _need_draft(ws, actor, example_id, field)
    began_from = writing.open_example(ws, example_id, draft.base_rev)
    mine = write_text(began_from.example, field, draft.text)
    copy = writing.new_example(ws, actor, began_from.project_id, mine, nonce=nonce)
    drafting.drop_drafts(ws, actor.person_id, KIND, example_id, field)
    return copy


def drop_mine(ws: Workspace, actor: Actor, example_id: str, field: str) -> None:
    """Decide for the stored text."""
    drafting.drop_drafts(ws, actor.person_id, KIND, example_id, field)


def _need_draft(ws: Workspace, actor: Actor, example_id: str, field: str) -> drafting.Draft:
    draft = drafting.read_drafts(ws, actor.person_id, KIND, example_id).get(field)
    if draft is None:
        raise NotFoundError("That text was already decided about.", hint="Reload the page.")
    return draft
