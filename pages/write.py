"""Write: work down the queue, one conversation at a time."""

import uuid

import streamlit as st

from ui import keys, state
from ui.layout import empty_card, keys_button
from ui.queues import WRITING
from ui.rail import draw_rail
from ui.session import require_project, require_role, workspace
from ui.templates import choose_template, name_cases
from ui.text import plain
from ui.write_acts import begin_example, published_tools
from ui.write_desk import write_desk

actor = require_role("annotator", "expert", "lead", "admin")
ws = workspace()
project = require_project()

with st.sidebar:
    with st.container(key="write-begin", horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall"):
        st.header("Queue", anchor=False, width="content")
        st.space("stretch")
        is_new = st.button("New", key="write.new", type="tertiary", icon=":material/add:", shortcut=keys.NEW.shortcut)
        is_templated = st.button(
            "Template",
            key="write.template",
            type="tertiary",
            shortcut=keys.NEW_FROM_TEMPLATE.shortcut,
            help="Begin with a hard case",
        )
    if is_new:
        begin_example(ws, actor, project.id)
    example_id = draw_rail(ws, project.id, WRITING)

if example_id:
    state.EXAMPLE.set(example_id)
    write_desk(ws, actor, project, example_id)
else:
    tools = list(published_tools(ws, project.id))
    with empty_card():
        st.title("Nothing to write yet", anchor=False)
        st.markdown("An example is a conversation that teaches a model when to call a tool, and how.")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if st.button("Write an example", key="write.first", type="primary", icon=":material/edit_note:"):
                begin_example(ws, actor, project.id)
                st.rerun()
            if tools:
                is_templated |= st.button("Begin with a template", key="write.first_case", icon=":material/extension:")
            st.space("stretch")
            keys_button(WRITING.page)
        if tools:
            st.caption(f"A template begins a hard case: {name_cases()}.")  # safe: our words
        else:
            st.caption(f"The project {plain(project.name, 40)} has no published tools yet; they come first.")
            st.page_link("../pages/catalogue.py", label="Open the catalogue", icon=":material/construction:")

if is_templated:
    choose_template(ws, actor, project.id, list(published_tools(ws, project.id)), uuid.uuid4().hex)
