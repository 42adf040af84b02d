"""The versions there were: of the catalogue, with a readable difference between any two, and of one tool."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import pairwise

import streamlit as st

from curation.model.filters import ExampleFilter, Special
from curation.model.outline import lay_out
from curation.services import cataloguing, migrating, repairs, tool_history
from curation.services.cataloguing import CatalogueView
from curation.services.filtering import write_address
from curation.services.migrating import MoveView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_differences import compare_catalogues, compare_tools
from curation.services.tool_history import ToolSave
from ui.errors import errors_shown
from ui.moments import ago
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.tabs import tab_label
from ui.text import count, plain, source
from ui.tool_changes import draw_change, draw_sentences
from ui.tool_moves import undo_move
from ui.tool_rail import TOOL

MAX_VERSIONS = 30
SAMPLE = 12
"""Examples a lead is asked to look at before accepting many again."""
NONCE: Slot[str] = Slot("versions.nonce", "")


def show_history(project: ProjectView) -> None:
    """Open the versions; one nonce for however often Undo is pressed."""
    NONCE.set(uuid.uuid4().hex)
    _history_dialog(project)


@st.dialog("Versions", width="large", icon=":material/history:")
def _history_dialog(project: ProjectView) -> None:
    draw_versions(project)


def draw_versions(project: ProjectView) -> None:
    """The catalogue's versions, and the saves of the tool on the desk."""
    chosen = TOOL.get()
    is_saved = bool(chosen) and not chosen.startswith("new.")
    catalogue, tool = st.tabs(
        [tab_label(":material/menu_book: Catalogue"), tab_label(":material/construction: This tool")],
        key="versions.tabs",
    )
    with catalogue:
        _draw_catalogues(project)
    with tool:
        if is_saved:
            _draw_tool(chosen)
        else:
            st.caption("This tool is not saved yet.")


def _draw_catalogues(project: ProjectView) -> None:
    versions = cataloguing.list_catalogues(workspace(), project.id)
    if not versions:
        st.caption("Nothing is published yet. A version fixes the tools that examples are checked against.")
        return
    move = migrating.last_move(workspace(), project.id)
    if move is not None:
        _draw_move(project, move)
    for undone in migrating.list_undone_moves(workspace(), project.id):
        st.caption(_say_undone(undone))  # safe: made by count() and plain()
    if len(versions) > 1:
        _draw_comparison(versions)
    befores = {one.n: other for one, other in pairwise(versions)}
    for version in versions[:MAX_VERSIONS]:
        _draw_version(version, befores.get(version.n))
    if len(versions) > MAX_VERSIONS:
        st.caption(f"{len(versions) - MAX_VERSIONS:,} older ones can be chosen above.")


def _draw_move(project: ProjectView, move: MoveView) -> None:
    """The newest move of examples: what waits since, what may be accepted again, and the way back."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            n = count(move.n_examples, "example")
            said = f"{n} went to {plain(move.name)}, {ago(move.at)} by {plain(move.by)}"
            st.caption(said, width="content")  # safe: made by count() and plain()
            st.space("stretch")
            undo = st.button("Undo the move", key="versions.undo", icon=":material/undo:")
        _draw_waiting(project)
        _draw_accepting(move)
    if undo:
        with errors_shown():
            NOTICE.set(undo_move(move, nonce=f"{NONCE.get()} undo"))
            st.rerun()


def _say_undone(move: MoveView) -> str:
    went = f"{count(move.n_examples, 'example')} went to {plain(move.name)} by {plain(move.by)}"
    return f":material/undo: {went}, {ago(move.at)}; undone by {plain(move.undone_by)}, {ago(move.undone_at)}"


def _draw_waiting(project: ProjectView) -> None:
    n = repairs.count_repairs(workspace(), project.id)
    if n:
        st.page_link(
            "../pages/examples.py",
            label=f"{count(n, 'example waits', 'examples wait')} for repair, outside new dataset versions",
            icon=":material/healing:",
            query_params={"project": project.id, **write_address(ExampleFilter(special=Special.REPAIR))},
        )


def _draw_accepting(move: MoveView) -> None:
    """A lead looks at a sample and accepts the rest with it: only what was accepted before and has no error."""
    ws = workspace()
    found = migrating.list_acceptable_again(ws, move.batch_id)
    if not found or "lead" not in local_actor(ws).roles:
        return
    n = len(found)
    with st.expander(f"{count(n, 'example was', 'examples were')} accepted before the move", type="compact"):
        sample = found[:SAMPLE]
        st.caption(_say_sample(len(sample), n))  # safe: numbers
        for head in sample:
            st.page_link(
                "../pages/review.py",
                label=f"#{head.number:,} {plain(head.title, 60)}",
                query_params={"project": head.project_id, "example": head.id},
            )
        if st.button(f"Accept {n:,} again", key="versions.accept", icon=":material/done_all:"):
            with errors_shown():
                accepted = migrating.accept_again(ws, local_actor(ws), move.batch_id, nonce=f"{NONCE.get()} accept")
                NOTICE.set(f"{count(accepted, 'example is', 'examples are')} accepted again")
                st.rerun()


def _say_sample(n_sample: int, n: int) -> str:
    """What looking at a sample proves (no fault seen, 95 %)."""
    if n_sample >= n:
        return "These are all of them; the definitions and what the steps say changed, nothing else."
    most = 1 - 0.05 ** (1 / n_sample)
    return f"Look at these {n_sample}, drawn by chance: if all are right, at most {most:.0%} of the {n:,} are not."


def _draw_comparison(versions: Sequence[CatalogueView]) -> None:
    by_n = {one.n: one for one in versions}
    numbers = list(by_n)
    left, right = st.columns(2, gap="small")
    with left:
        old = st.selectbox("From", numbers, index=1, key="versions.from", format_func=lambda n: f"v{n}")
    with right:
        new = st.selectbox("To", numbers, index=0, key="versions.to", format_func=lambda n: f"v{n}")
    changes = compare_catalogues(by_n[old].tools, by_n[new].tools)
    with st.container(border=True):
        st.markdown(f"**v{old} → v{new}**")  # safe: numbers
        for change in changes:
            draw_change(change)
        if not changes:
            st.caption("They say the same.")


def _draw_version(version: CatalogueView, before: CatalogueView | None) -> None:
    changes = compare_catalogues(before.tools, version.tools) if before else ()
    what = ", ".join(plain(one.name) for one in changes[:4]) + (" …" if len(changes) > 4 else "")
    label = f"**v{version.n}** · {ago(version.at)} · by {plain(version.by)} · {count(len(version.tools), 'tool')}"
    with st.expander(label + (f" · {what}" if what else ""), type="compact"):
        for change in changes:
            draw_change(change)
        st.caption(plain(", ".join(tool.name for tool in version.tools)))
        st.caption(f"digest {version.hash[:16]}")  # safe: hexadecimal digits


def _draw_tool(tool_id: str) -> None:
    saves = tool_history.list_saves(workspace(), tool_id)
    befores = {one.revision: other for one, other in pairwise(saves)}
    for save in saves[:MAX_VERSIONS]:
        _draw_save(save, befores.get(save.revision))


def _draw_save(save: ToolSave, before: ToolSave | None) -> None:
    where = f" · in v{', v'.join(map(str, save.catalogues))}" if save.catalogues else ""
    st.markdown(f"**Save {save.revision}** · {ago(save.at)} · by {plain(save.by)}{where}")  # safe: numbers
    if before is None:
        st.caption("The first one.")
    else:
        draw_sentences(compare_tools(before.tool, save.tool))
    with st.expander("As it was", type="compact"):
        source(lay_out(save.tool.definition.text))
