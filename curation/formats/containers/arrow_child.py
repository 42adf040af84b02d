"""The process that opens a stranger's Parquet or Arrow file: standard input in, lines of JSON out.

It runs apart and under limits, since such a file can make its reader crash, or fill all memory. The first line says
the columns, `N<tab>{…}` is a row from which N keys were taken out, `end` is the end and `fail …` a sentence.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from curation.formats.containers.arrow_shape import Shape, Writing, shape_of
from curation.model.source import quote
from curation.reading.faults import MAX_CHARACTERS

if TYPE_CHECKING:
    import pyarrow as pa

MEMORY_BYTES = 4 * 1024**3
BATCH_CPU_S = 60.0
"""The computing time that a batch of rows may take."""
BATCH_ROWS = 256
SAMPLE_ROWS = 1024
"""Rows from which is told which nulls are filling."""
_PARQUET_MARK = b"PAR1"
_FILE_MARK = b"ARROW1"


def main() -> None:
    """Answer one file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, BATCH_CPU_S)
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # the others reserve more than they use
    out = sys.stdout.buffer
    try:
        for line in read_lines(sys.stdin.buffer):
            out.write(line + b"\n")
        out.write(b"end\n")
    except BrokenPipeError:
        os._exit(0)
    except MemoryError:
        out.write(b"fail it takes more memory to read than it may\n")
    except (OSError, ValueError, KeyError, TypeError, NotImplementedError) as error:
        out.write(b"fail " + _one_sentence(error) + b"\n")
    out.flush()


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines this process writes, but for the last one."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    schema, batches = _open(stream)
    first = _take(batches, SAMPLE_ROWS)
    samples = pa.Table.from_batches(first, schema)
    shapes = {field.name: shape_of(field.type, _joined(samples.column(i))) for i, field in enumerate(schema)}
    columns = [{"name": field.name, "type": _say_type(field.type, shapes[field.name])} for field in schema]
    yield msgspec.json.encode(columns)
    for batch in chain(first, batches):
        signal.setitimer(signal.ITIMER_PROF, BATCH_CPU_S)
        yield from _write_batch(batch, shapes)


def _open(stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    mark = stream.read(6)
    stream.seek(0)
    if mark.startswith(_PARQUET_MARK):
        file = pq.ParquetFile(stream)
        return file.schema_arrow, file.iter_batches(batch_size=BATCH_ROWS, use_threads=False)
    if mark == _FILE_MARK:
        reader = pa.ipc.open_file(stream)
        return reader.schema, _slices(reader.get_batch(i) for i in range(reader.num_record_batches))
    flow = pa.ipc.open_stream(stream)
    return flow.schema, _slices(iter(flow))


def _slices(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Small parts of batches that are proved to be what they say."""
    for batch in batches:
        batch.validate(full=True)
        for start in range(0, batch.num_rows, BATCH_ROWS):
            yield batch.slice(start, BATCH_ROWS)


def _take(batches: Iterator[pa.RecordBatch], n_rows: int) -> list[pa.RecordBatch]:
    taken: list[pa.RecordBatch] = []
    for batch in batches:
        taken.append(batch)
        if sum(one.num_rows for one in taken) >= n_rows:
            break
    return taken


def _joined(column: pa.ChunkedArray) -> pa.Array | None:
    import pyarrow as pa

    if isinstance(column.type, pa.BaseExtensionType) or not column.num_chunks:
        return None
    return column.combine_chunks() if column.num_chunks > 1 else column.chunk(0)


def _say_type(arrow_type: pa.DataType, shape: Shape) -> str:
    return "json" if shape.is_json else str(arrow_type)


def _write_batch(batch: pa.RecordBatch, shapes: dict[str, Shape]) -> Iterator[bytes]:
    columns = [(name, batch.column(i).to_pylist()) for i, name in enumerate(batch.schema.names)]
    for row in range(batch.num_rows):
        writing = Writing()
        members = []
        for name, values in columns:
            value, shape = values[row], shapes[name]
            if value is not None:  # a cell without a value is a key that is not there
                source = quote(value) if shape.is_json else writing.source(value, shape)
                members.append(f"{quote(name)}:{source}")
        line = "{" + ",".join(members) + "}"
        yield f"{writing.n_nulls}\t{line[: MAX_CHARACTERS + 1]}".encode()


def _one_sentence(error: Exception) -> bytes:
    """What the library says, on one line."""
    text = " ".join(str(error).split())
    return f"the reader says: {text[:300]}".encode("utf-8", "replace")


if __name__ == "__main__":
    main()
