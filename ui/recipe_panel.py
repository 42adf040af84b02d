"""A recipe to start the knobs from, the exact command of a run, and the bundle to train elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from curation.model.parameter import Parameter
from curation.model.values import Json
from curation.services import bundling, recipes
from curation.services.freezing import DatasetView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.recipes import RecipeView
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import Slot
from ui.text import named, plain, show_unseen, source

OWN = ""
_PACKED: Slot[str] = Slot("training.bundle", "")
"""What the archive on offer was made for."""


class Order(NamedTuple):
    """The run as the form says it."""

    project: ProjectView
    version: DatasetView
    base: Path
    values: dict[str, Json]
    name: str = ""

    @property
    def key(self) -> str:
        return f"{self.version.id}|{self.base}|{sorted(self.values.items())}"


def draw_recipes(parameters: Sequence[Parameter], owner: str, base: Path | None) -> None:
    """The choice above the knobs; taking one sets them all."""
    found = {one.name: one for one in recipes.list_recipes(base)}
    key = f"training.recipe.{owner}"

    def take() -> None:
        chosen = found.get(st.session_state[key])
        for one in parameters:
            st.session_state[f"{owner}.{one.name}"] = _typed(one, chosen.values if chosen else {})

    name = st.selectbox(
        "Recipe",
        [OWN, *found],
        key=key,
        format_func=lambda one: _label(found[one]) if one else "The defaults",
        on_change=take,
        help="Sets every knob below; each can be turned afterwards.",
        persist_state="session",
    )
    if name:
        _explain(found[name])


def _typed(one: Parameter, values: dict[str, Json]) -> Json:
    """A value of the type its field holds."""
    value = values.get(one.name, one.default)
    return float(value) if one.kind == "number" and isinstance(value, int | float) else value


def _label(recipe: RecipeView) -> str:
    # The options of a select box are shown as they are: a backslash would be one.
    return show_unseen(recipe.title) + (" (for this base)" if recipe.is_suggested else "")


def _explain(recipe: RecipeView) -> None:
    st.caption(named(recipe.why))
    with st.expander("What it changes, and why", type="compact"):
        for one in recipe.differences:
            st.markdown(f"**{plain(one.title)}** {plain(one.value)}, not {plain(one.default)}: {named(one.reason)}")
        for told in recipe.translated:
            if told.differs:
                st.markdown(f"**{plain(told.taught)}** → {plain(told.today)}: {named(told.why)}")


def draw_elsewhere(order: Order) -> None:
    """Below the knobs: the same run from a terminal, and everything needed to train on another machine."""
    with st.expander("The exact command", type="compact"):
        command = recipes.launch_command(
            order.project.name, order.version.n, order.base, parameters=order.values, name=order.name
        )
        source(command)
    with st.expander("Train elsewhere", type="compact"):
        st.caption(
            "Rows and settings for TRL, Axolotl, LLaMA-Factory and Unsloth, with a README. No test row is in it."
        )
        _draw_bundle(order)


def _draw_bundle(order: Order) -> None:
    if _PACKED.get() != order.key:
        st.button(
            "Prepare the bundle",
            key="training.bundle.prepare",
            icon=":material/inventory_2:",
            on_click=_PACKED.set,
            args=(order.key,),
        )
        return
    with errors_shown():
        st.download_button(
            "Download the bundle",
            _pack(order.key, _order=order),
            file_name=f"train-version-{order.version.n}.zip",
            mime="application/zip",
            key="training.bundle.download",
            icon=":material/download:",
            on_click="ignore",
        )


@st.cache_data(max_entries=2, show_spinner="Writing the bundle")
def _pack(key: str, *, _order: Order) -> bytes:  # noqa: ARG001 - names the choice in the cache
    """The archive; the same version and knobs give the same bytes."""
    ws, one = workspace(), _order
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "bundle.zip"
        bundling.save_bundle(
            ws,
            local_actor(ws),
            one.project.id,
            one.version.n,
            one.base,
            archive,
            parameters=one.values,
            base_name=one.base.name,
        )
        return archive.read_bytes()
