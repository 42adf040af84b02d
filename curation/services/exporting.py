"""Writes a dataset version as files in any format, with a manifest; the same version gives the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec

from curation.errors import UnwritableError
from curation.files import put_whole, write_whole
from curation.formats import FORMATS, Format, Written, get_format
from curation.formats.adapting import Adapted, write_adapted
from curation.formats.containers.writing import RowWriter, open_rows
from curation.formats.files import BYTE_ORDER_MARK
from curation.formats.options import PLAIN, Options
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import Portion, Shifted, Split, portion_of
from curation.reading.stored import read_usual
from curation.services.acts import Act, perform
from curation.services.card_facts import gather_facts
from curation.services.data_card import make_card
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
    read_versions,
)
from curation.services.portions import walk_portions
from curation.services.projects import need_project
from curation.services.roles import require
from curation.services.splitting import draw_of
from curation.services.tallying import Kept, LossCount, LostIn, Refusal, Tally
from curation.services.workspace import Workspace
from db import catalogues, datasets, shifted
from db.acts import Deed
from db.datasets import ItemRecord

__all__ = [
    "ExportPreview",
    "Manifest",
    "export_dataset",
    "open_writer",
    "preview_export",
    "stream_split",
    "walk_splits",
    "writable_format",
]

ALL_SPLITS = tuple(Split)
MOST_LISTED = 100
"""Examples named for each kind of loss in a preview; a report names them all."""


class ExportPreview(msgspec.Struct, frozen=True):
    """What an export would hold, lose and refuse; `counts` are rows for every split."""

    counts: dict[str, int]
    losses: tuple[LossCount, ...]
    refused: tuple[Refusal, ...]
    kept: tuple[Kept, ...]
    changes: tuple[LossCount, ...] = ()
    """What the options would change in the rows."""
    lost_in: dict[str, tuple[LostIn, ...]] = {}
    """Each kind of loss or change → the first `MOST_LISTED` examples it is so in."""
    n_examples: int = 0


def preview_export(
    ws: Workspace,
    dataset_id: str,
    format_name: str,
    options: Options = PLAIN,
    *,
    splits: Sequence[Portion | str] = ALL_SPLITS,
) -> ExportPreview:
    """Write everything to nowhere, and say what would come of it."""
    tally, write = Tally(MOST_LISTED), open_writer(writable_format(format_name), options)
    for item in walk_splits(ws, dataset_id, splits):
        tally.add(item, *write(item))
    lost_in = {what: tuple(rows) for what, rows in tally.lost_in.items()}
    return ExportPreview(
        tally.rows, tally.losses, tuple(tally.refused), tally.kept, tally.changes, lost_in, tally.examples
    )


def export_dataset(
    ws: Workspace,
    actor: Actor,
    dataset_id: str,
    format_name: str,
    out: Path,
    *,
    splits: Sequence[Portion | str] = ALL_SPLITS,
    allow_errors: bool = False,
    options: Options = PLAIN,
    card: bool = False,
) -> Manifest:
    """Write one file per split and a manifest. `out` is a folder, or the file of the first split.

    The other splits stand beside that file, with their name put into its name; with `card` so do a data card and its
    plots.

    Raises:
        BlockedError: a row has an error, and errors are not allowed.
        UnwritableError: the format is only read, or has no use for an option.
    """
    require(actor, "export")
    fmt, version = writable_format(format_name), read_dataset(ws, dataset_id)
    wanted = tuple(portion_of(split) for split in splits)
    require_options(fmt, options)
    if not allow_errors:
        require_sound(ws, version.id, wanted)
    names = name_files(out, fmt, version, wanted)
    try:
        manifest = _Export(ws, version, fmt, names, options, allow_errors=allow_errors).write(with_card=card)
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
    options: Options = PLAIN,
) -> Tally:
    """Write the rows of one split to a stream, for pipes. What went through is audited, also when the pipe breaks."""
    require(actor, "export")
    fmt, tally, stream = writable_format(format_name), Tally(), HashedWriter(to)
    require_options(fmt, options)
    if not allow_errors:
        require_sound(ws, dataset_id, (split,))
    try:
        rows, write = open_rows(fmt, stream), open_writer(fmt, options)
        if options.byte_order_mark:
            stream.write(BYTE_ORDER_MARK)
        for item in walk_splits(ws, dataset_id, (split,)):
            written, changes = write(item)
            tally.add(item, written, changes)
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


def require_options(fmt: Format, options: Options) -> None:
    """Refuse what a format has no use for, rather than leave it out unsaid."""
    if options.byte_order_mark and not fmt.takes_mark:
        raise UnwritableError(
            f"No reader of `{fmt.name}` asks for a byte order mark, and most stop at one.",
            hint=f"Leave it out, or choose one of: {', '.join(one.name for one in FORMATS if one.takes_mark)}.",
        )


def open_writer(fmt: Format, options: Options = PLAIN) -> Callable[[ItemRecord], Adapted]:
    """What makes frozen rows of a format, from the stored bytes where it can, and says what the options changed."""
    if options.changes_rows:
        return lambda item: write_adapted(fmt, read_stored(item.body), options)
    if fmt.is_stored_form:
        return lambda item: Adapted(Written(rows=(item.body,)))
    write, copy = fmt.write, fmt.copy
    if write is None:
        raise UnwritableError(f"The format `{fmt.name}` cannot be written.")

    def make_row(item: ItemRecord) -> Adapted:
        row = copy(item.body) if copy else None
        return Adapted(Written(rows=(row,)) if row is not None else write(read_stored(item.body)))

    return make_row


def read_stored(body: bytes) -> Example:
    """The example of a stored body."""
    return read_usual(body) or read_body(body).example


def walk_splits(ws: Workspace, dataset_id: str, splits: Sequence[Portion | str]) -> Iterator[ItemRecord]:
    """The rows of a version in their order, of these splits."""
    with ws.reading() as connection:
        need_version(connection, dataset_id)
        yield from walk_portions(connection, dataset_id, [portion_of(split) for split in splits])


class _Export:
    """One export under way."""

    def __init__(
        self,
        ws: Workspace,
        version: DatasetView,
        fmt: Format,
        names: dict[Portion, Path],
        options: Options,
        *,
        allow_errors: bool,
    ) -> None:
        self.ws, self.version, self.fmt, self.names, self.options = ws, version, fmt, names, options
        self.allow_errors = allow_errors
        self.is_folder = all(path.name.startswith(f"dataset-{version.n}.") for path in names.values())
        self.tally = Tally()

    def write(self, *, with_card: bool) -> Manifest:
        """The manifest comes last: where there is one, it speaks of files that are all in place."""
        next(iter(self.names.values())).parent.mkdir(parents=True, exist_ok=True)
        files = self.write_rows()
        companions = make_companions(self.fmt, self.names, self.is_folder)
        if with_card:
            splits = [one for one in self.names if isinstance(one, Split)]
            facts = gather_facts(self.ws, self.version, splits, self.tally)
            companions |= make_card(facts, self.fmt, lambda name: name_beside(self.names, self.is_folder, name))
        for path, content in companions.items():
            put_whole(path, content)
        manifest = self.make_manifest(files, companions)
        text = msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"
        put_whole(name_beside(self.names, self.is_folder, MANIFEST), text)
        return manifest

    def write_rows(self) -> dict[Portion, HashedWriter]:
        with ExitStack() as stack:
            files = {split: HashedWriter(stack.enter_context(write_whole(path))) for split, path in self.names.items()}
            if self.options.byte_order_mark:
                for file in files.values():
                    file.write(BYTE_ORDER_MARK)
            # Lines go to the file and its digest many at a time, which `HashedWriter` does itself.
            rows: dict[Portion, RowWriter] = {
                split: open_rows(self.fmt, file) if self.fmt.layout else file for split, file in files.items()
            }
            self.write_items(rows)
            for writer in rows.values():
                writer.flush()
            self.require_any_row()
        return files

    def require_any_row(self) -> None:
        """Refuse while the files are not in place yet: empty ones would pass for an export."""
        if self.tally.refused and not sum(self.tally.rows.values()):
            why = self.tally.refused[0].reason
            raise UnwritableError(f"The format `{self.fmt.name}` can hold none of these examples: {why}")

    def write_items(self, rows: dict[Portion, RowWriter]) -> None:
        items = walk_splits(self.ws, self.version.id, tuple(self.names))
        if self.fmt.is_stored_form and not self.options.changes_rows:
            count, put = self.tally.count, {split: file.write_row for split, file in rows.items()}
            for item in items:
                count(item)
                put[item.split](item.body)
            return
        write, add = open_writer(self.fmt, self.options), self.tally.add
        for item in items:
            written, changes = write(item)
            add(item, written, changes)
            for row in written.rows:
                rows[item.split].write_row(row)

    def make_manifest(self, files: dict[Portion, HashedWriter], companions: dict[Path, bytes]) -> Manifest:
        with self.ws.reading() as connection:
            record = need_version(connection, self.version.id)
            splits = draw_of(connection, need_project(connection, record.project_id), self.version.at)
            copy = shifted.find_copy(connection, self.version.id) if Shifted.TEST in self.names else None
            known = catalogues.find_catalogue(connection, record.catalogue_id) if record.catalogue_id else None
            began = datasets.count_origins(connection, record.id, [one for one in self.names if isinstance(one, Split)])
        origins: Counter[str] = Counter()
        for one in began:
            origins[one.origin] += one.examples
        note = ShiftedNote(copy.seed, tuple(copy.kinds.split()), copy.hash) if copy else None
        versions = read_versions(self.version.target, known.hash if known else None)
        return make_manifest(
            self.version,
            self.fmt,
            self.tally,
            self.names,
            files,
            companions,
            splits,
            versions,
            self.options,
            errors_allowed=self.allow_errors,
            shifted=note,
            origins=origins,
        )


def _note(ws: Workspace, actor: Actor, dataset_id: str, what: str, *, allow_errors: bool) -> None:
    after = f"{what} (errors allowed)" if allow_errors else what

    def work(act: Act) -> None:
        act.note(Deed(dataset_id, after=after))

    # Writing the same files again is a new act each time, so each has a nonce of its own.
    perform(ws, actor, "export", ws.new_id(), type(None), work)
