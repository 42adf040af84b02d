"""Where rows come from, opened: a file, an upload, standard input or a folder, with its digest once it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from curation.errors import UnreadableError
from curation.formats.containers.folders import DataFolder
from curation.formats.containers.joined import Joined
from curation.formats.containers.mapping import ColumnUse, parse_choice
from curation.formats.files import Rows
from curation.services.digesting import HashedReader

__all__ = [
    "ColumnUse",
    "DataFolder",
    "OpenedRows",
    "Second",
    "Source",
    "complete_rows",
    "open_file",
    "parse_choice",
]

READ_BYTES = 1 << 20
Source = BinaryIO | DataFolder


class Second(NamedTuple):
    """A second file, of which rows are completed."""

    stream: BinaryIO
    name: str


def complete_rows(stream: BinaryIO, name: str, second: Second | None) -> BinaryIO:
    """The rows of a stream with the keys that a second file has for the same `id`."""
    return stream if second is None else cast(BinaryIO, Joined(stream, second.stream, name, second.name))


class OpenedRows:
    """The rows of a source, with the digest of what was given.

    Args:
        sha256: the digest, where it is known already: then the source is not read for it, and may be read on anywhere.
    """

    def __init__(self, source: Source, name: str, columns: Mapping[str, str] | None = None, sha256: str = "") -> None:
        self._known = sha256
        self._digested = source if sha256 or isinstance(source, DataFolder) else HashedReader(source)
        given = self._digested if isinstance(self._digested, DataFolder) else cast(BinaryIO, self._digested)
        self.rows = Rows(given, name, dict(columns or {}))

    @property
    def sha256(self) -> str:
        if isinstance(self._digested, DataFolder | HashedReader):
            return self._digested.sha256
        return self._known


@contextmanager
def open_file(path: Path, answers: Path | None = None) -> Iterator[Source]:
    """A file or a folder to be imported; one that is not there is a sentence.

    `answers` is a second file with more keys of the same rows, found by `id`, as BFCL keeps its ground truth.
    """
    if path.is_dir():
        yield DataFolder(path)
        return
    with ExitStack() as stack:
        stream = stack.enter_context(_open(path))
        second = None if answers is None else Second(stack.enter_context(_open(answers)), answers.name)
        yield complete_rows(stream, path.name, second)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb", buffering=READ_BYTES)
    except OSError as error:
        raise UnreadableError(f"The file {path} cannot be read: {error.strerror}.", hint="Check its name.") from error
