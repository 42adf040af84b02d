"""Fit and time: three real steps on this machine before the whole run, watched and stopped here."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from curation.model.values import Json
from curation.services import jobs, trying_out
from curation.services.freezing import DatasetView
from curation.services.people import local_actor
from curation.services.preflighting import Preflight
from curation.services.trying_out import Trial
from ui.errors import errors_shown
from ui.moments import span
from ui.pulse import draw_pulse
from ui.session import workspace
from ui.text import plain

GIGA = 1024


class Tried(NamedTuple):
    """What is tried: the settings on screen, and how long their whole run is."""

    project_id: str
    version: DatasetView
    base: Path
    values: dict[str, Json]
    steps: int

    def find(self) -> Trial | None:
        return trying_out.find_trial(
            workspace(), self.project_id, self.version.hash, self.base, self.values, self.steps
        )


def draw_trial(tried: Tried, checked: Preflight) -> str:
    """The trial of these settings; returns why they must not be launched, "" where nothing is known against them."""
    trial = tried.find()
    is_open = trial is not None and trial.is_open
    with st.container(border=True, gap="small"):
        st.fragment(_draw)(tried, checked, is_open)
    if trial is not None and trial.has_failed:
        return "The trial of these settings failed; change them, or try again"
    return ""


def _draw(tried: Tried, checked: Preflight, was_open: bool) -> None:
    trial = tried.find()
    if trial is not None:
        draw_pulse("run", trial.job.id, is_open=was_open)
        # After the stamp was taken: a move between the two is seen now or drawn again.
        trial = tried.find()
    is_open = trial is not None and trial.is_open
    if is_open is not was_open:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Fit and time**", width="content")
        st.space("stretch")
        if trial is not None and trial.is_open:
            st.button(
                "Stop",
                key="training.trial.stop",
                type="tertiary",
                icon=":material/stop:",
                on_click=_stop,
                args=(trial,),
            )
        else:
            label = "Try three steps" if trial is None else "Try again"
            st.button(
                label,
                key="training.trial",
                icon=":material/timer:",
                on_click=_start,
                args=(tried, checked, uuid.uuid4().hex),
                disabled=not checked.is_ready,
            )
    _say(trial, tried.steps)


def _say(trial: Trial | None, steps: int) -> None:
    if trial is None:
        st.caption("Three real steps over the longest rows: whether it fits into memory, and how long it takes.")
    elif trial.is_open:
        done = f", step {trial.job.step} of {trial.job.steps}" if trial.job.steps else ""
        st.caption(f"{plain(trial.job.phase or 'waiting')}{done}")
    elif trial.has_failed:
        st.error(plain(trial.job.error or "It ended without a word."), icon=":material/error:")
    elif trial.step_s is None or trial.run_s is None:
        st.caption("Stopped before anything was measured.")
    else:
        looks = "; looks at validation rows come on top"
        st.markdown(
            f"**{span(trial.run_s).capitalize()}** for {steps:,} steps, {trial.step_s:.2g} s a step{looks}"
        )  # safe: numbers
        st.caption(_memory_words(trial))  # safe: numbers


def _memory_words(trial: Trial) -> str:
    if trial.memory_mb is None or trial.limit_mb is None:
        return "Its memory was not measured."
    words = f"It held {trial.memory_mb / GIGA:.1f} of {trial.limit_mb / GIGA:.1f} GB at the most"
    return f"{words}, which is tight: take fewer rows per step" if trial.is_tight else f"{words}: it fits"


def _start(tried: Tried, checked: Preflight, nonce: str) -> None:
    ws = workspace()
    with errors_shown():
        trying_out.start_trial(
            ws,
            local_actor(ws),
            tried.project_id,
            tried.version.n,
            tried.base,
            checked,
            parameters=tried.values,
            nonce=nonce,
        )


def _stop(trial: Trial) -> None:
    ws = workspace()
    with errors_shown():
        jobs.cancel_job(ws, local_actor(ws), trial.job.id, nonce=uuid.uuid4().hex)
