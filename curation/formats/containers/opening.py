"""A source of rows, whatever it is packed in: which container it is, and the stream or the table inside."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO, cast

from curation.formats.containers.arrow_file import kind_of, read_arrow
from curation.formats.containers.csv_table import SUFFIXES, read_csv
from curation.formats.containers.folders import DataFolder, read_folder
from curation.formats.containers.mapping import Recognise
from curation.formats.containers.packed import GZIP_MARK, Unpacked
from curation.formats.containers.peeked import Peeked
from curation.formats.containers.table import Table
from curation.formats.containers.turn_lines import gather_turns, holds_turns

HEAD_BYTES = 1 << 20


def open_container(
    source: BinaryIO | DataFolder, name: str, recognise: Recognise, columns: dict[str, str]
) -> Peeked | Table:
    """What is in a source: a table, or a stream of text.

    Args:
        source: a stream or a folder.
        name: what sentences call it; its ending tells CSV.
        recognise: whether a row looks like one of some format.
        columns: what people said about the columns of a table, key → column.

    Raises:
        UnreadableError: the source is damaged, or unpacks to more than it may.
    """
    if isinstance(source, DataFolder):
        return Table(*read_folder(source), recognise, columns)
    stream, inner = Peeked(source, HEAD_BYTES), name
    if stream.head.startswith(GZIP_MARK):
        stream = Peeked(cast(BinaryIO, Unpacked(cast(BinaryIO, stream), name)), HEAD_BYTES)
        inner = name[:-3] if name.lower().endswith(".gz") else name
    if kind_of(stream.head):
        return Table(*read_arrow(stream, name), recognise, columns)
    if PurePath(inner.lower()).suffix in SUFFIXES and not _is_wide(stream.head):
        return Table(*read_csv(stream, name), recognise, columns, has_lines=True)
    return gather_turns(stream, name) if holds_turns(stream.head) else stream


def _is_wide(head: bytes) -> bool:
    """Whether it is text of two or four bytes a character, which is refused elsewhere in a sentence of its own."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[:4].count(0) > 1
