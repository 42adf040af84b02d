"""Questions side by side: what was right, and what every model said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from curation.services.evaluating import EvaluationView
from curation.services.evaluation_views import AnsweredRow, GivenAnswer
from ui.comparison import short_names
from ui.layout import card_title
from ui.quoted import quoted
from ui.state import Slot
from ui.text import clip, count, named, plain, words

ROW: Slot[int] = Slot("evaluation.row", 0)
"""Position of the question shown."""
MOST_ROWS = 200
MOST_LINES = 12
"""More rows are scrolled."""
SHOWN: dict[str, Callable[[AnsweredRow], bool]] = {
    "All rows": lambda row: True,  # noqa: ARG005
    "Rows that differ": lambda row: row.differs,
    "Rows somebody got wrong": lambda row: any(one is not None and one.failure is not None for one in row.answers),
}


def draw_rows(view: EvaluationView) -> None:
    """The list with its filter, and the chosen question in full."""
    labels = short_names([one.label for one in view.models])
    with st.container(border=True):
        with card_title("Row by row"):
            wanted = st.selectbox(
                "Show",
                list(SHOWN),
                1 if len(labels) > 1 else 2,
                key="evaluation.filter",
                label_visibility="collapsed",
                width=220,
            )
        rows = [row for row in view.rows if SHOWN[wanted](row)]
        if not rows:
            st.caption("No row is like that.")
            return
        left, right = st.columns([6, 5], gap="medium")
        with left:
            chosen = _choose(rows[:MOST_ROWS], labels, f"{view.id}.{wanted}")
            if len(rows) > MOST_ROWS:
                st.caption(f"The first {MOST_ROWS} of {count(len(rows), 'row')}")
        with right:
            _draw_row(chosen, labels)


def _choose(rows: Sequence[AnsweredRow], labels: Sequence[str], owner: str) -> AnsweredRow:
    positions = [row.position for row in rows]
    slot = ROW.of(owner)
    at = positions.index(slot.get()) if slot.get() in positions else 0
    picked = st.dataframe(
        _table(rows, labels),
        key=f"evaluation.rows.{owner}",
        hide_index=True,
        height="content" if len(rows) <= MOST_LINES else 410,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [at]}},
        column_config=_widths(labels),
        alt="Questions with what each model answered; the chosen one opens beside",
    )
    chosen = picked["selection"]["rows"]
    if chosen and chosen[0] < len(rows):
        at = chosen[0]
        slot.set(positions[at])
    return rows[at]


def _table(rows: Sequence[AnsweredRow], labels: Sequence[str]) -> pd.DataFrame:
    columns: dict[str, list[str]] = {"request": [row.request for row in rows]}
    for at, label in enumerate(labels):
        columns[label] = [_verdict(row.answers[at]) for row in rows]
    columns["expected"] = [row.expected for row in rows]
    return pd.DataFrame(columns)


def _widths(labels: Sequence[str]) -> dict[str, Any]:
    """Narrow enough that the table has no second scrollbar."""
    narrow = {label: st.column_config.TextColumn(width=80) for label in (*labels, "expected")}
    return {"request": st.column_config.TextColumn(width=150), **narrow}


FAILURE_WORDS = {"needless_call": "false call"}
"""Failures whose screen word is that of their rate."""


def _verdict(answer: GivenAnswer | None) -> str:
    if answer is None:
        return "not yet"
    said = "right" if answer.failure is None else FAILURE_WORDS.get(answer.failure, answer.failure.replace("_", " "))
    return f"{said}, cut" if answer.is_closed else said


def _draw_row(row: AnsweredRow, labels: Sequence[str]) -> None:
    words(clip(row.request)[0])
    st.caption("Expected")
    quoted(clip(row.expected)[0], key="evaluation.expected")
    for at, (label, answer) in enumerate(zip(labels, row.answers, strict=True)):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(plain(label, 40), width="content")
            _badge(answer)
        if answer is None:
            continue
        shown, rest = clip(answer.text)
        quoted(shown, key=f"evaluation.answer.{at}")
        if rest:
            st.caption(rest)
        if answer.why:
            st.markdown(named(answer.why))
        if answer.is_closed:
            st.caption(":material/content_cut: It ran out of tokens: the grammar wrote the end, not the model.")
        _draw_repairs(answer, f"evaluation.answer.{at}")


def _draw_repairs(answer: GivenAnswer, owner: str) -> None:
    """What it answered once it was told what is wrong; the badge is about the first answer."""
    for n, repair in enumerate(answer.repairs):
        st.caption(f"Told {named(repair.finding)}")
        quoted(clip(repair.text)[0], key=f"{owner}.repair.{n}")


def _badge(answer: GivenAnswer | None) -> None:
    if answer is None:
        st.badge("not yet", icon=":material/schedule:", color="gray")
    elif answer.failure is None:
        st.badge(plain(_verdict(answer)), icon=":material/check:", color="green")
    else:
        st.badge(plain(_verdict(answer)), icon=":material/close:", color="red")
