"""Writes a dataset version as files in any format, with a manifest; the same version gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec

from curation.errors import UnwritableError
from curation.files import put_whole, write_whole
from curation.formats import FORMATS, Format, Written, get_format
from curation.formats.containers.writing import RowWriter, open_rows
from curation.formats.files import BYTE_ORDER_MARK
from curation.model.people import Actor
from curation.model.states import Portion, Shifted, Split, portion_of
from curation.services.acts import Act, perform
from curation.services.digesting import HashedWriter
from curation.services.freezing import DatasetView, need_version, read_dataset
from curation.services.gating import require_sound
from curation.services.judging import read_body
from curation.services.manifests import (
    MANIFEST,
    Manifest,
    ShiftedNote,
    make_companions,
    make_manifest,
    name_beside,
    name_files,
)
from curation.services.portions import walk_portions
from curation.services.projects import need_project
from curation.services.roles import require
from curation.services.splitting import draw_of
from curation.services.tallying import Kept, LossCount, Refusal, Tally
from curation.services.workspace import Workspace
from db import shifted
from db.acts import Deed
from db.datasets import ItemRecord

__all__ = [
    "ExportPreview",
    "Manifest",
    "export_dataset",
    "preview_export",
    "stream_split",
    "writable_format",
    "write_item",
]

ALL_SPLITS = tuple(Split)


class ExportPreview(msgspec.Struct, frozen=True):
    """What an export would hold, lose and refuse; `counts` are rows for every split."""

    counts: dict[str, int]
    losses: tuple[LossCount, ...]
    refused: tuple[Refusal, ...]
    kept: tuple[Kept, ...]


def preview_export(
    ws: Workspace, dataset_id: str, format_name: str, splits: Sequence[Portion] = ALL_SPLITS
) -> ExportPreview:
    """Write everything to nowhere, and say what would come of it."""
    fmt, tally = writable_format(format_name), Tally()
    for item in _items(ws, dataset_id, splits):
        tally.add(item, write_item(fmt, item))
    return ExportPreview(tally.rows, tally.losses, tuple(tally.refused), tally.kept)


def export_dataset(
    ws: Workspace,
    actor: Actor,
    dataset_id: str,
    format_name: str,
    out: Path,
    *,
    splits: Sequence[Portion | str] = ALL_SPLITS,
    allow_errors: bool = False,
    byte_order_mark: bool = False,
) -> Manifest:
    """Write one file per split and a manifest. `out` is a folder, or the file of the first split.

    The other splits stand beside that file, with their name put into its name. With `byte_order_mark` each file starts
    with one, for the few readers that ask for it.
    """
    require(actor, "export")
    fmt, version = writable_format(format_name), read_dataset(ws, dataset_id)
    head = _head(fmt, byte_order_mark=byte_order_mark)
    wanted = tuple(portion_of(split) for split in splits)
    if not allow_errors:
        require_sound(ws, version.id, wanted)
    names = name_files(out, fmt, version, wanted)
    try:
        manifest = _write_all(ws, version, fmt, names, head)
    except OSError as error:
        raise UnwritableError(f"The export to {out} failed: {error.strerror or error}.") from error
    left = " ".join(f"{file.name}:{file.sha256}" for file in manifest.files)
    _note(ws, actor, version.id, f"{fmt.name} {left}", allow_errors=allow_errors)
    return manifest


def stream_split(
    ws: Workspace,
    actor: Actor,
    dataset_id: str,
    format_name: str,
    split: Portion,
    to: BinaryIO,
    *,
    allow_errors: bool = False,
    byte_order_mark: bool = False,
) -> Tally:
    """Write the rows of one split to a stream, for pipes. What went through is audited, also when the pipe breaks."""
    require(actor, "export")
    fmt, tally, stream = writable_format(format_name), Tally(), HashedWriter(to)
    head = _head(fmt, byte_order_mark=byte_order_mark)
    if not allow_errors:
        require_sound(ws, dataset_id, (split,))
    try:
        stream.write(head)
        rows = open_rows(fmt, stream)
        for item in _items(ws, dataset_id, (split,)):
            written = write_item(fmt, item)
            tally.add(item, written)
            for row in written.rows:
                rows.write_row(row)
        rows.flush()
    finally:
        _note(ws, actor, dataset_id, f"{fmt.name} {split.value}:{stream.sha256}", allow_errors=allow_errors)
    return tally


def writable_format(name: str) -> Format:
    """A format that can be written; a sentence for one that is only read."""
    fmt = get_format(name)
    if fmt.write is None:
        names = ", ".join(sorted(one.name for one in FORMATS if one.write))
        raise UnwritableError(f"The format `{name}` can be read but not written.", hint=f"Choose one of: {names}.")
    return fmt


def _head(fmt: Format, *, byte_order_mark: bool) -> bytes:
    """What each file begins with."""
    if byte_order_mark and not fmt.takes_mark:
        raise UnwritableError(
            f"No reader of `{fmt.name}` asks for a byte order mark, and most stop at one.",
            hint=f"Leave it out, or choose one of: {', '.join(one.name for one in FORMATS if one.takes_mark)}.",
        )
    return BYTE_ORDER_MARK if byte_order_mark else b""


def write_item(fmt: Format, item: ItemRecord) -> Written:
    """A frozen row in a format, taken from the stored bytes where the format can."""
    if fmt.is_stored_form:
        return Written(rows=(item.body,))
    row = fmt.copy(item.body) if fmt.copy else None
    if row is not None:
        return Written(rows=(row,))
    if fmt.write is None:
        raise UnwritableError(f"The format `{fmt.name}` cannot be written.")
    return fmt.write(read_body(item.body).example)


def _items(ws: Workspace, dataset_id: str, splits: Sequence[Portion]) -> Iterator[ItemRecord]:
    with ws.reading() as connection:
        need_version(connection, dataset_id)
        yield from walk_portions(connection, dataset_id, splits)


def _write_all(ws: Workspace, version: DatasetView, fmt: Format, names: dict[Portion, Path], head: bytes) -> Manifest:
    """The manifest comes last: where there is one, it speaks of files that are all in place."""
    next(iter(names.values())).parent.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    with ExitStack() as stack:
        files = {split: HashedWriter(stack.enter_context(write_whole(path))) for split, path in names.items()}
        for file in files.values():
            file.write(head)
        # Lines go to the file and its digest many at a time, which `HashedWriter` does itself.
        rows: dict[Portion, RowWriter] = {
            split: open_rows(fmt, file) if fmt.layout else file for split, file in files.items()
        }
        for item in _items(ws, version.id, tuple(names)):
            written = write_item(fmt, item)
            tally.add(item, written)
            for row in written.rows:
                rows[item.split].write_row(row)
        for writer in rows.values():
            writer.flush()
        if tally.examples and not sum(tally.rows.values()):
            raise UnwritableError(f"The format `{fmt.name}` can hold none of these examples: {tally.refused[0].reason}")
    is_folder = all(path.name.startswith(f"dataset-{version.n}.") for path in names.values())
    companions = make_companions(fmt, names, is_folder)
    for path, content in companions.items():
        put_whole(path, content)
    with ws.reading() as connection:
        project = need_project(connection, need_version(connection, version.id).project_id)
        splits = draw_of(connection, project, version.at)
        copy = shifted.find_copy(connection, version.id) if Shifted.TEST in names else None
    note = ShiftedNote(copy.seed, tuple(copy.kinds.split()), copy.hash) if copy else None
    manifest = make_manifest(version, fmt, tally, names, files, companions, splits, note)
    put_whole(name_beside(names, is_folder, MANIFEST), msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    return manifest


def _note(ws: Workspace, actor: Actor, dataset_id: str, what: str, *, allow_errors: bool) -> None:
    after = f"{what} (errors allowed)" if allow_errors else what

    def work(act: Act) -> None:
        act.note(Deed(dataset_id, after=after))

    # Writing the same files again is a new act each time, so each has a nonce of its own.
    perform(ws, actor, "export", ws.new_id(), type(None), work)
