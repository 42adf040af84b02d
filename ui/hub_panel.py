"""Sending a version to a hub of datasets: says where it would go, asks, and sends only after a yes to just that."""

from __future__ import annotations

import uuid
from typing import Protocol

import streamlit as st

from curation.services import hub_pushing
from curation.services.export_choices import Options
from curation.services.freezing import DatasetView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import Slot
from ui.text import count, plain

_NONCE: Slot[str] = Slot("hub.nonce", "")


class Choice(Protocol):
    """What is to be sent."""

    @property
    def version(self) -> DatasetView: ...
    @property
    def format_name(self) -> str: ...
    @property
    def splits(self) -> tuple[str, ...]: ...
    @property
    def options(self) -> Options: ...
    @property
    def allow_errors(self) -> bool: ...


def draw_button(project: ProjectView, key: str, wanted: Choice) -> None:
    """Opens the question; only a lead may send."""
    if "lead" not in local_actor(workspace()).roles:
        return
    if st.button("Send to a hub", key="export.hub", type="tertiary", icon=":material/cloud_upload:"):
        _NONCE.of(key).set(uuid.uuid4().hex)
        _dialog(project, key, wanted)


@st.dialog("Send to a hub", icon=":material/cloud_upload:")
def _dialog(project: ProjectView, key: str, wanted: Choice) -> None:
    draw_question(project, key, wanted)


def draw_question(project: ProjectView, key: str, wanted: Choice) -> None:
    """Where it goes, who can read it there, and the yes without which nothing is sent."""
    hub = hub_pushing.read_hub()
    if not hub.has_token:
        st.caption(
            f"Set {hub_pushing.TOKEN_VARIABLE} where Callwright is started, and restart it. It is stored nowhere."
        )
        return
    repo = st.text_input("Repository", key=f"hub.repo.{project.id}", placeholder="owner/name").strip()
    private = st.toggle("Only its owner can read it", value=True, key="hub.private")
    rows = sum(wanted.version.counts.get(split, 0) for split in wanted.splits)
    who = "only its owner" if private else "everybody"
    agreed = bool(repo) and st.checkbox(
        f"Yes: send {count(rows, 'example')} of v{wanted.version.n} as {plain(wanted.format_name)} to "
        f"{plain(hub.host)} as {plain(repo)}, for {who} to read",
        key=f"hub.agreed.{repo}.{private}",
    )
    if st.button("Send", key="hub.send", type="primary", icon=":material/cloud_upload:", disabled=not agreed):
        _send(key, wanted, repo, private=private)


def _send(key: str, wanted: Choice, repo: str, *, private: bool) -> None:
    ws = workspace()
    with errors_shown(), st.spinner("Sending"):
        pushed = hub_pushing.push_export(
            ws,
            local_actor(ws),
            wanted.version.id,
            wanted.format_name,
            repo,
            agreed_to=repo,
            private=private,
            splits=wanted.splits,
            options=wanted.options,
            allow_errors=wanted.allow_errors,
            nonce=f"{_NONCE.of(key).get()}.{repo}.{private}",
        )
        st.success(f"{count(len(pushed.files), 'file')} sent as {plain(pushed.repo)}", icon=":material/check:")
        st.caption(plain(pushed.url))
