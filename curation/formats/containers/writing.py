"""Rows into files: lines of JSON, or the columns of a CSV or Parquet table."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from curation.errors import MissingPackageError
from curation.formats.contract import Format, TableLayout

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP_ROWS = 1_000
_GROUP_BYTES = 2_000_000
"""Rows of a Parquet file are written once they make up this much."""
_MARK = "\ufeff"
"""Without it, spreadsheets read UTF-8 as something else."""


class Writable(Protocol):
    """What bytes go to."""

    def write(self, data: bytes, /) -> object: ...


class RowWriter(Protocol):
    """Where the rows of a format go; `flush` writes what still waits, and nothing comes after it."""

    def write_row(self, row: bytes) -> None: ...

    def flush(self) -> None: ...


def open_rows(fmt: Format, out: Writable) -> RowWriter:
    """Where to write the rows of a format into a stream.

    Raises:
        MissingPackageError: the format needs pyarrow, and it is not installed.
    """
    layout = fmt.layout
    if layout is None:
        return _Lines(out)
    return _Csv(out, layout.columns) if layout.kind == "csv" else _Parquet(out, layout)


class _Lines:
    """One row a line."""

    def __init__(self, out: Writable) -> None:
        self._out = out

    def write_row(self, row: bytes) -> None:
        self._out.write(row + b"\n")

    def flush(self) -> None:
        """Every row is written already."""


class _Csv:
    """One row a record, with a header; cells are texts."""

    def __init__(self, out: Writable, columns: Sequence[str]) -> None:
        self._out = out
        self._decode = msgspec.json.Decoder(dict[str, str]).decode
        self._columns = columns
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._text.write(_MARK)
        self._writer.writerow(columns)

    def write_row(self, row: bytes) -> None:
        cells = self._decode(row)
        self._writer.writerow([cells.get(column, "") for column in self._columns])
        self.flush()

    def flush(self) -> None:
        self._out.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


class _Parquet:
    """Rows in columns of text, a group at a time; the same rows give the same bytes."""

    def __init__(self, out: Writable, layout: TableLayout) -> None:
        if importlib.util.find_spec("pyarrow") is None:
            raise MissingPackageError("Writing Parquet needs the package `pyarrow`.", hint="Install `pyarrow`.")
        import pyarrow.parquet as pq

        self._schema = _schema_of(layout)
        self._decode = msgspec.json.Decoder(dict[str, str | None]).decode
        self._writer = pq.ParquetWriter(_Positioned(out), self._schema, compression="zstd")
        self._waiting: list[dict[str, str | None]] = []
        self._waiting_bytes = 0

    def write_row(self, row: bytes) -> None:
        self._waiting.append(self._decode(row))
        self._waiting_bytes += len(row)
        if len(self._waiting) >= _GROUP_ROWS or self._waiting_bytes >= _GROUP_BYTES:
            self._write_group()

    def flush(self) -> None:
        self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        import pyarrow as pa

        if self._waiting:
            columns = [
                pa.array([row.get(name) for row in self._waiting], pa.string()).cast(self._schema.field(name).type)
                for name in self._schema.names
            ]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._waiting, self._waiting_bytes = [], 0


def _schema_of(layout: TableLayout) -> pa.Schema:
    import pyarrow as pa

    if not layout.is_json:
        return pa.schema([(name, pa.string()) for name in layout.columns])
    features = {name: {"_type": "Json"} for name in layout.columns}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema([(name, pa.json_()) for name in layout.columns], metadata)


class _Positioned:
    """A stream as pyarrow wants one: it knows how much went through, and is left open."""

    closed = False

    def __init__(self, out: Writable) -> None:
        self._out = out
        self._position = 0

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._out.write(part)
        self._position += len(part)
        return len(part)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Whoever opened the stream flushes it."""

    def close(self) -> None:
        """Whoever opened the stream closes it."""
