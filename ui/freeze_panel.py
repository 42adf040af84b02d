"""Freezing: the question before it, and the versions there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import streamlit as st

from curation.model.people import Actor
from curation.model.states import Split
from curation.services import freezing, repairs, version_names
from curation.services.freezing import DatasetView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui.errors import errors_shown
from ui.layout import card_title
from ui.moments import ago
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, plain

_NONCE: Slot[str] = Slot("freeze.nonce", "")


def next_number(versions: Sequence[DatasetView]) -> int:
    """The number the next version gets."""
    return max((version.n for version in versions), default=0) + 1


def ask_to_freeze(project: ProjectView) -> None:
    """Open the question; one nonce for however often its button is pressed."""
    _NONCE.set(uuid.uuid4().hex)
    _freeze_dialog(project)


@st.dialog("Freeze a dataset version", icon=":material/ac_unit:")
def _freeze_dialog(project: ProjectView) -> None:
    draw_question(project)


def draw_question(project: ProjectView) -> None:
    """What the next version takes, what stays out, and the button that freezes it."""
    ws = workspace()
    actor = local_actor(ws)
    if "lead" not in actor.roles:
        st.caption("A lead freezes versions.")
        return
    number = next_number(freezing.list_datasets(ws, project.id))
    n_accepted, n_other = freezing.count_members(ws, project.id)
    st.markdown(
        f"Version {number} takes the {n_accepted:,} accepted examples as they are now. It never changes afterwards; "
        "every group gets its split once and for all."
    )
    n_waiting = repairs.count_repairs(ws, project.id)
    if n_waiting:
        waits = "waits for repair after a change of a tool and stays" if n_waiting == 1 else "wait for repair and stay"
        st.caption(f"{count(n_waiting, 'example')} {waits} out.")
    with_unreviewed = _unreviewed_switch(actor, n_other)
    is_empty = not n_accepted and not with_unreviewed
    if is_empty:
        st.caption("Nothing is accepted yet: accept examples on Review, or add the ones nobody has reviewed.")
    if st.button(f"Freeze v{number}", key="freeze.yes", type="primary", icon=":material/ac_unit:", disabled=is_empty):
        with errors_shown():
            frozen = freezing.freeze(ws, actor, project.id, include_unreviewed=with_unreviewed, nonce=_NONCE.get())
            NOTICE.set(_say_frozen(frozen, freezing.list_datasets(ws, project.id)))
            st.rerun()


def _say_frozen(frozen: DatasetView, versions: Sequence[DatasetView]) -> str:
    """What was frozen, and whether another version holds exactly the same."""
    said = f"Dataset v{frozen.n:,} is frozen with {count(sum(frozen.counts.values()), 'row')}"
    twin = _find_twin(frozen, versions)
    return f"{said}; nothing has changed since v{twin.n:,}" if twin else said


def _find_twin(version: DatasetView, versions: Sequence[DatasetView]) -> DatasetView | None:
    """The newest earlier version with the same rows in the same splits."""
    earlier = [one for one in versions if one.hash == version.hash and one.n < version.n]
    return max(earlier, key=lambda one: one.n, default=None)


def _unreviewed_switch(actor: Actor, n_other: int) -> bool:
    if "lead" not in actor.roles or not n_other:
        return False
    wanted: bool = st.toggle(
        f"Add {count(n_other, 'example')} without errors that nobody has reviewed, marked so", key="freeze.unreviewed"
    )
    return wanted


def draw_versions(versions: Sequence[DatasetView]) -> None:
    """Every frozen version: rows by split, what it was frozen with, its digest."""
    with st.container(border=True, height="stretch"):
        with card_title("Dataset versions", f"{len(versions)}" if versions else ""):
            if versions:
                st.page_link("../pages/versions.py", label="Names, differences", icon=":material/difference:")
        if not versions:
            st.caption("Nothing is frozen yet. Training and evaluation use frozen versions only.")
        names = version_names.read_names(workspace(), versions[:6])
        for version in versions[:6]:
            with st.container(gap="xxsmall"):
                twin = _find_twin(version, versions)
                same = f" · the same rows as v{twin.n:,}" if twin else ""
                title = version_names.title_of(version, names[version.id])
                st.markdown(f"**{plain(title, 48)}** · {_split_words(version)}{same}")
                st.caption(f"{ago(version.at)} · {plain(version.by)} · {_frozen_with(version)}")
        if len(versions) > 6:
            st.caption(f"and {len(versions) - 6} older ones")


def _split_words(version: DatasetView) -> str:
    return ", ".join(f"{split.value} {version.counts.get(split.value, 0):,}" for split in Split)


def _frozen_with(version: DatasetView) -> str:
    catalogue = f"catalogue v{version.catalogue_n}" if version.catalogue_n else "no catalogue version"
    return f"{catalogue} · digest {version.hash[:12]}"
