"""Training: what would be learned, the launch, and every run there was."""

from __future__ import annotations

import importlib.util

import streamlit as st

from curation.services import jobs
from ui import jobs_panel, run_acts, run_case, run_form, run_notes, run_overlay
from ui.run_rail import CASE, NEW, draw_rail
from ui.session import require_project, require_role, workspace
from ui.state import asked


def say_missing_packages() -> None:
    """On an installation without the training packages: the command that adds them."""
    if importlib.util.find_spec("torch") is None:
        st.info(
            "**The training packages are not installed here.** To start a run, stop Callwright, then "
            "run `make run` without `TRAIN=0`.",
            icon=":material/download:",
        )


require_role()
project = require_project()
act = asked("training")
chosen = draw_rail(project.id)
run_acts.perform(act)
say_missing_packages()
if chosen == NEW:
    run_form.draw_form(project)
elif chosen == CASE:
    run_case.draw_case(project, act)
else:
    job = jobs.get_job(workspace(), chosen)
    run_acts.draw_head(job)
    jobs_panel.draw_run(job)
    run_notes.draw_notes(job)
    run_overlay.draw_overlay(job)
