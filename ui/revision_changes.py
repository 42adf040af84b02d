"""What changed between two revisions, as a table of places."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.services import reviewing
from curation.services.reviewing import Change, RevisionView
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui.layout import card_title
from ui.places import place_words
from ui.text import plain

CHANGE_LOOK = {"added": "green", "removed": "red", "changed": "blue"}


def draw_changes(ws: Workspace, view: ExampleView) -> None:
    """A table of what differs from an older revision."""
    earlier = [one for one in reviewing.list_revisions(ws, view.id) if one.rev < view.head_rev]
    with card_title("What changed"):
        base = _choose_base(view, earlier) if earlier else None
    if base is None:
        st.caption("Nobody has reviewed it before: all of it is new.")
        return
    changes = reviewing.compare_revisions(ws, view.id, base, view.head_rev)
    if changes:
        st.table(_change_table(changes), border="horizontal", hide_index=True)
    else:
        st.caption("Nothing differs between the two.")


def _choose_base(view: ExampleView, earlier: Sequence[RevisionView]) -> int | None:
    """The revision to compare with: first the one that was judged last; where none was, nothing until one is chosen."""
    revisions = [one.rev for one in earlier]
    judged = next((place for place, one in enumerate(earlier) if one.verdicts), None)
    base: int | None = st.selectbox(
        "Compare with",
        revisions,
        index=judged,
        format_func=lambda rev: f"revision {rev} → {view.head_rev}",
        key=f"review.base.{view.id}.{view.head_rev}",
        label_visibility="collapsed",
        placeholder="Compare with …",
        width=180,
    )
    return base


def _change_table(changes: tuple[Change, ...]) -> dict[str, list[str]]:
    return {
        "Place": [plain(place_words(one.place), 40) for one in changes],
        "Before": [_cell(one.before, "red") for one in changes],
        "After": [_cell(one.after, "green") for one in changes],
        "Change": [f":{CHANGE_LOOK[one.kind]}-badge[{one.kind}]" for one in changes],
    }


def _cell(text: str | None, colour: str) -> str:
    if text is None:
        return ":gray[absent]"
    return f":{colour}-background[{plain(text, 200) or 'empty'}]"
