"""What moving rows costs: import as a ratio to `orjson.loads` of the same lines, export as a ratio to `cp` of the file.

Run with `python benchmarks/export.py [ROWS]`. All is CPU time: of this process for our side, of the child for `cp`.
Memory is what the process grows by while it works.
"""

from __future__ import annotations

import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import psutil
from rules import make_row

from curation.formats import FORMATS
from curation.model.people import Actor
from curation.services.exporting import export_dataset
from curation.services.freezing import freeze
from curation.services.importing import import_file
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.workspace import Workspace, open_workspace

ROWS = 10_000
ROUNDS = 3
STORED_GATE, OTHER_GATE, IMPORT_GATE, MEMORY_GATE_MB = 1.5, 4.0, 14.0, 16.0
MB = 1 << 20


class Peak:
    """The largest size the process reaches while it is watched."""

    def __init__(self) -> None:
        self.start = self.most = psutil.Process().memory_info().rss

    @property
    def grown_mb(self) -> float:
        return (self.most - self.start) / MB


@contextmanager
def watch_memory() -> Iterator[Peak]:
    peak, done, process = Peak(), threading.Event(), psutil.Process()

    def follow() -> None:
        while not done.wait(0.02):
            peak.most = max(peak.most, process.memory_info().rss)

    thread = threading.Thread(target=follow)
    thread.start()
    yield peak
    done.set()
    thread.join()


def spend(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def spend_on_copy(path: Path) -> float:
    """CPU seconds of `cp`, its start included."""
    copy = path.with_suffix(".copy")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["cp", str(path), str(copy)], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    copy.unlink()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(name: str, gate: float, value: float, unit: str = "x") -> bool:
    verdict = "holds" if value <= gate else "BROKEN"
    print(f"{name:28} gate {gate:5.1f}{unit}   value {value:7.2f}{unit}   {verdict}")
    return value <= gate


def measure_import(ws: Workspace, actor: Actor, project_id: str, path: Path) -> list[bool]:
    lines = path.read_bytes().splitlines()
    base = statistics.median(spend(lambda: list(map(orjson.loads, lines))) for _ in range(ROUNDS))
    with watch_memory() as peak:
        spent = spend(lambda: import_file(ws, actor, project_id, path, nonce="import"))
    return [report("import", IMPORT_GATE, spent / base), report("import, memory", MEMORY_GATE_MB, peak.grown_mb, " MB")]


def measure_export(ws: Workspace, actor: Actor, dataset_id: str, format_name: str, folder: Path) -> list[bool]:
    """All splits of a version against a copy of the files that come of it."""
    fmt = next(one for one in FORMATS if one.name == format_name)
    gate = STORED_GATE if fmt.is_stored_form else OTHER_GATE
    out = folder / format_name
    out.mkdir()
    ratios, grown = [], []
    for _ in range(ROUNDS):
        with watch_memory() as peak:
            spent = spend(lambda: export_dataset(ws, actor, dataset_id, format_name, out, allow_errors=True))
        ratios.append(spent / sum(spend_on_copy(path) for path in out.glob("*.jsonl")))
        grown.append(peak.grown_mb)
    return [
        report(f"export, {format_name}", gate, statistics.median(ratios)),
        report(f"export, {format_name}, memory", MEMORY_GATE_MB, max(grown), " MB"),
    ]


def main() -> int:
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "rows.jsonl"
        clean = (seed for seed in range(2 * n_rows) if seed % 10)  # every tenth row has a fault
        with path.open("wb") as out:
            out.writelines(make_row(seed) + b"\n" for seed, _ in zip(clean, range(n_rows), strict=False))
        print(f"{n_rows} rows, {path.stat().st_size / MB:.0f} MB")
        ws = open_workspace(folder / "home")
        actor = local_actor(ws)
        project = create_project(ws, actor, "Benchmark", nonce="project")
        holds = measure_import(ws, actor, project.id, path)
        version = freeze(ws, actor, project.id, include_unreviewed=True, nonce="freeze")
        for fmt in FORMATS:
            if fmt.write is not None:
                holds += measure_export(ws, actor, version.id, fmt.name, folder)
        ws.close()
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
