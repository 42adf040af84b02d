"""Catalogue: the tools a model may call, written in a form and as JSON, published as versions."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.services import cataloguing, tool_desk
from curation.services.projects import ProjectView
from ui import keys
from ui.catalogue_desk import draw_desk
from ui.layout import keys_button, page_head
from ui.session import require_project, require_role, workspace
from ui.state import ACT, ask, asked
from ui.tool_acts import bring_back
from ui.tool_files import answer_menu, open_import
from ui.tool_place import DISCARDED, Place, live_key, move_cursor
from ui.tool_rail import TOOL, draw_rail
from ui.tool_texts import take_left


def begin_tool(project: ProjectView) -> None:
    """Open an empty form, the cursor in its name; it becomes a tool when it is saved."""
    TOOL.set(tool_desk.new_object_id(workspace(), project.id))
    move_cursor(live_key(Place(project.id, TOOL.get()), "name"))


def draw_empty(project: ProjectView) -> None:
    """What the page says before there is a tool."""
    _, middle, _ = st.columns([1, 3, 1])
    with middle, st.container(border=True):
        st.header("No tools yet", anchor=False)
        st.markdown("A tool is a name, a description and parameters; every example is checked against it.")
        with st.container(horizontal=True, vertical_alignment="center"):
            if DISCARDED.of(project.id).get():
                back = partial(bring_back, project.id)
                undo = keys.UNDO.shortcut
                st.button("Undo", key="catalogue.back_again", icon=":material/undo:", shortcut=undo, on_click=back)
            begin = partial(ask, "new", page="catalogue")
            st.button("New tool", key="catalogue.first", type="primary", icon=":material/add:", on_click=begin)
            st.button("Import tools", key="catalogue.first_import", icon=":material/upload:", on_click=open_import)
            st.page_link("../pages/import.py", label="Import examples with their tools", icon=":material/upload:")


require_role()
project = require_project()
take_left()
if ACT.of("catalogue").get().verb == "new":
    asked("catalogue")
    begin_tool(project)
tools = cataloguing.list_tools(workspace(), project.id)
chosen = draw_rail(project, tools, cataloguing.current_catalogue(workspace(), project.id))
answer_menu(project)
if chosen:
    draw_desk(project, chosen)
else:
    with page_head("Catalogue"):
        keys_button("catalogue")
    draw_empty(project)
