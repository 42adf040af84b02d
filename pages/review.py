"""Review: one decision at a time."""

import streamlit as st

from curation.model.states import ExampleState
from ui import state
from ui.rail import Rail, Tab, draw_rail
from ui.review_desk import nothing_left, review_desk
from ui.session import require_project, require_role, workspace

actor = require_role("annotator", "expert", "lead", "admin")
ws = workspace()
project = require_project()
QUEUE = Rail(
    page="review",
    heading="Review",
    tabs=(
        Tab("To review", (ExampleState.SUBMITTED,)),
        Tab("Candidates", (ExampleState.CANDIDATE,)),
        Tab("Done", (ExampleState.ACCEPTED, ExampleState.REJECTED)),
    ),
    chosen=state.REVIEWED,
    empty="Nothing left here.",
)

with st.sidebar:
    st.header("Review", anchor=False)
    example_id = draw_rail(ws, project.id, QUEUE)

if example_id:
    state.REVIEWED.set(example_id)
    review_desk(ws, actor, project, example_id)
else:
    nothing_left(ws, actor)
