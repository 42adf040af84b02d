"""Playground: a live model's calls, judged, run on mocks and handed back; its bad answers become drafts."""

from __future__ import annotations

import streamlit as st

from ui import keys
from ui.layout import keys_button, page_head
from ui.links import glossary_link
from ui.playground_desk import draw_desk
from ui.playground_log import draw_log
from ui.session import require_project, require_role
from ui.state import Slot

IS_LOG: Slot[bool] = Slot("playground.is_log", default=False)

actor = require_role("annotator", "expert", "lead")
project = require_project()
is_log = IS_LOG.get()
with page_head("Log of answers" if is_log else "Playground", "calls are judged, and run on mocks only"):
    st.button(
        "Conversation" if is_log else "Log",
        key="playground.log",
        type="tertiary",
        icon=":material/forum:" if is_log else ":material/receipt_long:",
        shortcut=keys.SHOW_LOG.shortcut,
        on_click=IS_LOG.set,
        args=(not is_log,),
    )
    keys_button("playground")
if is_log:
    draw_log(project, actor)
else:
    draw_desk(actor, project)
glossary_link()
