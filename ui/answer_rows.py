"""The rows of a look, two models side by side: what was fixed, what was broken, what a cell or a check stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from curation.services.evaluation_rows import AnsweredRow
from curation.services.look_parts import FAILURES, Change, Part, Standing, weigh
from curation.services.rate_words import say_chance
from ui.failure_words import say_verdict
from ui.layout import card_title
from ui.look_names import Names
from ui.row_choice import (
    SHOWN,
    Listed,
    choose_failure,
    list_rows,
    list_wrong,
    pick_rows,
    say_wanted,
    wanted_in,
    watch_all,
)
from ui.state import Slot
from ui.text import count, plain, shorten

ROW: Slot[int] = Slot("evaluation.row", 0)
"""Position of the question shown."""
MOST_ROWS = 100
MOST_LINES = 9
"""More rows are scrolled."""
LIST_PX = 340
MOST_WORDS = 90
CHANCE = 0.05
COLOURS = {Change.FIXED: "green", Change.BROKEN: "red", Change.STILL_WRONG: "orange", Change.STILL_RIGHT: "gray"}


def draw_differing(part: Part, names: Names) -> AnsweredRow | None:
    """The list with its filter; the chosen row, which is drawn in full elsewhere."""
    before, after = part.labels[0], part.labels[-1]
    has_pair = len(part.models) > 1
    with st.container(border=True, height="stretch"):
        with card_title("Rows that differ" if has_pair else "Row by row"):
            badges = st.container(horizontal=True, gap="small", width="content")
        if has_pair:
            before, after = _choose_pair(part, names)
            _draw_standing(badges, weigh(part, before, after))
        listed = _filter(part, names, before, after)
        if not listed:
            st.caption("No row is like that.")
            return None
        shown = (before, after) if has_pair else (after,)
        chosen = _choose(listed[:MOST_ROWS], part, shown, names)
        if len(listed) > MOST_ROWS:
            st.caption(f"The first {MOST_ROWS} of {count(len(listed), 'row')}")  # safe: numbers
        return chosen


def _choose_pair(part: Part, names: Names) -> tuple[str, str]:
    """From which model to which; the last two unless others are chosen."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = [
            st.selectbox(
                word,  # safe: one of two words here
                part.labels,
                at,
                key=f"evaluation.{word}.{part.look.id}.{len(part.labels)}",
                format_func=lambda one: shorten(names[one], 30),
                width="stretch",
            )
            for word, at in (("From", _usual_before(part, names)), ("To", len(part.labels) - 1))
        ]
    return chosen[0], chosen[1]


def _usual_before(part: Part, names: Names) -> int:
    """The model in production, else the one before the last."""
    if names.production in part.labels[:-1]:
        return part.labels.index(names.production)
    return max(0, len(part.labels) - 2)


def _draw_standing(where: Any, standing: Standing) -> None:
    told = "clear" if standing.p <= CHANCE else "could be chance"
    with where:
        st.badge(f"{standing.fixed:,} fixed", icon=":material/arrow_upward:", color="green")
        st.badge(f"{standing.broken:,} broken", icon=":material/arrow_downward:", color="red")
        st.caption(f"{told}, {plain(say_chance(standing.p))}", width="content")


def _filter(part: Part, names: Names, before: str, after: str) -> list[Listed]:
    wanted = wanted_in(part)
    if wanted.kind:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation.pointed"):
            st.markdown(say_wanted(wanted, names))  # safe: plain() made the names
            st.button(
                "All changes", key="evaluation.unwatch", type="tertiary", icon=":material/close:", on_click=watch_all
            )
        inside = pick_rows(part, wanted)
        return [one for one in _every(part, before, after) if one.row.position in inside]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        ways = list(SHOWN) if before != after else ["Wrong rows", "All rows"]
        way = st.selectbox("Show", ways, key="evaluation.filter", label_visibility="collapsed", width=170)
        failure = choose_failure(FAILURES)
    if before == after:
        return list_wrong(part, after, failure, every=way == "All rows")
    return list_rows(part, before, after, SHOWN[way], failure)


def _every(part: Part, before: str, after: str) -> list[Listed]:
    if before == after:
        return list_wrong(part, after, "", every=True)
    return list_rows(part, before, after, frozenset(Change), "")


def _choose(listed: Sequence[Listed], part: Part, shown: Sequence[str], names: Names) -> AnsweredRow:
    positions = [one.row.position for one in listed]
    owner = ".".join([part.look.id, part.slice, *shown, *wanted_in(part), str(len(listed)), str(positions[0])])
    slot = ROW.of(owner)
    at = positions.index(slot.get()) if slot.get() in positions else 0
    picked = st.dataframe(
        _table(listed, part, shown, names),
        key=f"evaluation.rows.{owner}",
        hide_index=True,
        height="content" if len(listed) <= MOST_LINES else LIST_PX,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [at]}},
        column_config=_columns([names[one] for one in shown], has_change=len(shown) > 1),
        alt="Questions with what each model answered; the chosen one opens below",
    )
    chosen = picked["selection"]["rows"]
    if chosen and chosen[0] < len(listed):
        at = chosen[0]
        slot.set(positions[at])
    return listed[at].row


def _table(listed: Sequence[Listed], part: Part, shown: Sequence[str], names: Names) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {"request": [shorten(one.row.request, MOST_WORDS) for one in listed]}
    if len(shown) > 1:
        columns["change"] = [[one.change.value] if one.change else [] for one in listed]
    for label in shown:
        at = part.labels.index(label)
        columns[_head(names[label])] = [say_verdict(one.row.answers[at]) for one in listed]
    return pd.DataFrame(columns)


def _head(name: str) -> str:
    """A model may be called like a column of ours."""
    return f"{name} (model)" if name in ("request", "change") else name


def _columns(models: Sequence[str], *, has_change: bool) -> dict[str, Any]:
    """Narrow enough that the table has no second scrollbar."""
    badges = st.column_config.MultiselectColumn(
        width=84, options=[one.value for one in COLOURS], color=list(COLOURS.values())
    )
    narrow: dict[str, Any] = {_head(name): st.column_config.TextColumn(width=104) for name in models}
    return {"request": st.column_config.TextColumn(width=170), **({"change": badges} if has_change else {}), **narrow}
