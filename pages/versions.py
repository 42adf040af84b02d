"""Dataset versions: what they are called, how two differ, how splits are shared out, and the shifted copy of a test."""

from __future__ import annotations

import streamlit as st

from curation.services import freezing
from ui.layout import keys_button, page_head
from ui.links import glossary_link
from ui.session import require_project, require_role, workspace
from ui.shifted_panel import draw_shifted
from ui.split_moves import draw_moves
from ui.split_shares import draw_shares
from ui.version_comparison import draw_comparison
from ui.version_names import choose_version, draw_name

actor = require_role()
ws = workspace()
project = require_project()
versions = freezing.list_datasets(ws, project.id)
with page_head("Dataset versions", f"{len(versions):,} frozen"):
    st.page_link("../pages/health.py", label="Health", icon=":material/monitor_heart:")
    keys_button("versions")
left, right = st.columns([6, 5], gap="medium")
with left:
    draw_shares(ws, project)
with right:
    draw_moves(ws, actor, project)
if versions:
    chosen = choose_version(ws, versions)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        draw_name(ws, actor, chosen)
    with right:
        draw_shifted(ws, actor, chosen)
    draw_comparison(ws, versions)
else:
    st.caption("Nothing is frozen yet. Versions are frozen on Health; here they get names and are compared.")
glossary_link()
