"""Which version is looked at, and what it is called."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import streamlit as st

from curation.model.people import Actor
from curation.model.states import Split
from curation.services import version_names
from curation.services.freezing import DatasetView
from curation.services.version_names import LONGEST_NAME, LONGEST_NOTE, VersionName
from curation.services.workspace import Workspace
from ui.errors import errors_shown
from ui.layout import card_title
from ui.moments import ago
from ui.state import NOTICE
from ui.text import plain, show_unseen


def titles(ws: Workspace, versions: Sequence[DatasetView]) -> dict[str, str]:
    """Version → its number and name, as a choice shows it: no mark-up works there."""
    names: Mapping[str, VersionName] = version_names.read_names(ws, versions)
    return {one.id: show_unseen(version_names.title_of(one, names.get(one.id))) for one in versions}


def choose_version(ws: Workspace, versions: Sequence[DatasetView]) -> DatasetView:
    """The version that is named and copied; the newest one unless somebody chooses."""
    by_id = {one.id: one for one in versions}
    shown = titles(ws, versions)
    chosen = st.selectbox(
        "Version", list(by_id), key=f"versions.chosen.{versions[0].id}", format_func=shown.__getitem__, width=320
    )
    return by_id[chosen]


def draw_name(ws: Workspace, actor: Actor, version: DatasetView) -> None:
    """Name and note, which may change; everything else of a version does not."""
    now = version_names.read_names(ws, [version])[version.id]
    with st.container(border=True, height="stretch"):
        with card_title(f"v{version.n}", f"{ago(version.at)}, by {version.by}"):
            pass
        st.caption(_facts(version))  # safe: numbers and a digest
        if "lead" not in actor.roles:
            st.markdown(f"**{plain(now.name) or 'No name'}**")
            st.caption(plain(now.note))
            return
        key = f"{version.id}.{now.name}"
        name = st.text_input("Name", now.name, key=f"versions.name.{key}", max_chars=LONGEST_NAME)
        note = st.text_area("Note", now.note, key=f"versions.note.{key}", max_chars=LONGEST_NOTE, height=90)
        is_same = VersionName(name or "", note or "") == now
        if st.button("Keep name and note", key="versions.rename", icon=":material/save:", disabled=is_same):
            with errors_shown():
                version_names.name_version(ws, actor, version.id, name or "", note or "", nonce=uuid.uuid4().hex)
                NOTICE.set(f"The name of v{version.n:,} is kept")
                st.rerun()


def _facts(version: DatasetView) -> str:
    rows = ", ".join(f"{split.value} {version.counts.get(split.value, 0):,}" for split in Split)
    return f"{rows} · digest {version.hash[:12]}"
