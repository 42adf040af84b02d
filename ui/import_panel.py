"""Importing a file: look first, then bring it in as one act that one click takes back."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import BinaryIO, cast

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from curation.services import choices, importing
from curation.services.importing import ImportPreview, ImportReport, SourceView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui.errors import errors_shown
from ui.import_columns import choose_columns, draw_columns
from ui.layout import card_title
from ui.session import workspace
from ui.state import NOTICE, PROJECT, Slot
from ui.text import count, plain

FILE_TYPES = ["jsonl", "json", "txt", "gz", "csv", "tsv", "parquet", "arrow"]
DETECT = "recognise it from the rows"
SOURCE: Slot[str] = Slot("import.source", "")
"""Id of the imported file whose rejects are shown."""
_NONCE: Slot[str] = Slot("import.nonce", "")
_DONE: Slot[str] = Slot("import.done", "")
"""Id of the imported file that came of an upload."""


def draw_upload(project: ProjectView | None, sources: tuple[SourceView, ...]) -> None:
    """Choose a file, see what it holds, bring it in; in an empty workspace the project is made with it."""
    with st.container(border=True, height="stretch"):
        with card_title("A file of examples", "JSON Lines, a JSON array, CSV or Parquet, also packed with gzip"):
            pass
        upload = st.file_uploader("File", type=FILE_TYPES, key="import.file", label_visibility="collapsed")
        wanted = st.selectbox("Format", [DETECT, *choices.readable_formats()], key="import.format")
        if upload is None:
            st.caption("Larger than 50 MB? Use the terminal: `callwright import PROJECT FILE`. It reads any size.")
            return
        with errors_shown():
            held = f"{upload.file_id}.{upload.name}.{upload.size}"
            asked = None if wanted == DETECT else wanted
            preview = _preview(held, asked, (), _upload=upload)
            columns = choose_columns(preview, upload.file_id)
            if columns:
                preview = _preview(held, asked, columns, _upload=upload)
            _draw_preview(preview)
            if _is_in(upload, sources):
                _draw_done()
            else:
                _draw_start(project, upload, preview, dict(columns))


@st.cache_data(max_entries=4, show_spinner="Reading the first rows")
def _preview(
    held: str,  # noqa: ARG001 - names the upload in the cache
    format_name: str | None,
    columns: tuple[tuple[str, str], ...],
    *,
    _upload: UploadedFile,
) -> ImportPreview:
    """The first rows of an upload; kept by file and format, so that a rerun does not read them again."""
    with tempfile.TemporaryDirectory() as folder:
        # Under its own name, which stands in the sentences about it.
        copy = Path(folder) / (Path(_upload.name).name or "rows.jsonl")
        copy.write_bytes(_upload.getbuffer())
        return importing.preview_import(copy, format_name, columns=dict(columns))


def _draw_preview(preview: ImportPreview) -> None:
    rows = count(preview.n_rows, "row")
    seen = f"All {rows}" if preview.is_whole else f"The first {rows}"
    st.markdown(f"Read as **{plain(preview.format)}**. {seen}: {preview.n_rows - preview.n_rejected:,} can be read.")
    draw_columns(preview)
    if preview.titles:
        st.dataframe(pd.DataFrame({"first rows": list(preview.titles)}), hide_index=True, key="import.titles")
    if preview.n_rejected:
        st.warning(
            f"{count(preview.n_rejected, 'row')} cannot be read. They are kept and can be mended here.",
            icon=":material/warning:",
        )
        _reject_table(preview.rejects)


def _reject_table(rejects: tuple[importing.RejectView, ...]) -> None:
    table = {
        "line": [one.line for one in rejects],
        "column": [one.column for one in rejects],
        "reason": [one.reason for one in rejects],
    }
    st.dataframe(pd.DataFrame(table), hide_index=True, key="import.preview.rejects")


def _is_in(upload: UploadedFile, sources: tuple[SourceView, ...]) -> bool:
    """Whether this upload was imported; one that was taken back may come in again, as another act."""
    came = next((one for one in sources if one.id == _DONE.of(upload.file_id).get()), None)
    if came is not None and came.is_undone:
        _DONE.of(upload.file_id).clear()
        _NONCE.of(upload.file_id).clear()
    return came is not None and not came.is_undone


def _draw_done() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge("imported", icon=":material/check:", color="green")
        st.page_link("../pages/write.py", label="Look at the examples", icon=":material/edit_note:")


def _draw_start(
    project: ProjectView | None, upload: UploadedFile, preview: ImportPreview, columns: dict[str, str]
) -> None:
    slot = _NONCE.of(upload.file_id)
    if not slot.get():
        slot.set(uuid.uuid4().hex)
    name = _ask_name(upload) if project is None else project.name
    nothing = preview.n_rows == preview.n_rejected and preview.is_whole
    if not st.button(
        f"Import {plain(upload.name, 40)}",
        key="import.start",
        type="primary",
        icon=":material/upload:",
        disabled=nothing,
    ):
        return
    report = _import(project, name, upload, preview.format, columns, slot.get())
    SOURCE.set(report.source_id)
    _DONE.of(upload.file_id).set(report.source_id)
    NOTICE.set(f"{count(report.n_imported, 'example')} came in as drafts")
    st.rerun()


def _import(
    project: ProjectView | None, name: str, upload: UploadedFile, fmt: str, columns: dict[str, str], nonce: str
) -> ImportReport:
    """Into the project, or into one made for this file once something of it can be read."""
    ws = workspace()
    actor = local_actor(ws)
    shown = st.progress(0.0, "Reading")
    upload.seek(0)
    stream = cast(BinaryIO, upload)

    def progress(n: int) -> None:
        shown.progress(min(1.0, upload.tell() / max(upload.size, 1)), f"{count(n, 'row')} read")

    if project is not None:
        return importing.import_stream(
            ws,
            actor,
            project.id,
            stream,
            name=upload.name,
            format_name=fmt,
            columns=columns,
            progress=progress,
            nonce=nonce,
        )
    made, report = importing.import_as_project(
        ws,
        actor,
        name,
        stream,
        name=upload.name,
        format_name=fmt,
        columns=columns,
        progress=progress,
        nonce=nonce,
    )
    PROJECT.set(made.id)
    return report


def _ask_name(upload: UploadedFile) -> str:
    """What the project made for this file is called; the file's own name unless a person says otherwise."""
    usual = Path(upload.name).stem.replace("_", " ").replace("-", " ").strip() or "Imported"
    typed = st.text_input("Project to make for these examples", usual[:60], key=f"import.project.{upload.file_id}")
    return (typed or "").strip() or usual[:60]


def draw_sources(sources: tuple[SourceView, ...]) -> None:
    """What was imported before, newest first, each with its undo."""
    with st.container(border=True, height="stretch"):
        with card_title("Imported files", f"{len(sources)}" if sources else ""):
            pass
        if not sources:
            st.caption(
                "Nothing was imported yet. Every import is one act: it comes in together and goes back together."
            )
        for one in sources[:8]:
            _draw_source(one)


def _draw_source(one: SourceView) -> None:
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(one.name, 28)}**", width="content")
            st.space("stretch")
            _draw_source_acts(one)
        st.caption(f"{plain(one.format)} · {_counts(one)}")  # safe: numbers and our words


def _draw_source_acts(one: SourceView) -> None:
    if one.is_undone:
        st.badge("taken back", icon=":material/undo:", color="gray")
        return
    if one.n_rejected:
        label = count(one.n_rejected, "reject")
        st.button(label, key=f"import.rejects.{one.id}", type="tertiary", on_click=SOURCE.set, args=(one.id,))
    if st.button("Undo", key=f"import.undo.{one.id}", type="tertiary", icon=":material/undo:"):
        _undo_dialog(one, uuid.uuid4().hex)


def _counts(one: SourceView) -> str:
    parts = [f"{one.n_imported:,} of {count(one.n_rows, 'row')} in"]
    if one.n_duplicates:
        parts.append(f"{one.n_duplicates:,} already here")
    if one.n_with_errors:
        parts.append(f"{one.n_with_errors:,} with errors")
    return ", ".join(parts)


@st.dialog("Take this import back?", icon=":material/undo:")
def _undo_dialog(one: SourceView, nonce: str) -> None:
    st.markdown(f"The examples of **{plain(one.name, 40)}** go, except those somebody has worked on since.")
    if st.button("Take it back", key=f"import.undo.yes.{one.id}", type="primary", icon=":material/undo:"):
        with errors_shown():
            ws = workspace()
            report = importing.undo_import(ws, local_actor(ws), one.batch_id, nonce=nonce)
            NOTICE.set(f"{count(report.n_removed, 'example')} taken back")
            st.rerun()
