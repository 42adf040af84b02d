"""The steps that move examples to new tools: each may be left out, and each value it needs is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec
import streamlit as st

from curation.services.impact import Step, describe_step, is_ready, read_pairs, to_source
from ui.text import count, named, plain, show_unseen

MAX_STEPS = 24
_EVERYWHERE = "the same everywhere"
_KEEP = ""
_GONE = ""


def draw_steps(found: Sequence[Step]) -> tuple[Step, ...]:
    """Draw the steps that were found; the ones a person leaves in, as that person wants them."""
    chosen = [_draw_step(step) for step in found[:MAX_STEPS]]
    _tell_rest(found[MAX_STEPS:])
    return (*(step for step in chosen if step is not None), *found[MAX_STEPS:])


def _tell_rest(rest: Sequence[Step]) -> None:
    """What is done as well, without a field each."""
    if not rest:
        return
    with st.expander(f"{count(len(rest), 'more step')}, done as said here", type="compact"):
        for step in rest:
            st.markdown(f"{plain(step.tool)}: {named(describe_step(step))}")


def _draw_step(step: Step) -> Step | None:
    with st.container(gap="xsmall", key=f"step.{step.key}"):
        left, right = st.columns([4, 5], gap="small", vertical_alignment="center")
        with left:
            label = f"{plain(step.tool)}: {_say(step)}"
            is_in = st.checkbox(label, value=True, key=f"step.in.{step.key}")  # safe: made inert in _say
        if not is_in:
            return None
        if step.kind in ("rename", "drop"):
            with right:
                return _draw_name(step)
        if step.kind == "map":
            with right:
                return _draw_map(step)
        return _draw_default(step) if step.kind == "default" else step


def _say(step: Step) -> str:
    """The step as a sentence; where a field beside it says the rest, only its beginning."""
    if step.kind in ("rename", "drop") and step.options:
        return f"**{plain(step.label)}** becomes"
    if step.kind == "map":
        return f"values of **{plain(step.label)}**"
    return f"**{plain(step.label)}** is added" if step.kind == "default" else named(describe_step(step))


def _draw_name(step: Step) -> Step:
    """An argument that is gone may live on under any new name."""
    if not step.options:
        return step
    options = (*step.options, _GONE)
    picked = st.selectbox(
        f"{plain(step.label)} becomes",
        options,
        index=options.index(step.to) if step.to in options else len(options) - 1,
        key=f"step.to.{step.key}",
        format_func=lambda one: "nothing: it is removed" if one == _GONE else show_unseen(one),
        label_visibility="collapsed",
    )
    if picked == _GONE:
        return msgspec.structs.replace(step, kind="drop", to="")
    return msgspec.structs.replace(step, kind="rename", to=picked)


def _draw_default(step: Step) -> Step:
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    with right:
        by = _draw_by(step)
    with left:
        label = f"Value of {plain(step.label)}" + (" for all others" if by else "")
        value = _draw_value(step, label)
    values = _draw_mapping(step, by) if by else ()
    made = msgspec.structs.replace(step, value=value, by=by, values=values)
    if not is_ready(made):
        st.caption("Without a value the calls stay as they are, and their examples are sent back.")
    return made


def _draw_value(step: Step, label: str) -> str:
    key = f"step.value.{step.key}"
    if step.options:
        at = step.options.index(step.value) if step.value in step.options else None
        picked = st.selectbox(
            label,  # safe: made inert where it is made
            step.options,
            index=at,
            key=key,
            placeholder="Choose",
            format_func=lambda one: show_unseen(_shown(one)),
        )
        return picked or ""
    typed = st.text_input(
        label,  # safe: made inert where it is made
        value=_shown(step.value),
        key=key,
        placeholder=step.type or "JSON",
    )
    return to_source(typed, step.type)


def _draw_by(step: Step) -> str:
    if not step.beside:
        return ""
    options = (_EVERYWHERE, *step.beside)
    picked = st.selectbox(
        "Chosen by",
        options,
        key=f"step.by.{step.key}",
        format_func=lambda one: one if one == _EVERYWHERE else show_unseen(one),
    )
    return "" if picked == _EVERYWHERE else str(picked)


def _draw_mapping(step: Step, by: str) -> tuple[tuple[str, str], ...]:
    typed = st.text_area(
        f"One a line: value of {plain(by)} = value of {plain(step.label)}",
        key=f"step.map.{step.key}.{by}",
        placeholder="SE = SEK",
        height=96,
    )
    return read_pairs(typed, step, by)


def _draw_map(step: Step) -> Step:
    values = []
    for was, now in step.values:
        options = (_KEEP, *step.options)
        picked = st.selectbox(
            f"{plain(_shown(was))} becomes",
            options,
            index=options.index(now) if now in options else 0,
            key=f"step.map.{step.key}.{was}",
            format_func=lambda one: show_unseen(_shown(one)) if one else "stays, and is sent back",
        )
        values.append((was, picked))
    return msgspec.structs.replace(step, values=tuple(values))


def _shown(source: str) -> str:
    """JSON source as people read it: text without its quotes."""
    return str(json.loads(source)) if source.startswith('"') else source
