"""Moving a group to another split: what goes along and what it means, a reason, and the way back."""

from __future__ import annotations

import streamlit as st

from curation.errors import CurationError
from curation.model.people import Actor
from curation.model.states import Split
from curation.services import split_moving
from curation.services.projects import ProjectView
from curation.services.split_moving import MovePlan, MoveView
from curation.services.workspace import Workspace
from ui.errors import errors_shown, show_error
from ui.glossary import meaning_of
from ui.layout import card_title
from ui.moments import ago
from ui.state import NOTICE
from ui.text import count, plain

SHOWN = 5


def draw_moves(ws: Workspace, actor: Actor, project: ProjectView) -> None:
    """The form for a lead, and what was moved before."""
    moves = split_moving.list_moves(ws, project.id)
    with st.container(border=True, height="stretch"):
        with card_title("Move a group"):
            pass
        if "lead" not in actor.roles:
            st.caption("A group keeps its split. Only a lead moves one, with a reason that is written down.")
        else:
            _draw_form(ws, actor, project, len(moves))
        for one in moves[:SHOWN]:
            _draw_move(ws, actor, project, one)
        if len(moves) > SHOWN:
            st.caption(f"and {len(moves) - SHOWN:,} earlier")


def _draw_form(ws: Workspace, actor: Actor, project: ProjectView, n_moves: int) -> None:
    said = st.text_input(
        "Group, or the number of an example in it",
        key=f"versions.group.{project.id}.{n_moves}",
        help=meaning_of("group"),
        placeholder="such as 128",
    )
    if not (said or "").strip():
        st.caption("A group keeps its split for ever, unless somebody moves it and says why.")
        return
    try:
        plan = split_moving.plan_move(ws, project.id, said)
    except CurationError as error:
        show_error(error)
        return
    _draw_plan(ws, actor, project, plan, n_moves)


def _draw_plan(ws: Workspace, actor: Actor, project: ProjectView, plan: MovePlan, n_moves: int) -> None:
    along = f", with {count(len(plan.groups) - 1, 'group')} of the same rows" if len(plan.groups) > 1 else ""
    holds = count(plan.n_examples, "example") + along
    st.markdown(f"**{plain(plan.group, 40)}** is in {plain(plan.split)}: {plain(holds)}.")
    to = st.selectbox(
        "Move to", [split.value for split in Split if split is not plan.split], key=f"versions.to.{plan.group}"
    )
    reason = st.text_input("Reason", key=f"versions.reason.{plan.group}.{n_moves}", max_chars=300)
    is_told = True
    if plan.tested_in:
        st.warning(plain(split_moving.say_tested(plan.tested_in)), icon=":material/warning:")
        is_told = st.checkbox("I know, move it all the same", key=f"versions.told.{plan.group}.{n_moves}")
    if st.button(
        f"Move to {plain(to)}",
        key="versions.move",
        icon=":material/drive_file_move:",
        disabled=not (is_told and reason),
    ):
        with errors_shown():
            split_moving.move_group(
                ws,
                actor,
                project.id,
                plan.group,
                str(to),
                reason or "",
                despite_frozen=bool(plan.tested_in) and is_told,
                nonce=f"move.{project.id}.{plan.group}.{to}.{n_moves}",
            )
            NOTICE.set(f"Moved to {to}; the next version has it there")
            st.rerun()


def _draw_move(ws: Workspace, actor: Actor, project: ProjectView, one: MoveView) -> None:
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            more = f" and {len(one.groups) - 1:,} more" if len(one.groups) > 1 else ""
            way = f"{more}: {one.before} → {one.after}"
            st.markdown(f"**{plain(one.groups[0], 28)}**{plain(way)}", width="content")
            st.space("stretch")
            if one.can_be_undone and "lead" in actor.roles and _undo_button(one):
                _ask_back(ws, actor, project, one)
        st.caption(f"{ago(one.at)} · {plain(one.by)} · {plain(one.reason, 120)}")


def _undo_button(one: MoveView) -> bool:
    pressed: bool = st.button("Undo", key=f"versions.unmove.{one.id}", type="tertiary", icon=":material/undo:")
    return pressed


@st.dialog("Take this move back?", icon=":material/undo:")
def _ask_back(ws: Workspace, actor: Actor, project: ProjectView, one: MoveView) -> None:
    st.markdown(f"**{plain(one.groups[0], 40)}** goes back to {plain(one.before)}.")
    tested_in = split_moving.plan_move(ws, project.id, one.groups[0]).tested_in
    if tested_in:
        st.warning(plain(split_moving.say_tested(tested_in)), icon=":material/warning:")
    if st.button("Take it back", key="versions.unmove.yes", type="primary", icon=":material/undo:"):
        with errors_shown():
            split_moving.undo_move(ws, actor, one.id, despite_frozen=bool(tested_in), nonce=f"unmove.{one.id}")
            NOTICE.set(f"Moved back to {one.before}")
            st.rerun()
