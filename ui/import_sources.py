"""Imported files, newest first: their counts, what can be fetched of them, their tools, and one undo each."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services import import_reports
from curation.services.importing import SourceView
from curation.services.projects import ProjectView
from ui import import_tools, licence_panel
from ui.layout import card_title
from ui.session import workspace
from ui.state import Slot
from ui.taking_back import ask_back
from ui.text import count, plain

SOURCE: Slot[str] = Slot("import.source", "")
"""Id of the imported file whose rejects are shown."""
MOST = 8


def draw_sources(project: ProjectView | None, sources: tuple[SourceView, ...]) -> None:
    """What was imported before, newest first, each with its undo."""
    with st.container(border=True, height="stretch"):
        with card_title("Imported files", f"{len(sources)}" if sources else ""):
            if project is not None and any(not one.is_undone for one in sources):
                licence_panel.draw_button(project)
        if not sources:
            st.caption(
                "Nothing was imported yet. Every import is one act: it comes in together and goes back together."
            )
        for one in sources[:MOST]:
            _draw_source(one)
    import_tools.answer(sources)


def _draw_source(one: SourceView) -> None:
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(one.name, 28)}**", width="content")
            st.caption(f"{plain(one.format)} · {_counts(one)}", width="content")  # safe: numbers and our words
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _draw_source_acts(one)


def _draw_source_acts(one: SourceView) -> None:
    if one.is_undone:
        st.badge("taken back", icon=":material/undo:", color="gray")
        return
    if one.n_rejected:
        label = count(one.n_rejected, "reject")
        st.button(label, key=f"import.rejects.{one.id}", type="tertiary", on_click=SOURCE.set, args=(one.id,))
    if one.n_mended:
        st.download_button(
            f"{one.n_mended:,} mended",
            lambda: import_reports.write_report(workspace(), one.id),
            f"{one.name}.mended.jsonl",
            key=f"import.report.{one.id}",
            type="tertiary",
            icon=":material/download:",
            help="Every row in which reading mended something, and what",
            on_click="ignore",
        )
    st.button(
        "Tools",
        key=f"import.tools.{one.id}",
        type="tertiary",
        icon=":material/construction:",
        help="The tools its rows bring, beside those of the catalogue",
        on_click=import_tools.WANTED.set,
        args=(one.id,),
    )
    if st.button("Undo", key=f"import.undo.{one.id}", type="tertiary", icon=":material/undo:"):
        ask_back(one.batch_id, f"the examples of {one.name}", uuid.uuid4().hex)


def _counts(one: SourceView) -> str:
    parts = [f"{one.n_imported:,} of {count(one.n_rows, 'row')} in"]
    if one.n_duplicates:
        parts.append(f"{one.n_duplicates:,} already here")
    if one.n_with_errors:
        parts.append(f"{one.n_with_errors:,} with errors")
    return ", ".join(parts)
