"""What the buttons of a tool do: save, discard, add and remove parameters, publish, archive."""

from __future__ import annotations

import streamlit as st

from curation.services import cataloguing, tool_desk
from curation.services.parameter_edits import add_parameter, remove_parameter
from curation.services.parameter_forms import find, open_form
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_desk import Desk
from ui import publishing
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE, Act, ask
from ui.text import count, plain
from ui.tool_fields import HELD, Place, apply, show_parameter
from ui.tool_rail import TOOL

PAGE = "catalogue"


def perform(project: ProjectView, place: Place, act: Act) -> None:
    """Do what a button asked for."""
    ws = workspace()
    actor = local_actor(ws)
    if act.verb:
        HELD.set(act.nonce)
    if act.verb == "add parameter":
        _add_parameter(place, act.at)
    elif act.verb == "remove parameter":
        apply(place, lambda outline: remove_parameter(outline, act.at))
    elif act.verb == "save":
        saved = tool_desk.save(ws, actor, tool_desk.open_desk(ws, actor, *place), nonce=act.nonce)
        TOOL.set(saved.id)
        NOTICE.set(f"{plain(saved.name)} is saved")
        st.rerun()
    elif act.verb == "discard":
        tool_desk.discard(ws, actor, tool_desk.open_desk(ws, actor, *place))
        TOOL.clear() if place.object_id.startswith("new.") else None
        st.rerun()
    elif act.verb == "put on top":
        tool_desk.put_on_top(ws, actor, tool_desk.open_desk(ws, actor, *place))
    elif act.verb == "publish":
        _publish(project, place, act)
    elif act.verb == "archive":
        _archive_dialog(tool_desk.open_desk(ws, actor, *place), act.nonce)


def _publish(project: ProjectView, place: Place, act: Act) -> None:
    """Save what is still a draft, then ask; the question opens on the run that shows the saved tool."""
    ws = workspace()
    actor = local_actor(ws)
    desk = tool_desk.open_desk(ws, actor, *place)
    if not desk.drafted:
        publishing.ask_to_publish(project)
        return
    TOOL.set(tool_desk.save(ws, actor, desk, nonce=act.nonce).id)
    ask("publish", page=PAGE)
    st.rerun()


def _add_parameter(place: Place, parent: str) -> None:
    ws = workspace()
    desk = tool_desk.open_desk(ws, local_actor(ws), *place)
    taken = find(open_form(desk.fields["parameters"]), parent).properties or {}
    name = next(f"parameter_{n}" for n in range(1, len(taken) + 2) if f"parameter_{n}" not in taken)
    apply(place, lambda outline: add_parameter(outline, parent, name))
    show_parameter(place.object_id, f"{parent}/properties/{name}", is_new=True)


@st.dialog("Archive this tool?", icon=":material/archive:")
def _archive_dialog(desk: Desk, nonce: str) -> None:
    view = desk.view
    if view is None:
        return
    st.markdown(
        f"**{plain(view.name)}** leaves the catalogue with its next version. Its {count(view.n_examples, 'example')} "
        "and every frozen version keep their definitions."
    )
    if st.button("Archive", key=f"tool.archive.yes.{view.id}", type="primary", icon=":material/archive:"):
        with errors_shown():
            ws = workspace()
            cataloguing.archive_tool(ws, local_actor(ws), view.id, nonce=nonce)
            TOOL.clear()
            NOTICE.set(f"{plain(view.name)} is archived")
            st.rerun()
