"""What a run would learn, shown before it starts, and the launch."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from curation.errors import CurationError
from curation.model.values import Json
from curation.services import choices, training, trying_out
from curation.services.choices import ProviderChoice
from curation.services.freezing import DatasetView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.training import Preflight
from ui import keys
from ui.decision_bar import decision_bar
from ui.errors import errors_shown, show_error
from ui.layout import card_title
from ui.preflight_look import draw_checked
from ui.run_name import begin_next
from ui.run_rail import RUN
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import plain
from ui.trial_panel import Tried, draw_trial

_CHECKED: Slot[str] = Slot("training.checked", "")
"""What the preflight on screen was made for: all that decides which rows are trained and how they look."""
_NONCE: Slot[str] = Slot("training.nonce", "")


class Plan(NamedTuple):
    """What a person chose in the form."""

    project: ProjectView
    version: DatasetView
    base: Path | None
    provider: ProviderChoice
    values: dict[str, Json]
    name: str = ""
    """What the run is called; empty for what it is made of."""

    @property
    def looked_at(self) -> str:
        """Names what a preflight is about; learning rate, seed and the like change nothing in it."""
        knobs = sorted(training.pick_rendering_knobs(self.values).items())
        return f"{self.version.id}|{self.base}|{self.provider.name}|{knobs}"


def draw_preflight(plan: Plan) -> None:
    """Ask for a look, show it, and open the launch when nothing stands in its way."""
    is_seen = _CHECKED.get() == plan.looked_at
    with card_title("What carries loss"):
        if st.button(
            "Look again" if is_seen else "Show",
            key="training.preflight",
            type="secondary" if is_seen or plan.base is None else "primary",
            icon=":material/preview:",
            shortcut=None if is_seen else keys.NEXT_ACT.shortcut,
            disabled=plan.base is None,
        ):
            # A model folder may have changed under its name.
            _preflight.clear()
            _CHECKED.set(plan.looked_at)
            _NONCE.set(uuid.uuid4().hex)
            st.rerun()
    if plan.base is None:
        st.caption("Choose a base model first.")
    elif is_seen:
        _look(plan, plan.base)
        return
    else:
        st.caption(
            "Rows as the trainer gets them, kind by kind. Nothing starts before you have seen what would be trained."
        )
    _draw_launch(plan, None, "Show what carries loss first" if plan.base else "Choose a base model first")


def _look(plan: Plan, base: Path) -> None:
    try:
        with st.spinner("Rendering every training row with the model's own template"):
            ready = choices.prepare_base(workspace(), base)
            knobs = training.pick_rendering_knobs(plan.values)
            checked = _preflight(plan.project.id, plan.version.n, str(ready), plan.provider.name, knobs)
            steps = training.count_steps(plan.provider.name, plan.values, checked.n_rows)
    except CurationError as error:
        show_error(error)
        return
    draw_checked(checked, plan.version, steps)
    reason = "" if checked.is_ready else "The problems above keep this from starting"
    if trying_out.can_try(plan.provider.name):
        tried = Tried(plan.project.id, plan.version, ready, plan.values, steps)
        reason = draw_trial(tried, checked) or reason
    _draw_launch(plan, ready, reason)


@st.cache_data(max_entries=4, show_spinner=False)
def _preflight(project_id: str, version_n: int, base: str, provider: str, values: dict[str, Json]) -> Preflight:
    """One look; what is not among these arguments does not change it."""
    return training.preflight(workspace(), project_id, version_n, Path(base), values, provider)


def _draw_launch(plan: Plan, ready: Path | None, reason: str) -> None:
    """At the bottom in every state; while something is missing it says what."""
    with decision_bar() as (words, acts):
        words.caption(plain(reason) or "It goes on when this tab or the app is closed", width="content")
        pressed = acts.button(
            "Launch",
            key="training.launch",
            type="secondary" if reason else "primary",
            icon=":material/rocket_launch:",
            shortcut=None if reason else keys.NEXT_ACT.shortcut,
            disabled=bool(reason),
        )
    if pressed and ready is not None:
        with errors_shown():
            _launch(plan, ready)


def _launch(plan: Plan, base: Path) -> None:
    ws = workspace()
    job = training.launch_training(
        ws,
        local_actor(ws),
        plan.project.id,
        plan.version.n,
        base,
        parameters=plan.values,
        provider=plan.provider.name,
        name=plan.name,
        nonce=_NONCE.get(),
    )
    RUN.set(job.id)
    NOTICE.set(f"{plain(job.name)} is waiting to start")
    _CHECKED.clear()
    begin_next()
    st.rerun()
