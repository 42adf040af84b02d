"""Health: is this data balanced, whole and clean enough to freeze; then freeze it and take it out."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.model.states import GONE, ExampleState
from curation.services import browsing, freezing, health, ordering, people, writing_tasks
from curation.services.health_advice import advise
from curation.services.projects import ProjectView
from ui import freeze_panel, health_cards, keys
from ui.coverage_map import draw_map
from ui.export_panel import draw_export
from ui.health_choice import note_later, order_wanted, write_wanted
from ui.health_folds import draw_folds
from ui.health_next import draw_next, follow_counting, say_behind
from ui.health_tasks import draw_tasks, end_task
from ui.layout import keys_button, page_head
from ui.length_card import choose_base
from ui.links import glossary_link
from ui.order_batches import TAKE_BACK, take_back
from ui.placed_orders import draw_placed, remember
from ui.session import require_project, require_role, workspace
from ui.state import Act, ask, asked

SCOPES: dict[str, tuple[ExampleState, ...]] = {"Everything alive": (), "Accepted only": (ExampleState.ACCEPTED,)}


def perform(project: ProjectView, act: Act) -> None:
    """Do what a button asked for."""
    if act.verb == "freeze":
        freeze_panel.ask_to_freeze(project)
    elif act.verb == "order":
        order_wanted(project, act)
    elif act.verb == "write":
        write_wanted(project, act)
    elif act.verb == "end task":
        end_task(act)
    elif act.verb == TAKE_BACK:
        take_back(act)
    elif act.verb == "base":
        choose_base(project, act)


require_role()
project = require_project()
perform(project, asked("health"))
standing = browsing.count_states(workspace(), project.id)
versions = freezing.list_datasets(workspace(), project.id)
number = freeze_panel.next_number(versions)
accepted = standing.get(ExampleState.ACCEPTED, 0)
living = sum(n for state, n in standing.items() if state not in GONE)
states = SCOPES[st.session_state.get("health.scope", next(iter(SCOPES)))]
measured = health.measure_health(workspace(), project.id, states=states)
with page_head("Dataset health", f"{accepted:,} accepted of {living:,}{say_behind(measured)}"):
    st.selectbox("Counted", list(SCOPES), key="health.scope", label_visibility="collapsed", width=160)
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
follow_counting(project.id, measured)
tasks = writing_tasks.list_tasks(workspace(), project.id)
asked_for, coming = {one.trait for one in tasks}, ordering.list_under_way(workspace(), project.id)
note_later(asked_for, coming.values())
remember("health", coming)
draw_next(measured, advise(measured, states, asked=asked_for.union(coming.values())), number)
draw_placed(project.id, "health")
left, right = st.columns([7, 6], gap="medium")
with left:
    draw_map(measured, is_next=not accepted, states=states)
with right:
    health_cards.draw_no_tool(measured, states)
    health_cards.draw_splits(measured, states)
draw_tasks(tasks)
if measured.n_rows:
    names = {one.person_id: one.name for one in people.list_people(workspace())}
    draw_folds(project, measured, standing, names, states)
left, right = st.columns([5, 6], gap="medium")
with left:
    freeze_panel.draw_versions(versions)
with right:
    draw_export(project, versions)
glossary_link()
