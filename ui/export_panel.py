"""Export: first what a format would lose or refuse, then the files with their manifest."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from curation.errors import CurationError
from curation.model.states import Shifted, Split, portion_of
from curation.services import choices, exporting, shifting
from curation.services.exporting import ExportPreview
from curation.services.freezing import DatasetView
from curation.services.people import local_actor
from curation.services.portions import name_portion
from ui.errors import errors_shown, show_error
from ui.layout import card_title
from ui.session import workspace
from ui.state import Slot
from ui.text import count, plain

_READY: Slot[str] = Slot("export.ready", "")
"""What the prepared download holds; another choice asks for another one."""


def draw_export(versions: Sequence[DatasetView]) -> None:
    """Version, format and splits; losses; the download."""
    with st.container(border=True, height="stretch"):
        with card_title("Export"):
            pass
        if not versions:
            st.caption("Freeze a version first: an export is always of a frozen version, so that it can be repeated.")
            return
        version, format_name, splits = _choose(versions)
        if not splits:
            st.caption("Choose at least one split.")
            return
        shifted = _digest_of_copy(version) if Shifted.TEST.value in splits else ""
        try:
            preview = _preview(version.id, format_name, shifted)
        except CurationError as error:
            show_error(error)
            return
        _draw_preview(preview, splits)
        _draw_download(version, format_name, splits, shifted)


def _choose(versions: Sequence[DatasetView]) -> tuple[DatasetView, str, list[str]]:
    left, middle = st.columns([2, 3], gap="small")
    by_number = {version.n: version for version in versions}
    # A key of its own for every newest version: a fresh one is what a person wants to take out next.
    number = left.selectbox(
        "Version", list(by_number), key=f"export.version.{max(by_number)}", format_func=lambda n: f"v{n}"
    )
    titles = choices.writable_formats()
    name = middle.selectbox("Format", list(titles), key="export.format", help=_explain(titles))
    every = [split.value for split in Split]
    shifted = shifting.find_shifted(workspace(), by_number[number].id)
    offered = [*every, *([Shifted.TEST.value] if shifted else [])]
    splits = st.multiselect(
        "Splits", offered, every, key="export.splits", format_func=lambda one: name_portion(portion_of(one))
    )
    return by_number[number], name, splits


def _digest_of_copy(version: DatasetView) -> str:
    copy = shifting.find_shifted(workspace(), version.id)
    return copy.hash if copy else ""


def _explain(titles: dict[str, str]) -> str:
    """What each format is, for the tip beside the field: the list itself is too narrow for it."""
    return "  \n".join(f"**{plain(name)}**: {plain(title)}" for name, title in titles.items())


@st.cache_data(max_entries=8, show_spinner="Writing it to nowhere, to see what would be lost")
def _preview(dataset_id: str, format_name: str, shifted: str) -> ExportPreview:
    """A frozen version never changes, so one look at it is enough; its shifted copy is named by its digest."""
    wanted = (*Split, Shifted.TEST) if shifted else tuple(Split)
    return exporting.preview_export(workspace(), dataset_id, format_name, wanted)


def _draw_preview(preview: ExportPreview, splits: Sequence[str]) -> None:
    rows = sum(preview.counts.get(split, 0) for split in splits)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{count(rows, 'row')}**", width="content")
        if not preview.losses and not preview.refused:
            st.badge("nothing is lost", icon=":material/check:", color="green")
        if preview.losses:
            lost = max(one.examples for one in preview.losses)
            st.badge(f"something is lost in {count(lost, 'example')}", icon=":material/warning:", color="orange")
        if preview.refused:
            st.badge(f"{count(len(preview.refused), 'example')} refused", icon=":material/error:", color="red")
        if preview.kept:
            kept = sum(one.findings for one in preview.kept)
            st.badge(f"{count(kept, 'finding')} kept anyway", icon=":material/back_hand:", color="gray")
    if preview.losses:
        table = {
            "lost": [one.what for one in preview.losses],
            "examples": [one.examples for one in preview.losses],
            "places": [one.places for one in preview.losses],
        }
        st.dataframe(pd.DataFrame(table), key="export.losses", hide_index=True)
    if preview.refused:
        table_refused = {
            "split": [one.split for one in preview.refused],
            "why": [one.reason for one in preview.refused],
        }
        st.dataframe(pd.DataFrame(table_refused), key="export.refused", hide_index=True)
    if preview.kept:
        table_kept = {
            "rule": [one.rule for one in preview.kept],
            "kept because": [one.reason for one in preview.kept],
            "findings": [one.findings for one in preview.kept],
        }
        st.dataframe(pd.DataFrame(table_kept), key="export.kept", hide_index=True)


def _draw_download(version: DatasetView, format_name: str, splits: Sequence[str], shifted: str) -> None:
    wanted = f"{version.id}.{format_name}.{','.join(splits)}.{shifted}"
    if _READY.get() != wanted:
        st.button(
            "Prepare the files",
            key="export.prepare",
            icon=":material/inventory_2:",
            on_click=_READY.set,
            args=(wanted,),
        )
        return
    with errors_shown():
        packed = _pack(version.id, format_name, tuple(splits), shifted)
        st.download_button(
            f"Download v{version.n} as {plain(format_name)}",
            packed,
            file_name=f"dataset-{version.n}-{format_name}.zip",
            mime="application/zip",
            key="export.download",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(
            "One file a split, what its reader needs beside it, and manifest.json, which says what was lost or kept "
            "anyway and carries every digest."
        )


@st.cache_data(max_entries=4, show_spinner="Writing the files")
def _pack(
    dataset_id: str,
    format_name: str,
    splits: tuple[str, ...],
    shifted: str = "",  # noqa: ARG001 - names the shifted copy in the cache
) -> bytes:
    """The exported files in one archive; the same version gives the same bytes."""
    ws, packed = workspace(), io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        exporting.export_dataset(ws, local_actor(ws), dataset_id, format_name, Path(folder), splits=splits)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
