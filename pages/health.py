"""Health: is this data balanced, whole and clean enough to freeze; then freeze it and take it out."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.model.states import ExampleState
from curation.services import browsing, freezing, health
from curation.services.projects import ProjectView
from ui import freeze_panel, health_cards, keys
from ui.coverage_map import draw_map, order_cell, write_cell
from ui.export_panel import draw_export
from ui.layout import keys_button, page_head
from ui.links import glossary_link
from ui.session import require_project, require_role, workspace
from ui.state import Act, ask, asked
from ui.template_card import draw_template

SCOPES = {"Everything alive": (), "Accepted only": (ExampleState.ACCEPTED,)}


def perform(project: ProjectView, act: Act) -> None:
    """Do what a button asked for."""
    if act.verb == "freeze":
        freeze_panel.ask_to_freeze(project)
    elif act.verb == "order":
        order_cell(project, act)
    elif act.verb == "write":
        write_cell(project, act)


require_role()
project = require_project()
act = asked("health")
glance = browsing.glance(workspace(), project.id)
versions = freezing.list_datasets(workspace(), project.id)
number = freeze_panel.next_number(versions)
accepted = glance.states.get(ExampleState.ACCEPTED, 0)
with page_head("Dataset health", f"{accepted:,} accepted of {glance.n_examples:,}"):
    scope = st.selectbox("Counted", list(SCOPES), key="health.scope", label_visibility="collapsed", width=160)
    st.page_link("../pages/import.py", label="Import", icon=":material/upload:")
    st.button(
        f"Freeze v{number}",
        key="health.freeze",
        type="primary" if accepted else "secondary",
        icon=":material/ac_unit:",
        shortcut=keys.SUBMIT.shortcut,
        on_click=partial(ask, "freeze", page="health"),
    )
    keys_button("health")
perform(project, act)
measured = health.measure_health(workspace(), project.id, states=SCOPES[scope])
health_cards.draw_blockers(measured, glance.n_with_errors, number)
left, right = st.columns([7, 6], gap="medium")
with left:
    draw_map(measured, is_next=not accepted, states=SCOPES[scope])
with right:
    health_cards.draw_no_tool(measured)
    health_cards.draw_splits(measured, SCOPES[scope])
first, second, third = st.columns([5, 4, 5], gap="medium")
with first:
    health_cards.draw_coverage(measured)
with second:
    health_cards.draw_faults(measured)
with third:
    health_cards.draw_lengths(measured)
left, right = st.columns([5, 6], gap="medium")
with left:
    freeze_panel.draw_versions(versions)
with right:
    draw_export(project, versions)
health_cards.draw_rules(measured, SCOPES[scope])
draw_template(project)
glossary_link()
