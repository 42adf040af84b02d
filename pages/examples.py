"""Examples: find any of them, and change many at once."""

import streamlit as st

from ui.example_desk import example_desk
from ui.example_queues import draw_queues, open_first_view
from ui.links import glossary_link
from ui.session import require_project, require_role, workspace

actor = require_role("annotator", "expert", "lead", "admin")
ws = workspace()
project = require_project()
open_first_view(ws, actor, project.id)

with st.sidebar:
    st.header("Queues", anchor=False)
    draw_queues(ws, project.id)
    glossary_link()

example_desk(ws, actor, project.id)
