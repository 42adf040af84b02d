"""Home: where the project stands, and the next sensible act."""

import streamlit as st

from curation.services import browsing, gauging, settling, writing_tasks
from ui.home_empty import draw_empty_home
from ui.home_facts import draw_jobs, project_head
from ui.home_gauge import draw_gauge
from ui.home_lists import draw_attention, draw_waiting
from ui.home_next import draw_next_act, next_act
from ui.home_stations import draw_stations
from ui.session import current_project, require_role, workspace
from ui.text import plain

actor = require_role("annotator", "expert", "lead", "admin")
ws = workspace()
project = current_project()

if project is None:
    draw_empty_home(ws, actor)
else:
    glance = browsing.glance(ws, project.id)
    project_head(ws, actor, project, glance)
    draw_next_act(next_act(glance))
    draw_stations(glance)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        wanted = sum(one.n_left for one in writing_tasks.list_tasks(ws, project.id))
        draw_waiting(glance, settling.list_left(ws, actor, project.id), wanted)
        draw_attention(glance)
    with right:
        st.header("Data at a glance", anchor=False)
        with st.container(border=True):
            draw_gauge(gauging.gauge_no_tool(ws, project.id))
        draw_jobs(ws, project)
    st.caption(f":material/lock: On this machine only · {plain(st.get_option('server.address') or '127.0.0.1')}")
