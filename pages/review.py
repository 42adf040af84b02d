"""Review: one decision at a time."""

import streamlit as st

from ui import state
from ui.queues import REVIEWING
from ui.rail import draw_rail
from ui.review_desk import nothing_left, review_desk
from ui.session import require_project, require_role, workspace

actor = require_role("annotator", "expert", "lead", "admin")
ws = workspace()
project = require_project()

with st.sidebar:
    st.header("Review", anchor=False)
    example_id = draw_rail(ws, project.id, REVIEWING)

if example_id:
    state.REVIEWED.set(example_id)
    review_desk(ws, actor, project, example_id)
else:
    nothing_left(ws, actor)
