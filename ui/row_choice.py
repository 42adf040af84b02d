"""Which rows of a look are listed: those that changed, those behind a cell, or those that fail a check of the gate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import streamlit as st

from curation.services.evaluation_rows import AnsweredRow
from curation.services.look_parts import Change, Part, confuse, list_changes, rows_against, rows_in_cell
from curation.services.rate_words import say_rate, say_slice
from ui.failure_words import say_failure
from ui.look_names import Names
from ui.state import Slot
from ui.text import plain

SHOWN: dict[str, frozenset[Change]] = {
    "Fixed or broken": frozenset({Change.FIXED, Change.BROKEN}),
    "Fixed": frozenset({Change.FIXED}),
    "Broken": frozenset({Change.BROKEN}),
    "Still wrong": frozenset({Change.STILL_WRONG}),
    "All rows": frozenset(Change),
}
ANY_FAILURE = ""
MOST_TOOLS = 6
"""Tools in the confusion table; the others are put together."""


class Wanted(NamedTuple):
    """A pointed choice of rows: `cell` with what was expected and called, `check` with a rate and a slice."""

    kind: str = ""
    label: str = ""
    first: str = ""
    second: str = ""


WANTED: Slot[Wanted] = Slot("evaluation.wanted", Wanted())
ROUND: Slot[int] = Slot("evaluation.round", 0)
"""Counts how often a pointed choice was given up for another: what it was pointed at with begins anew."""


class Listed(NamedTuple):
    """One row of the list."""

    row: AnsweredRow
    change: Change | None


def watch_rows(wanted: Wanted) -> None:
    """List these rows from now on."""
    WANTED.set(wanted)


def watch_all() -> None:
    """Back to the list by what changed."""
    WANTED.clear()
    ROUND.set(ROUND.get() + 1)


def wanted_in(part: Part) -> Wanted:
    """The pointed choice, while its model is on screen."""
    wanted = Wanted(*WANTED.get())
    return wanted if wanted.label in part.labels else Wanted()


def say_wanted(wanted: Wanted, names: Names) -> str:
    """The choice in words that are safe as markdown."""
    who = f"**{plain(names[wanted.label], 40)}**"
    if wanted.kind == "cell":
        return f"{plain(wanted.first, 40)} expected, {plain(wanted.second, 40)} called by {who}"
    where = f" in {plain(say_slice(wanted.second), 50)}" if wanted.second else ""
    return f"Against {who}: {plain(say_rate(wanted.first))}{where}"


def pick_rows(part: Part, wanted: Wanted) -> frozenset[int]:
    """Positions of the rows of a pointed choice."""
    if wanted.kind == "cell":
        return rows_in_cell(part, wanted.label, confuse(part, wanted.label, MOST_TOOLS), wanted.first, wanted.second)
    return rows_against(part, wanted.label, wanted.first, wanted.second)


def list_rows(part: Part, before: str, after: str, changes: Collection[Change], failure: str) -> list[Listed]:
    """The rows that changed so, where either model failed in this way."""
    return [
        Listed(one.row, one.change)
        for one in list_changes(part, before, after)
        if one.change in changes and _has_failure(one.row, part, (before, after), failure)
    ]


def list_wrong(part: Part, label: str, failure: str, *, every: bool) -> list[Listed]:
    """With one model: its rows, or those it got wrong."""
    at = part.labels.index(label)
    return [
        Listed(row, None)
        for row in part.rows
        if (given := row.answers[at]) is not None
        and (every or given.failure is not None)
        and failure in (ANY_FAILURE, given.failure)
    ]


def _has_failure(row: AnsweredRow, part: Part, labels: Sequence[str], failure: str) -> bool:
    if failure == ANY_FAILURE:
        return True
    given = (row.answers[part.labels.index(label)] for label in labels)
    return any(one is not None and one.failure == failure for one in given)


def choose_failure(kinds: Sequence[str]) -> str:
    """One way to fail, or any."""
    return str(
        st.selectbox(
            "How it failed",
            [ANY_FAILURE, *kinds],
            key="evaluation.failure",
            format_func=lambda one: say_failure(one) if one else "Any failure",
            label_visibility="collapsed",
            width=150,
        )
    )
