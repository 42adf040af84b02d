"""What a change of tools breaks: by finding, with the examples behind each number, the datasets and the models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from curation.model.states import Split
from curation.services.impact import Fault, Impact, Shown, Touched
from ui.state import PROJECT
from ui.text import count, named, plain

MAX_FAULTS = 12
PAGE_EXAMPLES = 20
PAGE_CHANGES = 8
Row = TypeVar("Row")


def draw_impact(before: Impact, after: Impact) -> None:
    """The examples a change breaks and what the chosen steps leave of them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**What it breaks**", width="content")
        if before.n_broken:
            st.badge(
                f"{count(before.n_broken, 'example breaks', 'examples break')}", icon=":material/error:", color="red"
            )
        fitting = before.n_affected - before.n_broken
        if fitting:
            gets = "other gets no new error" if fitting == 1 else "others get no new error"
            st.badge(f"{fitting:,} {gets}", icon=":material/check:", color="gray")
    if not before.n_affected:
        st.caption("No example offers a tool that has changed.")
    elif not before.n_broken:
        st.caption("Every example that offers these tools still fits their new definitions.")
    if after.n_unharmed:
        st.caption(_say_unharmed(after))  # safe: numbers and our words
    for fault in after.faults[:MAX_FAULTS]:
        _draw_fault(fault)
    if len(after.faults) > MAX_FAULTS:
        st.caption(f"and {count(len(after.faults) - MAX_FAULTS, 'more kind')} of findings")
    _draw_holders(before)
    if before.n_foreign:
        n = before.n_foreign
        verb = "offers another definition" if n == 1 else "offer another definition"
        st.caption(
            f"{count(n, 'example')} {verb} under one of these names, and {'is' if n == 1 else 'are'} left alone."
        )


def _say_unharmed(after: Impact) -> str:
    """Why fewer examples break than have a call that changes."""
    n = after.n_unharmed
    has, get = ("has", "gets") if n == 1 else ("have", "get")
    why = "the call fails on purpose and is not learned, was wrong before, or fits both definitions"
    return f"{count(n, 'example')} of the others {has} a call that changes as well and {get} no new error: {why}."


def _draw_fault(fault: Fault) -> None:
    mended = fault.n - fault.n_left
    rest = "" if not mended else " · all mended" if not fault.n_left else f" · {mended:,} mended"
    if not fault.n:
        rest = " · made by the steps"
    label = f"{max(fault.n, fault.n_left):,} × **{plain(fault.rule)}** {named(fault.words)}{rest}"
    opened = st.expander(label, type="compact", key=f"impact.{fault.rule}.{fault.words}", on_change="rerun")
    if opened.open:
        with opened:
            _draw_examples(fault)


def _draw_examples(fault: Fault) -> None:
    """The examples behind a number, some at a time."""
    shown = _page_of(fault.examples, PAGE_EXAMPLES, f"impact.page.{fault.rule}.{fault.words}")
    reasons = {one.reason for one in shown}
    if len(reasons) == 1:
        st.caption(named(*reasons))
    for one in shown:
        draw_example(one, has_reason=len(reasons) > 1)
    left = max(fault.n, fault.n_left) - len(fault.examples)
    if left > 0:
        st.caption(f"and {count(left, 'more example')}")


def draw_example(one: Touched, *, has_reason: bool) -> None:
    """One example: a link to it, and the sentence about it where it differs from its neighbours'."""
    with st.container(gap="xxsmall"):
        st.page_link(
            "../pages/write.py",
            label=f"#{one.number:,} {plain(one.title, 60)}",
            query_params={"project": PROJECT.get(), "example": one.example_id},
        )
        if has_reason:
            st.caption(named(one.reason))


def _draw_holders(seen: Impact) -> None:
    """Frozen versions and models never change: what is said is where the old definitions live on."""
    for hit in seen.datasets:
        parts = ", ".join(f"{hit.splits[one.value]:,} {one.value}" for one in Split if one.value in hit.splits)
        st.page_link(
            "../pages/health.py",
            label=f"Dataset v{hit.n} holds {hit.rows:,} of them ({parts})",
            icon=":material/database:",
            query_params={"project": PROJECT.get()},
        )
    for model in seen.models:
        st.page_link(
            "../pages/evaluation.py",
            label=f"Model {plain(model.name, 40)} was trained on dataset v{model.dataset_n}",
            icon=":material/model_training:",
            query_params={"project": PROJECT.get()},
        )


def draw_changes(seen: Impact) -> None:
    """Calls before and after the steps."""
    if not seen.n_changes:
        return
    label = f"Before and after in {count(seen.n_changes, 'call')} of {count(seen.n_changed, 'example')}"
    opened = st.expander(label, type="compact", key="impact.changes", on_change="rerun")
    if opened.open:
        with opened:
            for one in _page_of(seen.changes, PAGE_CHANGES, "impact.changes.page"):
                _draw_change(one)
            if seen.n_changes > len(seen.changes):
                st.caption(f"and {count(seen.n_changes - len(seen.changes), 'more call')}")


def _page_of(rows: Sequence[Row], size: int, key: str) -> Sequence[Row]:
    """The rows of the page a person has turned to; the pages are drawn where there is more than one."""
    n_pages = -(-len(rows) // size)
    page = st.pagination(n_pages, key=key) if n_pages > 1 else 1
    return rows[(page - 1) * size : page * size]


def _draw_change(shown: Shown) -> None:
    one = shown.change
    renamed = "" if one.tool == one.name_after else f", now {plain(one.name_after)}"
    st.caption(f"#{shown.number:,} · {plain(one.tool)}{renamed}")
    left, right = st.columns(2, gap="small")
    with left:
        st.code(one.before, language=None, wrap_lines=True)
    with right:
        st.code(one.after, language=None, wrap_lines=True)
