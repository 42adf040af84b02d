"""Export: what a format would lose, change or refuse, row by row, then the files with their manifest."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import streamlit as st

from curation.errors import CurationError
from curation.model.states import Shifted, Split, portion_of
from curation.services import choices, export_choices, exporting, loss_reports, shifting
from curation.services.export_choices import Options
from curation.services.exporting import ExportPreview
from curation.services.freezing import DatasetView
from curation.services.gating import Faulty
from curation.services.people import local_actor
from curation.services.portions import name_portion
from curation.services.projects import ProjectView
from ui import export_losses, export_options, hub_panel
from ui.errors import errors_shown, show_error
from ui.layout import card_title
from ui.session import workspace
from ui.state import Slot
from ui.text import count, plain

AT_ONCE = 5_000
"""Larger versions are looked through when somebody asks: it takes a while, and the page is for more than exports."""
_READY: Slot[str] = Slot("export.ready", "")
"""What the prepared download holds; another choice asks for another one."""
_LOOKED: Slot[str] = Slot("export.looked", "")
"""Which large version somebody asked to look through."""


class Wanted(NamedTuple):
    """What is to be exported, and how."""

    version: DatasetView
    format_name: str
    splits: tuple[str, ...]
    options: Options
    with_card: bool
    shifted: str = ""
    """The digest of the shifted copy, where it is among the splits: it can be made anew."""
    allow_errors: bool = False

    @property
    def key(self) -> str:
        """One text for all of it: the same choice is the same bytes."""
        return f"{self.rows_key}.{self.with_card:d}{self.allow_errors:d}"

    @property
    def rows_key(self) -> str:
        """One text for what decides the rows alone."""
        told = msgspec.json.encode((self.version.id, self.format_name, self.splits, self.options, self.shifted))
        return hashlib.sha256(told).hexdigest()


def draw_export(project: ProjectView, versions: Sequence[DatasetView]) -> None:
    """Version, format, splits and options; losses; the download."""
    with st.container(border=True, height="stretch"):
        with card_title("Export"):
            pass
        if not versions:
            st.caption("Freeze a version first: an export is always of a frozen version, so that it can be repeated.")
            return
        wanted = _choose(project, versions)
        if not wanted.splits:
            st.caption("Choose at least one split.")
            return
        if not _may_look(wanted.version):
            return
        try:
            preview = _preview(wanted.rows_key, _wanted=wanted)
            faulty = _find_faulty(wanted.version.id)
        except CurationError as error:
            show_error(error)
            return
        _draw_preview(wanted, preview, faulty)
        _draw_out(project, wanted, preview, faulty)


def _choose(project: ProjectView, versions: Sequence[DatasetView]) -> Wanted:
    left, middle = st.columns([2, 3], gap="small")
    by_number = {version.n: version for version in versions}
    # A key of its own for every newest version: a fresh one is what a person wants to take out next.
    number = left.selectbox(
        "Version", list(by_number), key=f"export.version.{max(by_number)}", format_func=lambda n: f"v{n}"
    )
    titles = choices.writable_formats()
    name = middle.selectbox("Format", list(titles), key="export.format", help=_explain(titles))
    copy = shifting.find_shifted(workspace(), by_number[number].id)
    every = [split.value for split in Split]
    offered = [*every, *([Shifted.TEST.value] if copy else [])]
    splits = st.multiselect(
        "Splits", offered, every, key="export.splits", format_func=lambda one: name_portion(portion_of(one))
    )
    options, with_card = export_options.choose(project, name)
    shifted = copy.hash if copy and Shifted.TEST.value in splits else ""
    return Wanted(by_number[number], name, tuple(splits), options, with_card, shifted)


def _explain(titles: dict[str, str]) -> str:
    """What each format is, for the tip beside the field: the list itself is too narrow for it."""
    return "  \n".join(f"**{plain(name)}**: {plain(title)}" for name, title in titles.items())


def _may_look(version: DatasetView) -> bool:
    rows = sum(version.counts.values())
    if rows <= AT_ONCE or _LOOKED.get() == version.id:
        return True
    st.caption(f"v{version.n} holds {count(rows, 'row')}: looking through all of them takes a while.")
    st.button(
        "Look what would be lost",
        key="export.look",
        icon=":material/search:",
        on_click=_LOOKED.set,
        args=(version.id,),
    )
    return False


@st.cache_data(max_entries=8, show_spinner="Writing it to nowhere, to see what would be lost")
def _preview(key: str, *, _wanted: Wanted) -> ExportPreview:  # noqa: ARG001 - names the choice in the cache
    """A frozen version never changes, so one look at it is enough."""
    one = _wanted
    return exporting.preview_export(workspace(), one.version.id, one.format_name, one.options, splits=one.splits)


@st.cache_data(max_entries=8, show_spinner="Looking for errors that the checker has learnt of since")
def _find_faulty(dataset_id: str) -> tuple[Faulty, ...]:
    return export_choices.list_faulty(workspace(), dataset_id)


@st.cache_data(max_entries=8, show_spinner="Counting pairs")
def _count_pairs(dataset_id: str) -> dict[str, int]:
    return loss_reports.count_pairs(workspace(), dataset_id)


def _draw_preview(wanted: Wanted, preview: ExportPreview, faulty: Sequence[Faulty]) -> None:
    rows = sum(preview.counts.get(split, 0) for split in wanted.splits)
    export_losses.draw_badges(rows, preview)
    if export_choices.describe_traits(wanted.format_name).holds_pairs:
        pairs = _count_pairs(wanted.version.id)
        held = sum(pairs.get(split, 0) for split in wanted.splits)
        st.caption(
            f"v{wanted.version.n} holds {count(held, 'pair')} of a preferred and a rejected answer in these splits: "
            "those that rows state, and one for each recovery that corrects a call."
        )
    export_losses.draw_losses(wanted.rows_key, preview)
    export_losses.draw_reader(wanted.format_name)
    if preview.losses or preview.changes or preview.refused:
        st.download_button(
            "Row by row",
            lambda: _report(wanted),
            file_name=f"dataset-{wanted.version.n}-{wanted.format_name}.losses.jsonl",
            mime="application/jsonl",
            key="export.report",
            type="tertiary",
            icon=":material/list:",
            help="Every row that loses, changes or is refused, one line each, with its places.",
            on_click="ignore",
        )
    if faulty:
        export_losses.draw_faulty(faulty)


def _report(wanted: Wanted) -> bytes:
    rows = loss_reports.report_rows(
        workspace(), wanted.version.id, wanted.format_name, wanted.options, splits=wanted.splits
    )
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _draw_out(project: ProjectView, wanted: Wanted, preview: ExportPreview, faulty: Sequence[Faulty]) -> None:
    if faulty:
        allowed = st.toggle("Write rows with errors all the same", key=f"export.allow.{wanted.version.id}")
        if not allowed:
            return
        wanted = wanted._replace(allow_errors=True)
    if not preview.n_examples:
        st.caption("This format can hold none of these examples, so there is nothing to download.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _draw_download(wanted)
        hub_panel.draw_button(project, wanted.key, wanted)


def _draw_download(wanted: Wanted) -> None:
    if _READY.get() != wanted.key:
        st.button(
            "Prepare the files",
            key="export.prepare",
            icon=":material/inventory_2:",
            on_click=_READY.set,
            args=(wanted.key,),
        )
        return
    with errors_shown():
        packed = _pack(wanted.key, _wanted=wanted)
        st.download_button(
            f"Download v{wanted.version.n} as {plain(wanted.format_name)}",
            packed,
            file_name=f"dataset-{wanted.version.n}-{wanted.format_name}.zip",
            mime="application/zip",
            key="export.download",
            icon=":material/download:",
            help="One file a split, the card where it is asked for, and manifest.json with losses and digests.",
            on_click="ignore",
        )


@st.cache_data(max_entries=4, show_spinner="Writing the files")
def _pack(key: str, *, _wanted: Wanted) -> bytes:  # noqa: ARG001 - names the choice in the cache
    """The exported files in one archive; the same version gives the same bytes."""
    ws, one = workspace(), _wanted
    with tempfile.TemporaryDirectory() as folder:
        exporting.export_dataset(
            ws,
            local_actor(ws),
            one.version.id,
            one.format_name,
            Path(folder),
            splits=one.splits,
            allow_errors=one.allow_errors,
            options=one.options,
            card=one.with_card,
        )
        return pack_folder(Path(folder))


def pack_folder(folder: Path) -> bytes:
    """The files of a folder as an archive without a clock in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
