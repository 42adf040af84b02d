"""Write: work down the queue, one conversation at a time."""

import uuid

import streamlit as st

from curation.model.states import ExampleState
from curation.services import writing
from curation.services.turn_edits import blank_example
from ui import state
from ui.rail import Rail, Tab, draw_rail
from ui.session import require_project, require_role, workspace
from ui.text import plain
from ui.write_acts import published_tools
from ui.write_desk import write_desk

actor = require_role("annotator", "expert", "lead", "admin")
ws = workspace()
project = require_project()
QUEUE = Rail(
    page="write",
    heading="Queue",
    tabs=(
        Tab("Drafts", (ExampleState.DRAFT,)),
        Tab("Asked", (ExampleState.CHANGES_REQUESTED,)),
        Tab("New", (ExampleState.CANDIDATE,)),
        Tab("Done", (ExampleState.SUBMITTED, ExampleState.ACCEPTED, ExampleState.REJECTED)),
    ),
    chosen=state.EXAMPLE,
    empty="Nothing here. New starts a conversation; Catalogue can order candidates.",
)

wanted = str(st.query_params.get("example", ""))
if wanted:
    state.EXAMPLE.set(wanted)
    st.query_params.pop("example", None)

with st.sidebar:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Queue", anchor=False, width="content")
        st.space("stretch")
        is_new = st.button("New", key="write.new", type="tertiary", icon=":material/add:")
    if is_new:
        definitions = tuple(tool.definition for tool in published_tools(ws, project.id).values())
        fresh = writing.new_example(ws, actor, project.id, blank_example(definitions), nonce=uuid.uuid4().hex)
        state.EXAMPLE.set(fresh.id)
    example_id = draw_rail(ws, project.id, QUEUE)

if example_id:
    state.EXAMPLE.set(example_id)
    write_desk(ws, actor, project, example_id)
else:
    st.title("Nothing to write yet", anchor=False)
    st.caption("An example is a conversation that teaches a model when to call a tool, and how.")
    if st.button("Write an example", key="write.first", type="primary", icon=":material/edit_note:"):
        definitions = tuple(tool.definition for tool in published_tools(ws, project.id).values())
        fresh = writing.new_example(ws, actor, project.id, blank_example(definitions), nonce=uuid.uuid4().hex)
        state.EXAMPLE.set(fresh.id)
        st.rerun()
    if not published_tools(ws, project.id):
        st.caption(f"The project {plain(project.name, 40)} has no published tools yet; they come first.")
        st.page_link("../pages/catalogue.py", label="Open the catalogue", icon=":material/construction:")
