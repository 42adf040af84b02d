"""Playground: a live model's calls, judged, run on mocks and handed back; its bad answers become drafts."""

from __future__ import annotations

import streamlit as st

from curation.services import playground_log
from ui import keys
from ui.layout import keys_button, page_head
from ui.links import glossary_link
from ui.playground_desk import draw_desk
from ui.playground_log import draw_log
from ui.session import require_project, require_role, workspace
from ui.state import Slot
from ui.text import count

IS_LOG: Slot[bool] = Slot("playground.is_log", default=False)

actor = require_role("annotator", "expert", "lead")
project = require_project()
is_log = IS_LOG.get()
invalid, every = playground_log.count_invalid(workspace(), project.id)
facts = f"{count(every, 'answer')} so far, {invalid:,} invalid" if every else "calls are judged, and run on mocks only"
with page_head("Log of answers" if is_log else "Playground", facts):
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
