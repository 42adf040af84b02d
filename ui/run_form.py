"""A new run: which version, which base model, which knobs; what would be trained; then the launch."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from curation.services import choices, freezing
from curation.services.choices import ProviderChoice
from curation.services.freezing import DatasetView
from curation.services.projects import ProjectView
from ui import keys
from ui.hosted_preflight import HostedPlan, draw_hosted_preflight
from ui.knobs import draw_knobs
from ui.layout import empty_card, keys_button, page_head
from ui.preflight_panel import Plan, draw_preflight
from ui.recipe_panel import Order, draw_elsewhere, draw_recipes
from ui.run_name import draw_name
from ui.session import workspace
from ui.text import count, plain, show_unseen, source

SMALL = "The small instruct model that comes with Callwright"
OWN = "A model folder of mine"
NARROWEST_PX = 330
LOCAL = "local"
"""Whose knobs a bundle to train elsewhere is made from."""


def draw_form(project: ProjectView) -> None:
    """The form, the preflight and the launch."""
    with page_head("New run", "Preflight shows what would be learned before anything starts"):
        keys_button("training")
    versions = freezing.list_datasets(workspace(), project.id)
    if not versions:
        draw_no_version()
        return
    # One below the other where there is no room for two.
    grid = st.grid(2, min_column_width=NARROWEST_PX, gap="medium")
    with grid, st.container(border=True):
        version = choose_version(versions)
        provider = _choose_provider()
        # A host names its base models itself, as one of its knobs.
        base = None if provider.is_hosted else choose_base()
        owner = f"training.knob.{provider.name}"
        if not provider.is_hosted:
            draw_recipes(provider.parameters, owner, base)
        name = draw_name(f"{base.name if base else 'The base model'} on version {version.n}")
        values = draw_knobs(provider.parameters, owner=owner, columns=2)
        if provider.name == LOCAL and base is not None:
            draw_elsewhere(Order(project, version, base, values, name))
    with grid, st.container(border=True):
        if provider.is_hosted:
            draw_hosted_preflight(HostedPlan(project, version, provider, values, name))
        else:
            draw_preflight(Plan(project, version, base, provider, values, name))


def draw_no_version() -> None:
    """What has to be there before anything can be learnt or asked."""
    with empty_card():
        st.header("Nothing to train on yet", anchor=False)
        st.markdown(
            "A run learns from a dataset version: accepted examples, frozen with their splits under one digest."
        )
        if st.button(
            "Freeze a version on Health",
            key="training.freeze",
            type="primary",
            icon=":material/ac_unit:",
            shortcut=keys.NEXT_ACT.shortcut,
        ):
            st.switch_page("../pages/health.py")


def choose_version(versions: tuple[DatasetView, ...]) -> DatasetView:
    """The newest one unless somebody chooses otherwise."""
    newest_first = sorted(versions, key=lambda version: -version.n)
    chosen: DatasetView = st.selectbox(
        "Dataset version",
        newest_first,
        key="training.version",
        format_func=lambda version: f"v{version.n} · {count(version.counts.get('train', 0), 'training example')}",
    )
    return chosen


def choose_base() -> Path | None:
    """The folder of the base model, with its licence where a person can read it."""
    choice = st.radio("Base model", [SMALL, OWN], key="training.base")
    if choice == SMALL:
        card, folder = choices.small_base(workspace()), None
    else:
        typed = st.text_input(
            "Model folder", key="training.folder", placeholder="/models/my-base", persist_state="session"
        )
        folder = Path(typed).expanduser() if typed else None
        if folder is None or not folder.is_dir():
            if typed:
                st.markdown(":small[:red[:material/error: There is no such folder on this machine.]]")
            else:
                st.caption("A folder with config.json and safetensors.")
            return None
        card = choices.describe_base(folder)
    st.caption(f"{plain(card.name)} · licence {plain(card.licence)} · {plain(card.provenance)}")
    if card.licence_text:
        with st.expander("Read the licence", type="compact"):
            source(card.licence_text[:20000])
    return folder or Path(card.folder)


def _choose_provider() -> ProviderChoice:
    providers = {provider.name: provider for provider in choices.list_providers()}
    if len(providers) == 1:
        return next(iter(providers.values()))
    return providers[
        st.selectbox(
            "Where it runs",
            list(providers),
            key="training.provider",
            format_func=lambda one: show_unseen(providers[one].title),
        )
    ]
