"""Import: rows from elsewhere become examples; what cannot be read is kept and mended here."""

from __future__ import annotations

import streamlit as st

from curation.services import importing
from ui.import_panel import draw_upload
from ui.import_running import draw_running
from ui.import_sources import draw_sources
from ui.layout import keys_button, page_head
from ui.rejects_panel import draw_rejects
from ui.sample_panel import draw_sample
from ui.session import current_project, require_role, workspace

actor = require_role()
project = current_project()
with page_head("Import", "Look first; then everything comes in as one act"):
    if project is None:
        st.page_link("../pages/home.py", label="Back to the start", icon=":material/home:")
    else:
        st.page_link("../pages/health.py", label="Health", icon=":material/monitor_heart:")
    keys_button("import")
sources = importing.list_sources(workspace(), project.id) if project else ()
left, right = st.columns([6, 5], gap="medium")
with left:
    draw_upload(project, sources)
with right:
    if project is not None:
        draw_running(project.id)
    draw_sources(project, sources)
draw_rejects(sources)
if project:
    draw_sample(workspace(), actor, sources)
