"""Review: one decision at a time."""

from dataclasses import replace

import streamlit as st

from ui import review_claims, state
from ui.at_desk import choose_person
from ui.queues import REVIEWING
from ui.rail import draw_rail, turn_on, turn_to_first
from ui.review_desk import nothing_left, review_desk
from ui.session import require_project, require_role, workspace

actor = require_role("annotator", "expert", "lead", "admin")
ws = workspace()
project = require_project()

with st.sidebar:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Review", anchor=False, width="content")
        st.space("stretch")
        choose_person(ws, actor, "review")
    was_open = state.REVIEWED.get()
    example_id = draw_rail(ws, project.id, replace(REVIEWING, judge=actor.person_id))
    st.page_link("../pages/orders.py", label="Orders", icon=":material/auto_awesome:")
    st.page_link("../pages/agreement.py", label="Agreement", icon=":material/balance:")

free = "" if was_open else review_claims.first(ws, actor)
if free and free != example_id:
    state.REVIEWED.set(free)
    st.rerun()
if not was_open and not free and (turn_on if example_id else turn_to_first)(REVIEWING):
    st.rerun()  # others have all that this page holds, or it was worked off

if example_id:
    state.REVIEWED.set(example_id)
    review_desk(ws, actor, project, example_id)
else:
    nothing_left(ws, actor)
