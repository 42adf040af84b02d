"""What changed between any two revisions, as a table of places."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.model.places import place_words
from curation.services import reviewing
from curation.services.reviewing import Change, RevisionView
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui.layout import card_title
from ui.text import count, plain
from ui.word_diff import mark_words

CHANGE_LOOK = {"added": "green", "removed": "red", "changed": "blue"}
MAX_CHANGES = 60


def draw_changes(ws: Workspace, view: ExampleView) -> None:
    """A table of what differs between two revisions: first since the one that was judged last."""
    revisions = reviewing.list_revisions(ws, view.id)
    with card_title("What changed"):
        base, newer = _choose(view, revisions) if len(revisions) > 1 else (None, view.head_rev)
    if base is None:
        st.caption("Nobody has reviewed it before: all of it is new.")
        return
    draw_change_table(reviewing.compare_revisions(ws, view.id, base, newer))


def draw_change_table(changes: Sequence[Change]) -> None:
    """Place by place, the words that differ marked."""
    if not changes:
        st.caption("Nothing differs between the two.")
        return
    st.table(_change_table(changes[:MAX_CHANGES]), border="horizontal", hide_index=True)
    if len(changes) > MAX_CHANGES:
        st.caption(f"{count(len(changes) - MAX_CHANGES, 'more place')} not drawn.")


def _choose(view: ExampleView, revisions: Sequence[RevisionView]) -> tuple[int | None, int]:
    """The two revisions: from the last judged one to the newest; where none was judged, until one is chosen."""
    numbers = [one.rev for one in revisions]
    earlier = [one for one in revisions if one.rev < view.head_rev]
    judged = next((numbers.index(one.rev) for one in earlier if one.verdicts), None)
    says = {one.rev: f"{one.rev} · {plain(one.by, 10)}" for one in revisions}
    base: int | None = st.selectbox(
        "From revision",
        numbers,
        index=judged,
        format_func=lambda rev: says.get(rev, str(rev)),
        key=f"review.base.{view.id}.{view.head_rev}",
        label_visibility="collapsed",
        placeholder="Compare with …",
        width=160,
    )
    newer: int | None = st.selectbox(
        "To revision",
        numbers,
        index=numbers.index(view.head_rev),
        format_func=lambda rev: f"→ {says.get(rev, rev)}",
        key=f"review.newer.{view.id}.{view.head_rev}",
        label_visibility="collapsed",
        width=130,
    )
    return base, newer or view.head_rev


def _change_table(changes: Sequence[Change]) -> dict[str, list[str]]:
    marked = [mark_words(one.before, one.after) for one in changes]
    return {
        "Place": [plain(place_words(one.place), 40) for one in changes],
        "Before": [before for before, _ in marked],
        "After": [after for _, after in marked],
        "Change": [f":{CHANGE_LOOK[one.kind]}-badge[{one.kind}]" for one in changes],
    }
