"""Typed text finds its way into the example: what a tab hands over and what only reached the server as a draft.

Nothing typed is dropped. Text goes in where its field still says what the person typed on; otherwise both texts are
kept and shown, and the person decides (`deciding.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import CurationError, NotFoundError, StaleRevisionError
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import drafting, writing
from curation.services.drafting import Draft
from curation.services.heads import need_example
from curation.services.judging import read_body
from curation.services.origins import Origin, mark_of, origin_of
from curation.services.text_fields import read_text, write_text
from curation.services.turn_following import follow_field
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from db import examples

KIND = "example"
DECIDED = frozenset({ExampleState.SUBMITTED, ExampleState.ACCEPTED, ExampleState.REJECTED, ExampleState.ARCHIVED})
"""States that a forgotten draft must not undo by itself: opening accepted work would take its acceptance away."""


class Typed(msgspec.Struct, frozen=True):
    """A text and where it was typed."""

    origin: Origin
    text: str


class Conflict(msgspec.Struct, frozen=True):
    """One field with two texts: the stored one and the one typed on top of another."""

    name: str
    """The draft that keeps the typed text."""
    field: str
    """Where the field stands now; where it stood when its turn is gone."""
    mine: str
    stored: str | None
    """None when the turn is gone."""
    base_rev: int


class Settled(msgspec.Struct, frozen=True):
    """The example after the typed text went in, and what a person has to decide."""

    view: ExampleView
    conflicts: tuple[Conflict, ...] = ()
    taken: frozenset[str] = frozenset()
    """Origins whose newest text is in the example for good; what arrives from them later is older."""


def list_left(ws: Workspace, actor: Actor, project_id: str) -> tuple[str, ...]:
    """The examples of a project with text this person typed that is not in them yet, newest first."""
    left = [one.object_id for one in drafting.list_drafts(ws, actor.person_id) if one.kind == KIND]
    return tuple(one for one in dict.fromkeys(left) if _belongs(ws, one, project_id))


def _belongs(ws: Workspace, example_id: str, project_id: str) -> bool:
    try:
        with ws.reading() as connection:
            return need_example(connection, example_id).project_id == project_id
    except NotFoundError:
        return False


def settle(
    ws: Workspace,
    actor: Actor,
    example_id: str,
    handed: Sequence[Typed],
    *,
    taken: frozenset[str] = frozenset(),
    nonce: str,
) -> Settled:
    """Put typed text into the example as one new revision.

    Args:
        handed: what the tab's fields handed over, each the newest text of its field.
        taken: what this tab's earlier calls said is in for good.
    """
    try:
        return _settle(ws, actor, example_id, handed, taken, nonce)
    except StaleRevisionError:
        # Somebody saved in between: the text is looked at once more, beside what they wrote.
        return _settle(ws, actor, example_id, handed, taken, nonce)


def _settle(
    ws: Workspace, actor: Actor, example_id: str, handed: Sequence[Typed], taken: frozenset[str], nonce: str
) -> Settled:
    # Drafts first: one that another tab saves and forgets meanwhile is in the example by the time that is read.
    drafts = drafting.read_drafts(ws, actor.person_id, KIND, example_id)
    view = writing.open_example(ws, example_id)
    late = [draft for name, draft in drafts.items() if name in taken]
    sorting = _Sorting(ws, view)
    for draft in sorted(drafts.values(), key=lambda one: str(one.saved_at)):
        if draft not in late:
            sorting.add(Typed(origin_of(draft), draft.text), draft)
    for typed in handed:
        sorting.add(typed, None)
    sorting.sort()
    saved = _save(ws, actor, view, sorting.example, handed, nonce)
    for conflict in sorting.conflicts:
        _keep(ws, actor, example_id, drafts, conflict)
    kept = {(one.name, one.mine) for one in sorting.conflicts}
    over = [draft for draft in (*late, *sorting.done) if (draft.field, draft.text) not in kept]
    drafting.drop_read(ws, actor.person_id, over)
    is_new = saved.head_rev != view.head_rev
    return Settled(saved, tuple(sorting.conflicts), frozenset(one.origin.name for one in handed if is_new))


def _save(
    ws: Workspace, actor: Actor, view: ExampleView, example: Example, handed: Sequence[Typed], nonce: str
) -> ExampleView:
    if example is view.example:
        return view
    try:
        return writing.save_example(ws, actor, view.id, view.head_rev, example, why="typed", nonce=nonce)
    except CurationError:
        for typed in handed:
            keep_typed(ws, actor.person_id, view.id, typed)
        raise


def _keep(ws: Workspace, actor: Actor, example_id: str, drafts: dict[str, Draft], conflict: Conflict) -> None:
    known = drafts.get(conflict.name)
    if known is None or known.text != conflict.mine:
        drafting.save_draft(ws, actor.person_id, KIND, example_id, conflict.name, conflict.base_rev, conflict.mine)


def keep_typed(ws: Workspace, person_id: str, example_id: str, typed: Typed) -> None:
    """Keep text as a draft until it is settled; text that the example says already needs no draft."""
    origin = typed.origin
    with ws.reading() as connection:
        head = need_example(connection, example_id)
        is_in = head.head_rev > origin.base_rev and _is_said(ws, example_id, head.head_rev, typed)
    if is_in:
        drafting.drop_drafts(ws, person_id, KIND, example_id, origin.name)
    else:
        drafting.save_draft(ws, person_id, KIND, example_id, origin.name, origin.base_rev, typed.text)


def _is_said(ws: Workspace, example_id: str, head_rev: int, typed: Typed) -> bool:
    history = History(ws, example_id)
    field = history.follow(typed.origin, head_rev)
    after = history.at(head_rev)
    return field is not None and after is not None and text_or_none(after, field) == typed.text


class History:
    """The revisions of one example, unjudged, each read once."""

    def __init__(self, ws: Workspace, example_id: str) -> None:
        self._ws = ws
        self._example_id = example_id
        self._read: dict[int, Example | None] = {}

    def at(self, rev: int) -> Example | None:
        """The example as a revision has it; None when there is no such revision."""
        if rev not in self._read:
            with self._ws.reading() as connection:
                found = examples.find_revision(connection, self._example_id, rev)
                body = examples.read_body(connection, found.body_hash) if found else None
            self._read[rev] = read_body(body).example if body is not None else None
        return self._read[rev]

    def follow(self, origin: Origin, rev: int) -> str | None:
        """Where the field of an origin stands in a later revision; None when it is gone."""
        between = [self.at(one) for one in range(origin.base_rev, rev + 1)]
        known = [one for one in between if one is not None]
        return follow_field(origin.field, known) if known and len(known) == len(between) else None


def text_or_none(example: Example, field: str) -> str | None:
    """A field's text; None when the example has no such field."""
    try:
        return read_text(example, field)
    except NotFoundError:
        return None


class _Entry(msgspec.Struct, frozen=True):
    """One typed text on its way in: the field as it stands now (None when gone), and the draft it came from."""

    typed: Typed
    field: str | None
    draft: Draft | None


class _Sorting:
    """Decides text by text whether it goes in, is already there, or stands against another text."""

    def __init__(self, ws: Workspace, view: ExampleView) -> None:
        self.example = view.example
        self.conflicts: list[Conflict] = []
        self.done: list[Draft] = []
        self._entries: list[_Entry] = []
        self._view = view
        self._history = History(ws, view.id)

    def add(self, typed: Typed, draft: Draft | None) -> None:
        self._entries.append(_Entry(typed, self._history.follow(typed.origin, self._view.head_rev), draft))

    def sort(self) -> None:
        """Drafts first, then what was handed over; the same tab's newer text stands for its older ones."""
        for place, entry in enumerate(self._entries):
            if self._is_overtaken(place, entry) or self._is_in(entry):
                self.done += [entry.draft] if entry.draft else []
            elif entry.field is not None and self._may_go_in(entry):
                self.example = write_text(self.example, entry.field, entry.typed.text)
                self.done += [entry.draft] if entry.draft else []
            else:
                self._set_aside(entry)

    def _is_overtaken(self, place: int, entry: _Entry) -> bool:
        """The same tab went on from there; its draft may have come while the text handed over waited for the page."""
        earlier, later = self._entries[:place], self._entries[place + 1 :]
        return any(_replaces(one, entry) for one in later) or any(
            _replaces(one, entry) and _is_longer(one, entry) and self._is_in(one) for one in earlier
        )

    def _set_aside(self, entry: _Entry) -> None:
        origin = entry.typed.origin
        stored = text_or_none(self.example, entry.field) if entry.field else None
        field = entry.field or origin.field
        self.conflicts.append(Conflict(origin.name, field, entry.typed.text, stored, origin.base_rev))

    def _is_in(self, entry: _Entry) -> bool:
        """The field says so already, or a draft came after its own text had been saved and changed again."""
        text = entry.typed.text
        if entry.field is not None and text_or_none(self.example, entry.field) == text:
            return True
        return entry.draft is not None and any(self._said_then(rev, entry) for rev in self._since(entry))

    def _said_then(self, rev: int, entry: _Entry) -> bool:
        field, then = self._history.follow(entry.typed.origin, rev), self._history.at(rev)
        return field is not None and then is not None and text_or_none(then, field) == entry.typed.text

    def _may_go_in(self, entry: _Entry) -> bool:
        if entry.draft is not None and self._view.state in DECIDED:
            return False
        stored = text_or_none(self.example, entry.field or "")
        if stored is None:
            return False
        origin = entry.typed.origin
        began_from = self._history.at(origin.base_rev)
        is_untouched = began_from is not None and text_or_none(began_from, origin.field) == stored
        return is_untouched or mark_of(stored) in origin.began

    def _since(self, entry: _Entry) -> range:
        return range(entry.typed.origin.base_rev + 1, self._view.head_rev + 1)


def _replaces(newer: _Entry, older: _Entry) -> bool:
    return newer.field == older.field is not None and newer.typed.origin.continues(older.typed.origin)


def _is_longer(newer: _Entry, older: _Entry) -> bool:
    return len(newer.typed.origin.began) > len(older.typed.origin.began)
