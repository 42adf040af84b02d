"""Agreement: how alike two people judge, and what they judged differently."""

import streamlit as st

from ui.agreement_panel import draw_agreement
from ui.layout import keys_button, page_head
from ui.resolve_desk import resolve_desk
from ui.session import require_project, require_role, workspace

actor = require_role("annotator", "expert", "lead", "admin")
ws = workspace()
project = require_project()

with page_head("Agreement", "two people, one example, neither saw the other's word first"):
    st.page_link("../pages/review.py", label="Review", icon=":material/rate_review:")
    keys_button("agreement")
resolve_desk(ws, actor, project)
draw_agreement(ws, actor, project)
