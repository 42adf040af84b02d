"""One export measured in a process of its own, since peaks of memory cannot be told apart inside one.

Prints as JSON what it cost, what the least costs that gives the same file, and what it took in memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from curation.formats import Format, get_format
from curation.formats.containers.writing import open_rows
from curation.services.exporting import export_dataset
from curation.services.people import local_actor
from curation.services.workspace import open_workspace
from shared.figures import MB, spend

MOST_TABLE_ROWS = 4_000
"""The least a table can cost is measured on its first rows, which lie in memory then."""
MOST_COPIED_BYTES = 512 * MB
"""So much is copied of larger files, and scaled up."""
BASE_ROUNDS = 3


class Figures(NamedTuple):
    """What came of one export."""

    ratios: tuple[float, ...]
    start_mb: float
    peak_mb: float
    size_mb: float


def read_size(key: str) -> float:
    """Of this program alone: what `getrusage` says goes back to the one that started it."""
    found = re.search(rf"^{key}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found.group(1)) * 1024 / MB


def measure(home: Path, version_id: str, fmt: Format, out: Path, rounds: int) -> Figures:
    """All splits of a version, some times over; the first time for memory alone where there are several."""
    ws = open_workspace(home)
    actor = local_actor(ws)
    load_writer(fmt)
    start = read_size("VmRSS")
    spent = []
    for _ in range(rounds):
        spent.append(spend(lambda: export_dataset(ws, actor, version_id, fmt.name, out, allow_errors=True)))
    peak = read_size("VmHWM")
    files = [path for path in out.iterdir() if path.suffix == fmt.extension]
    base = min(least(fmt, files) for _ in range(BASE_ROUNDS))
    ws.close()
    kept = spent[1:] or spent
    size = sum(path.stat().st_size for path in files) / MB
    return Figures(tuple(one / base for one in kept), start, peak, size)


def load_writer(fmt: Format) -> None:
    """Have what writes tables loaded and at work, so that its own size is no growth."""
    rows = open_rows(fmt, io.BytesIO())
    if fmt.layout:
        rows.write_row(b"{}")
    rows.flush()


def least(fmt: Format, files: list[Path]) -> float:
    """CPU seconds of a copy with a digest; for a table, of its own library writing the same cells with a digest."""
    if fmt.layout is None:
        size = sum(path.stat().st_size for path in files)
        return spend(lambda: copy_with_digest(files)) * max(1.0, size / MOST_COPIED_BYTES)
    write = write_csv if fmt.layout.kind == "csv" else write_parquet
    return sum(write(path) for path in files)


def copy_with_digest(files: list[Path]) -> None:
    """The least a file and its digest can cost."""
    left = MOST_COPIED_BYTES
    for path in files:
        digest, copy = hashlib.sha256(), path.with_suffix(".copy")
        with path.open("rb") as source, copy.open("wb") as out:
            while chunk := source.read(min(MB, left)):
                left -= len(chunk)
                out.write(chunk)
                digest.update(chunk)
        digest.hexdigest()
        copy.unlink()


def write_csv(path: Path) -> float:
    """`csv` alone, a row at a time, scaled up from the first rows."""
    csv.field_size_limit(sys.maxsize)
    copy = path.with_suffix(".copy")
    with path.open(newline="", encoding="utf-8") as source:
        rows = list(itertools.islice(csv.reader(source), MOST_TABLE_ROWS))
        n_more = sum(1 for _ in csv.reader(source))

    def write() -> None:
        with copy.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out, lineterminator="\r\n").writerows(rows)

    return _scale(write, copy, (len(rows) + n_more) / len(rows))


def write_parquet(path: Path) -> float:
    """`pyarrow` alone, from lists of texts as any program has them, scaled up from the first rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    copy = path.with_suffix(".copy")
    whole = pq.ParquetFile(path)
    first = next(whole.iter_batches(MOST_TABLE_ROWS))
    schema = pa.schema([(name, pa.string()) for name in first.schema.names])
    columns: dict[str, list[Any]] = {name: first.column(name).to_pylist() for name in first.schema.names}

    def write() -> None:
        table = pa.table(columns, schema=schema)
        pq.write_table(table, copy, compression="zstd", row_group_size=1_000)

    return _scale(write, copy, whole.metadata.num_rows / first.num_rows)


def _scale(write: Callable[[], None], copy: Path, times: float) -> float:
    def with_digest() -> None:
        write()
        hashlib.sha256(copy.read_bytes()).hexdigest()

    seconds = spend(with_digest)
    copy.unlink()
    return seconds * times


def main() -> None:
    home, version_id, name, out, rounds = sys.argv[1:]
    logging.disable(logging.INFO)
    figures = measure(Path(home), version_id, get_format(name), Path(out), int(rounds))
    print(json.dumps(figures._asdict()))


if __name__ == "__main__":
    main()
