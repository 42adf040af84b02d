"""What can be done with a run: stop and keep, try again."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec
import streamlit as st

from curation.model.states import JobState
from curation.services import jobs, models, playground_chats
from curation.services.jobs import JobView
from curation.services.people import local_actor
from ui.errors import errors_shown
from ui.layout import keys_button, page_head
from ui.run_notes import keep_note
from ui.run_rail import RUN
from ui.session import workspace
from ui.state import NOTICE, Act, ask
from ui.text import plain

PAGE = "training"


def draw_head(job: JobView) -> None:
    """Name, facts and the acts this state allows."""
    with page_head(job.name):
        if job.can_cancel and job.state is not JobState.CANCELLING:
            stop = partial(ask, "ask stop", job.id, page=PAGE)
            label = "Stop and keep" if job.state is JobState.RUNNING else "Stop"
            st.button(label, key=f"run.stop.{job.id}", icon=":material/stop_circle:", on_click=stop)
        elif job.can_retry:
            again = partial(ask, "retry", job.id, page=PAGE)
            label = "Resume" if job.step else "Try again"
            st.button(label, key=f"run.retry.{job.id}", type="primary", icon=":material/replay:", on_click=again)
        if job.model_id and job.state.is_final and not models.get_model(workspace(), job.model_id).is_gone:
            st.page_link("../pages/evaluation.py", label="Evaluate the model", icon=":material/balance:")
            talk = partial(ask, "talk", job.model_id, page=PAGE)
            st.button("Talk to it", key=f"run.talk.{job.id}", type="tertiary", icon=":material/chat:", on_click=talk)
        keys_button(PAGE)
    st.caption(_facts(job))  # safe: made by plain()


def perform(act: Act) -> None:
    """Do what a button asked for."""
    ws = workspace()
    with errors_shown():
        if act.verb == "ask stop":
            _stop_dialog(jobs.get_job(ws, act.at), act.nonce)
        elif act.verb == "retry":
            again = jobs.retry_job(ws, local_actor(ws), act.at, nonce=act.nonce)
            RUN.set(again.id)
            NOTICE.set(f"{plain(again.name)} goes on")
            st.rerun()
        elif act.verb == "note":
            keep_note(act)
        elif act.verb == "talk":
            _talk(act)


def _talk(act: Act) -> None:
    """A new conversation with the model in the playground; the one before stays."""
    ws = workspace()
    project_id, actor = models.get_model(ws, act.at).project_id, local_actor(ws)
    settings = playground_chats.open_chat(ws, actor, project_id).settings
    settings = msgspec.structs.replace(settings, model_id=act.at, second_id=None)
    playground_chats.begin_chat(ws, actor, project_id, settings, nonce=act.nonce)
    st.switch_page("../pages/playground.py")


@st.dialog("Stop this run?", icon=":material/stop_circle:")
def _stop_dialog(job: JobView, nonce: str) -> None:
    st.markdown(
        f"**{plain(job.name)}** stops after the step it is in. The best adapter so far is kept, and the run can be "
        "resumed."
    )
    if st.button("Stop and keep", key=f"run.stopnow.{job.id}", type="primary"):
        with errors_shown():
            jobs.cancel_job(workspace(), local_actor(workspace()), job.id, nonce=nonce)
            NOTICE.set(f"{plain(job.name)} is stopping")
            st.rerun()


def _facts(job: JobView) -> str:
    spec = job.spec
    parameters = spec.get("parameters") or {}
    known = [
        Path(str(spec.get("base", ""))).name,
        f"LoRA r{parameters['rank']}" if "rank" in parameters else "",
        f"dataset v{spec['dataset_n']}" if "dataset_n" in spec else "",
        f"seed {parameters['seed']}" if "seed" in parameters else "",
        job.provider,
    ]
    return " · ".join(plain(one) for one in known if one)
