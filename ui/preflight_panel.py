"""What a run would learn, shown before it starts, and the launch."""

from __future__ import annotations

import uuid
from pathlib import Path

import streamlit as st

from curation.errors import CurationError
from curation.model.values import Json
from curation.services import choices, training
from curation.services.choices import ProviderChoice
from curation.services.freezing import DatasetView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.training import Preflight
from ui.errors import errors_shown, show_error
from ui.layout import card_title
from ui.loss_mask import draw_row
from ui.run_rail import RUN
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.tabs import tab_label
from ui.text import count, named, plain

MAX_PROBLEMS = 8
_CHECKED: Slot[str] = Slot("training.checked", "")
"""What the preflight on screen was made for; another choice asks for another one."""
_NONCE: Slot[str] = Slot("training.nonce", "")


def draw_preflight(
    project: ProjectView, version: DatasetView, base: Path | None, provider: ProviderChoice, values: dict[str, Json]
) -> None:
    """Ask for a look, show it, and open the launch when nothing stands in its way."""
    wanted = f"{version.id}|{base}|{provider.name}|{sorted(values.items())}"
    with card_title("What carries loss", "three rows, as the trainer gets them"):
        if st.button("Show", key="training.preflight", icon=":material/preview:", disabled=base is None):
            _CHECKED.set(wanted)
            _NONCE.set(uuid.uuid4().hex)
    if base is None:
        st.caption("Choose a base model first.")
        return
    if _CHECKED.get() != wanted:
        st.caption("Nothing is launched before you have seen what would be trained.")
        return
    try:
        with st.spinner("Rendering every training row with the model's own template"):
            ready = choices.prepare_base(workspace(), base)
            checked = _preflight(project.id, version.n, str(ready), values)
    except CurationError as error:
        show_error(error)
        return
    _draw_checked(checked)
    _draw_launch(project, version, ready, provider, values, is_blocked=not checked.is_ready)


@st.cache_data(max_entries=4, show_spinner=False)
def _preflight(project_id: str, version_n: int, base: str, values: dict[str, Json]) -> Preflight:
    """One look; a version, a folder and the knobs decide it, so that a rerun does not render everything again."""
    return training.preflight(workspace(), project_id, version_n, Path(base), values)


def _draw_checked(checked: Preflight) -> None:
    share = 100 * checked.n_trained_tokens / max(checked.n_tokens, 1)
    st.markdown(
        f"**{count(checked.n_rows, 'row')}, {count(checked.steps, 'step')}** · {checked.n_trained_tokens:,} of "
        f"{count(checked.n_tokens, 'token')} carry loss ({share:.0f} %) · rows written as {plain(checked.style)}"
    )
    for problem in checked.problems[:MAX_PROBLEMS]:
        st.error(named(problem), icon=":material/error:")
    for note in checked.notes:
        st.caption(f":material/info: {plain(note)}")
    if checked.rows:
        tabs = st.tabs([tab_label(f"Row {row.number}") for row in checked.rows])  # safe: row numbers
        for tab, row in zip(tabs, checked.rows, strict=True):
            with tab:
                draw_row(row)


def _draw_launch(
    project: ProjectView,
    version: DatasetView,
    base: Path,
    provider: ProviderChoice,
    values: dict[str, Json],
    *,
    is_blocked: bool,
) -> None:
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        note = (
            "Problems above keep this from starting" if is_blocked else "It goes on when this tab or the app is closed"
        )
        st.caption(note, width="content")
        st.space("stretch")
        if st.button(
            "Launch", key="training.launch", type="primary", icon=":material/rocket_launch:", disabled=is_blocked
        ):
            with errors_shown():
                ws = workspace()
                job = training.launch_training(
                    ws,
                    local_actor(ws),
                    project.id,
                    version.n,
                    base,
                    parameters=values,
                    provider=provider.name,
                    nonce=_NONCE.get(),
                )
                RUN.set(job.id)
                NOTICE.set(f"{plain(job.name)} is waiting to start")
                _CHECKED.clear()
                st.rerun()
