"""What a bulk act would do before it is done: how many change, how many cannot and why, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from curation.model.filters import ExampleFilter, Level
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.model.transitions import words
from curation.services.browsing import to_match
from curation.services.bulk_changes import SOUND_ONLY, STEPS, BulkAct, BulkChange, require_possible, states_before
from curation.services.bulk_views import Selection
from curation.services.workspace import Workspace
from db import filtering
from db.filtering import Standing

_MARKS = {BulkAct.ADD_TAG: "tag", BulkAct.REMOVE_TAG: "tag", BulkAct.SET_GROUP: "group", BulkAct.FIX: "rule"}
_WITHOUT_MARK = {BulkAct.REMOVE_TAG: "do not have the tag", BulkAct.FIX: "have no such fault"}
_UPPER = frozenset({BulkAct.FIX, BulkAct.SET_GROUP})
_WITH_MARK = {BulkAct.ADD_TAG: "have the tag already", BulkAct.SET_GROUP: "are in the group already"}


class Reason(msgspec.Struct, frozen=True):
    """Why some of the chosen examples stay as they are; `filter` lists them, None where no filter can."""

    words: str
    n: int
    filter: ExampleFilter | None


class Preview(msgspec.Struct, frozen=True):
    """What would happen."""

    n_chosen: int
    n_changing: int
    is_upper: bool
    """Whether fewer may change: what can be repaired, or leaves its split with its group, is known when each is
    looked at."""
    reasons: tuple[Reason, ...]
    costs: tuple[str, ...]
    """What else the act does to those it changes."""
    newest: int = 0
    """The newest example there was."""

    def counted(self, selection: Selection) -> Selection:
        """The selection as it was counted: an act over it changes no more than was said here."""
        if selection.ids:
            return selection
        return msgspec.structs.replace(selection, up_to=self.newest, most=self.n_chosen)


def preview(ws: Workspace, actor: Actor, project_id: str, selection: Selection, change: BulkChange) -> Preview:
    """Counts by state, errors and what the act is about; no example is read."""
    wanted = require_possible(actor, change)
    mark = (_MARKS.get(wanted.act, ""), wanted.value)
    with ws.reading() as connection:
        newest = filtering.newest_number(connection, project_id)
        if selection.ids:
            standing = filtering.group_chosen(connection, project_id, selection.ids, mark=mark)
        else:
            match = to_match(selection.filter.search)
            standing = filtering.group_standing(connection, project_id, selection.filter, match, mark=mark)
    return msgspec.structs.replace(_sum_up(standing, wanted, selection), newest=newest)


def _sum_up(standing: Sequence[Standing], change: BulkChange, selection: Selection) -> Preview:
    left: Counter[tuple[str, ExampleFilter | None]] = Counter()
    changing: Counter[ExampleState] = Counter()
    for one in standing:
        reason = _why_not(one, change, selection.filter)
        if reason:
            left[reason] += one.n
        else:
            changing[one.state] += one.n
    return Preview(
        n_chosen=sum(one.n for one in standing),
        n_changing=changing.total(),
        is_upper=change.act in _UPPER,
        reasons=tuple(Reason(said, n, where) for (said, where), n in left.most_common()),
        costs=tuple(_costs(change, changing)),
    )


def _why_not(one: Standing, change: BulkChange, wanted: ExampleFilter) -> tuple[str, ExampleFilter | None] | None:
    if one.state not in states_before(change.act):
        return f"are {words(one.state)}", msgspec.structs.replace(wanted, states=(one.state,))
    if change.act in SOUND_ONLY and one.has_errors:
        return "have errors", msgspec.structs.replace(wanted, level=Level.ERROR)
    if change.act in _WITH_MARK and one.is_marked:
        return _WITH_MARK[change.act], _with_mark(change, wanted)
    if change.act in _WITHOUT_MARK and not one.is_marked:
        return _WITHOUT_MARK[change.act], None
    return None


def _with_mark(change: BulkChange, wanted: ExampleFilter) -> ExampleFilter | None:
    if change.act is not BulkAct.ADD_TAG or wanted.tag not in ("", change.value):
        return None
    return msgspec.structs.replace(wanted, tag=change.value)


def _costs(change: BulkChange, changing: Counter[ExampleState]) -> list[str]:
    if change.act in STEPS or change.act is BulkAct.RECHECK:
        accepted = changing[ExampleState.ACCEPTED]
        return [f"{accepted:,} of them are accepted now"] if accepted else []
    said = {
        ExampleState.ACCEPTED: "lose their acceptance: an edit asks for a new review",
        ExampleState.SUBMITTED: "go back to draft",
        ExampleState.CANDIDATE: "become drafts",
        ExampleState.REJECTED: "were rejected and become drafts",
    }
    return [f"{changing[state]:,} {what}" for state, what in said.items() if changing[state]]
