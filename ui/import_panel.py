"""Importing a file: look first, then bring it in as one act that one click takes back."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import BinaryIO, cast

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from curation.model.filters import ExampleFilter
from curation.services import choices, import_orders, importing, projects
from curation.services.importing import ImportPreview, ImportReport, SourceView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.row_sources import Second, complete_rows
from curation.services.strange_files import Strange, find_strange
from curation.services.tool_reading import MAX_BYTES
from ui.errors import errors_shown
from ui.import_columns import choose_columns
from ui.import_look import draw_look, draw_unknown
from ui.import_sources import SOURCE
from ui.layout import card_title
from ui.list_links import number_button
from ui.session import workspace
from ui.state import NOTICE, PROJECT, Slot
from ui.text import count, plain

FILE_TYPES = ["jsonl", "json", "txt", "gz", "csv", "tsv", "parquet", "arrow"]
DETECT = "recognise it from the rows"
ANSWERED_APART = "bfcl"
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
            st.caption(
                "Larger than 50 MB, or a folder of `datasets`? Use the terminal: `callwright import PROJECT FILE`. "
                "It reads any size."
            )
            return
        with errors_shown():
            _draw_upload(project, sources, upload, None if wanted == DETECT else wanted)


def _draw_upload(
    project: ProjectView | None, sources: tuple[SourceView, ...], upload: UploadedFile, asked: str | None
) -> None:
    given = Given(upload, asked, project.id if project else "")
    preview = _preview(given.key, given.format, (), given.project_id, _given=given)
    given = given.completed(_ask_answers(preview), choose_columns(preview, upload.file_id))
    if given.columns or given.answers:
        preview = _preview(given.key, given.format, given.columns, given.project_id, _given=given)
    if _is_in(upload, sources):
        _draw_done(next((one for one in sources if one.id == _DONE.of(upload.file_id).get()), None))
        return
    if preview.format:
        draw_look(preview)
    else:
        draw_unknown(_strange(given.key, _given=given))
    _draw_start(project, given, preview)


class Given:
    """What a person gave: a file, and what they said about it."""

    def __init__(
        self,
        upload: UploadedFile,
        format_name: str | None,
        project_id: str,
        answers: UploadedFile | None = None,
        columns: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.upload = upload
        self.format = format_name
        self.project_id = project_id
        self.answers = answers
        self.columns = columns
        files = (upload, answers) if answers else (upload,)
        self.key = " ".join(f"{one.file_id}.{one.name}.{one.size}" for one in files)

    def completed(self, answers: UploadedFile | None, columns: tuple[tuple[str, str], ...]) -> Given:
        return Given(self.upload, self.format, self.project_id, answers, columns)

    def open_second(self) -> Second | None:
        """The second file from its beginning."""
        if self.answers is None:
            return None
        self.answers.seek(0)
        return Second(cast(BinaryIO, self.answers), self.answers.name)

    def open_rows(self) -> BinaryIO:
        """The rows from the beginning."""
        self.upload.seek(0)
        return cast(BinaryIO, self.upload)


def _ask_answers(preview: ImportPreview) -> UploadedFile | None:
    """BFCL keeps the accepted answers in a file of their own."""
    if preview.format != ANSWERED_APART:
        return None
    return st.file_uploader("Accepted answers: the second file of BFCL, if it has one", key="import.answers")


@st.cache_data(max_entries=4, show_spinner="Reading the first rows")
def _preview(
    held: str,  # noqa: ARG001 - names the files in the cache
    format_name: str | None,
    columns: tuple[tuple[str, str], ...],
    project_id: str,
    *,
    _given: Given,
) -> ImportPreview:
    """The first rows of an upload; kept by file and format, so that a rerun does not read them again."""
    stream = complete_rows(_given.open_rows(), _given.upload.name, _given.open_second())
    return importing.preview_stream(
        stream, _given.upload.name, format_name, columns=dict(columns), ws=workspace(), project_id=project_id
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _strange(held: str, *, _given: Given) -> Strange | None:  # noqa: ARG001 - names the file in the cache
    return find_strange(_given.upload.name, _given.open_rows().read(MAX_BYTES))


def _is_in(upload: UploadedFile, sources: tuple[SourceView, ...]) -> bool:
    """Whether this upload was imported or is on its way; one that was taken back may come in again, as another act."""
    done = _DONE.of(upload.file_id).get()
    came = next((one for one in sources if one.id == done), None)
    if done and (came.is_undone if came else not import_orders.is_under_way(workspace(), done)):
        _DONE.of(upload.file_id).clear()
        _NONCE.of(upload.file_id).clear()
    return bool(_DONE.of(upload.file_id).get())


def _draw_done(source: SourceView | None) -> None:
    """What became of the upload; None while it is on its way. What was looked at before is told beside it now."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if source is None:
            st.badge("on its way", icon=":material/hourglass_top:", color="blue")
            st.caption("It goes on when this page is left.", width="content")
            return
        st.badge("imported", icon=":material/check:", color="green")
        came = ExampleFilter(batch=source.batch_id)
        number_button("Look at the examples", came, key="import.examples", icon=":material/edit_note:", page="write")


def _draw_start(project: ProjectView | None, given: Given, preview: ImportPreview) -> None:
    slot = _NONCE.of(given.upload.file_id)
    if not slot.get():
        slot.set(uuid.uuid4().hex)
    name = _ask_name(given.upload) if project is None else project.name
    nothing = not preview.format or (preview.n_rows == preview.n_rejected and preview.is_whole)
    if not st.button(
        f"Import {plain(given.upload.name, 40)}",
        key="import.start",
        type="primary",
        icon=":material/upload:",
        disabled=nothing,
    ):
        return
    has_rows = preview.n_rows > preview.n_rejected
    if preview.is_whole or (project is None and not has_rows):
        _bring_in(project, name, given, preview.format, slot.get())
    else:
        _order(project, name, given, preview.format, slot.get())
    st.rerun()


def _bring_in(project: ProjectView | None, name: str, given: Given, fmt: str, nonce: str) -> None:
    """A short file comes in while the person waits."""
    report = _import(project, name, given, fmt, nonce)
    SOURCE.set(report.source_id)
    _DONE.of(given.upload.file_id).set(report.source_id)
    NOTICE.set(f"{count(report.n_imported, 'example')} came in as drafts")


def _order(project: ProjectView | None, name: str, given: Given, fmt: str, nonce: str) -> None:
    """A longer one comes in by itself, into the project or into one made for it."""
    ws = workspace()
    actor = local_actor(ws)
    if project is None:
        project = projects.create_project(ws, actor, name, nonce=f"{nonce}.project")
        PROJECT.set(project.id)
    ordered = import_orders.begin_import(
        ws,
        actor,
        project.id,
        given.open_rows(),
        name=given.upload.name,
        format_name=fmt,
        columns=dict(given.columns),
        answers=given.open_second(),
        nonce=nonce,
    )
    _DONE.of(given.upload.file_id).set(ordered.source_id)
    NOTICE.set(f"{plain(given.upload.name, 40)} is on its way")


def _import(project: ProjectView | None, name: str, given: Given, fmt: str, nonce: str) -> ImportReport:
    """Into the project, or into one made for this file once something of it can be read."""
    ws, upload = workspace(), given.upload
    actor = local_actor(ws)
    stream = complete_rows(given.open_rows(), upload.name, given.open_second())
    columns = dict(given.columns)
    if project is not None:
        return importing.import_stream(
            ws, actor, project.id, stream, name=upload.name, format_name=fmt, columns=columns, nonce=nonce
        )
    made, report = importing.import_as_project(
        ws, actor, name, stream, name=upload.name, format_name=fmt, columns=columns, nonce=nonce
    )
    PROJECT.set(made.id)
    return report


def _ask_name(upload: UploadedFile) -> str:
    """What the project made for this file is called; the file's own name unless a person says otherwise."""
    usual = Path(upload.name).stem.replace("_", " ").replace("-", " ").strip() or "Imported"
    typed = st.text_input("Project to make for these examples", usual[:60], key=f"import.project.{upload.file_id}")
    return (typed or "").strip() or usual[:60]
