"""Home's quiet controls: which project this tab looks at, a new one beside it, and the target it is judged by."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.model.people import Actor
from curation.services import choices, projects
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace
from ui import state
from ui.errors import errors_shown
from ui.glossary import meaning_of
from ui.text import plain, shorten


def choose_target(ws: Workspace, actor: Actor, project: ProjectView) -> None:
    """What examples are judged by; another choice counts every finding anew."""
    titles, groups = choices.list_targets(), choices.target_groups()
    names = ["", *titles]
    key = f"home.target.{project.id}.{project.working_target}"
    chosen = st.selectbox(
        "Working target",
        names,
        index=names.index(project.working_target or ""),
        format_func=lambda one: f"{groups[one]}: {titles[one]}" if one else "target: none",
        key=key,
        help=meaning_of("target"),
    )
    if (chosen or None) == project.working_target:
        return
    with st.spinner("Judging every example by the new target …"), errors_shown():
        projects.set_target(ws, actor, project.id, chosen or None, nonce=uuid.uuid4().hex)
        st.rerun()


def project_menu(ws: Workspace, actor: Actor, project: ProjectView) -> None:
    """What this project is judged by, another project, or a new one."""
    # Named after the project: once another is open it is another one, which is closed.
    with st.popover("Project", type="tertiary", icon=":material/folder_open:", key=f"home.project.{project.id}.menu"):
        choose_target(ws, actor, project)
        _switch(ws, project)
        name = st.text_input("New project", placeholder="Its name", key="home.project.name")
        if st.button("Create it", key="home.project.create", icon=":material/add:"):
            with errors_shown():
                made = projects.create_project(ws, actor, name or "", nonce=uuid.uuid4().hex)
                state.open_project(made.id)
                state.NOTICE.set(f"{plain(made.name, 40)} is open")
                st.rerun()


def _switch(ws: Workspace, project: ProjectView) -> None:
    """The other projects of the workspace, where there are any."""
    names = {one.id: one.name for one in projects.list_projects(ws)}
    if len(names) < 2:
        return
    ids = list(names)
    key = f"home.project.{project.id}"
    st.selectbox(
        "Open another",
        ids,
        index=ids.index(project.id),
        format_func=lambda one: shorten(names[one], 40),
        key=key,
        on_change=_switched,
        args=(key,),
    )


def _switched(key: str) -> None:
    state.open_project(str(st.session_state[key]))
