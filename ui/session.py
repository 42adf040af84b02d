"""The workspace this server works in, who is acting, and which project a tab looks at."""

from __future__ import annotations

import threading

import streamlit as st

from curation.errors import NotAllowedError
from curation.model.people import Actor, Role
from curation.services import bulk_running, people, projects
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace, find_home, open_workspace
from ui import state
from ui.at_desk import person_at_desk
from ui.text import plain

_open: dict[str, Workspace] = {}
_guard = threading.Lock()


def workspace() -> Workspace:
    """The one open workspace of this process, shared by every session and by the routes."""
    home = find_home()
    with _guard:
        if str(home) not in _open:
            _open[str(home)] = open_workspace(home, who=person_at_desk)
            bulk_running.go_on(_open[str(home)])
        return _open[str(home)]


def close_workspaces() -> None:
    """Close what this process opened; the launcher calls it when the server stops."""
    with _guard:
        for opened in _open.values():
            opened.close()
        _open.clear()


def require_role(*roles: Role) -> Actor:
    """Who may be here: the acting person, or one sentence and the end of the page."""
    actor = people.local_actor(workspace())
    if roles and not actor.roles & set(roles):
        error = NotAllowedError(f"This page is for the roles {', '.join(roles)}.", hint="Ask an admin for one of them.")
        st.error(plain(error))
        st.stop()
    return actor


def current_project() -> ProjectView | None:
    """The project this tab looks at: the one it chose, else the only or newest one; None in an empty workspace."""
    found = projects.list_projects(workspace())
    chosen = next((project for project in found if project.id == state.PROJECT.get()), None)
    return chosen or (found[-1] if found else None)


def require_project() -> ProjectView:
    """The current project, or the way to one and the end of the page."""
    project = current_project()
    if project is not None:
        return project
    st.title("No project yet", anchor=False)
    st.caption("A project holds your tools, the conversations that teach them, and the models trained on them.")
    st.page_link("../pages/home.py", label="Start with a project", icon=":material/home:")
    st.stop()
    raise AssertionError("st.stop ends the page")
