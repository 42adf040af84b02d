"""Parquet and Arrow files as rows, read in a process of their own that may crash without harm."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

import msgspec

from curation.errors import MissingPackageError, UnreadableError
from curation.formats.containers.peeked import Peeked
from curation.formats.containers.table import Column, TableRow
from curation.model.reading import Reject
from curation.model.rule_names import RULE_SLUGS
from curation.processes.environment import listed_environment, module_command
from curation.reading.faults import MAX_CHARACTERS

PARQUET_MARK = b"PAR1"
MARKS: tuple[tuple[bytes, str], ...] = (
    (PARQUET_MARK, "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"\xff\xff\xff\xff", "an Arrow stream"),
)
MOST_RATIO = 3_000
"""How many times its own size a file may unpack to; a column of equal values packs to nearly nothing."""
FREE_BYTES = 1024**3
_MODULE = "curation.formats.containers.arrow_child"
_EXIT_S = 5.0
_CHUNK_BYTES = 1 << 20
_TOO_LARGE = Reject(RULE_SLUGS["J11"], "J11", f"The row is longer than {MAX_CHARACTERS // 1_000_000} MB.")
_decode_columns = msgspec.json.Decoder(list[Column]).decode


def kind_of(head: bytes) -> str | None:
    """What kind of table the first bytes belong to, in words; None for anything else."""
    return next((kind for mark, kind in MARKS if head.startswith(mark)), None)


def read_arrow(stream: Peeked, name: str) -> tuple[tuple[Column, ...], Iterator[TableRow]]:
    """The columns of a file and its rows. The bytes go to a file without a name, as the reader has to jump in it."""
    kind = kind_of(stream.head) or "a table"
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the rows
    try:
        shutil.copyfileobj(cast(BinaryIO, stream), copy, _CHUNK_BYTES)
        return read_arrow_file(copy, name, kind)
    except BaseException:
        copy.close()
        raise


def read_arrow_file(file: IO[bytes], name: str, kind: str) -> tuple[tuple[Column, ...], Iterator[TableRow]]:
    """The same for a file that lies on disk; it is closed with the rows.

    Raises:
        UnreadableError: the file is damaged, or wants more memory or time than it may.
        MissingPackageError: pyarrow is not installed.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise MissingPackageError(f"{name} is {kind}, which the package `pyarrow` reads.", hint="Install `pyarrow`.")
    child = _Child(file, name, kind)
    lines = child.lines()
    columns = tuple(_decode_columns(next(lines)))
    return columns, _rows(lines)


def _rows(lines: Iterator[bytes]) -> Iterator[TableRow]:
    for number, line in enumerate(lines, start=1):
        n_nulls, _, raw = line.partition(b"\t")
        fault = _TOO_LARGE if len(raw) > MAX_CHARACTERS else None
        yield TableRow(number, raw, int(n_nulls), fault)


class _Child:
    """The process that reads one file."""

    def __init__(self, file: IO[bytes], name: str, kind: str) -> None:
        self._file = file
        self._name = name
        self._kind = kind
        file.seek(0, os.SEEK_END)
        self._most_bytes = max(FREE_BYTES, MOST_RATIO * file.tell())
        file.seek(0)

    def lines(self) -> Iterator[bytes]:
        """What it writes, up to a proper end; it ends with whoever reads it."""
        process = subprocess.Popen(
            module_command(_MODULE),
            env=listed_environment("TMPDIR"),
            stdin=self._file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield from self._read(process)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None  # noqa: S101
            process.stdout.close()
            self._file.close()

    def _read(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        assert process.stdout is not None  # noqa: S101
        n_bytes = 0
        while line := process.stdout.readline(2 * MAX_CHARACTERS * 4):
            if line == b"end\n":
                return
            if line.startswith(b"fail "):
                raise self._refuse(line[5:].strip().decode("utf-8", "replace"))
            n_bytes += len(line)
            if n_bytes > self._most_bytes:
                raise self._refuse(f"it unpacks to more than {MOST_RATIO:,} times its size")
            yield line.removesuffix(b"\n")
        raise self._refuse(_explain_end(process))

    def _refuse(self, why: str) -> UnreadableError:
        return UnreadableError(
            f"Cannot read {self._name}: it is {self._kind}, and {why.rstrip('.')}.",
            hint="Write it anew, or as JSON Lines.",
        )


def _explain_end(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(_EXIT_S)
    except subprocess.TimeoutExpired:
        code = 0
    if code == -signal.SIGPROF:
        return "a few of its rows take more time to read than they may"
    return "its bytes are damaged in a way that ends the program that reads them"
