"""What an ordered import costs beside `orjson.loads` and beside `datasets` merely loading the file, and how long it
holds the lock of all writers.

Run with `python benchmarks/imports.py [ROWS]`. Costs are CPU time of this process: reading, rules that can find errors,
tables and counters. Warnings, search and near-duplicates follow in passes of their own, as they do in the app. Holds
are those of the order, of the rows, of letting them appear, of search and the warnings that follow, and of taking all
of it back.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import islice
from pathlib import Path

import orjson
from shared.figures import report, report_median, spend
from shared.holds import watch_holds
from shared.rows import clean_rows

from curation.model.people import Actor
from curation.services import bringing_in, import_orders, importing, projects, rechecking, search_indexing
from curation.services.people import local_actor
from curation.services.workspace import Workspace, open_workspace

ROWS = 8_000
ROUNDS = 3
COST_GATE, DATASETS_GATE, HOLD_GATE_MS = 14.0, 1.0, 100.0
MEMORY = Path("/dev/shm")


def bring_in(ws: Workspace, actor: Actor, path: Path, name: str) -> str:
    """Order a file and bring it in; the project it came into."""
    project = projects.create_project(ws, actor, name, nonce=name)
    with path.open("rb") as stream:
        import_orders.begin_import(ws, actor, project.id, stream, name=path.name, nonce=f"{name}.order")
    bringing_in.bring_in_next(ws)
    return project.id


def load_with_datasets(path: Path, cache: Path) -> None:
    """What the other library does before anything is looked at."""
    import datasets

    datasets.disable_progress_bars()
    datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(cache))


def measure_costs(ws: Workspace, actor: Actor, count: int, folder: Path) -> list[bool]:
    """Each round brings rows in that nobody has seen before: a known body costs less than a new one."""
    ours, to_datasets, rows = [], [], clean_rows((ROUNDS + 1) * count)
    path = folder / "round.jsonl"
    for number in range(ROUNDS + 1):
        lines = list(islice(rows, count))
        path.write_bytes(b"\n".join(lines) + b"\n")
        spent = spend(lambda: bring_in(ws, actor, path, f"cost {number}"))  # noqa: B023
        base = min(spend(lambda: list(map(orjson.loads, lines))) for _ in range(3))  # noqa: B023
        theirs = spend(lambda: load_with_datasets(path, folder / f"cache {number}"))  # noqa: B023
        ours.append(spent / base)
        to_datasets.append(spent / theirs)
    return [
        report_median("ordered import", COST_GATE, ours[1:]),
        report_median("ordered import to datasets", DATASETS_GATE, to_datasets[1:]),
    ]


def measure_holds(ws: Workspace, actor: Actor, path: Path) -> bool:
    with watch_holds(ws) as spans:
        project_id = bring_in(ws, actor, path, "holds")
        search_indexing.index_waiting(ws)
        rechecking.judge_unjudged(ws)
        (source,) = importing.list_sources(ws, project_id)
        importing.undo_import(ws, actor, source.batch_id, nonce="holds.undo")
    return report("longest hold of an import", HOLD_GATE_MS, max(spans), spans, " ms")


def main(count: int) -> int:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        folder = Path(made)
        ws = open_workspace(folder / "workspace")
        actor = local_actor(ws)
        path = folder / "rows.jsonl"
        path.write_bytes(b"\n".join(clean_rows(count)) + b"\n")
        holds = [*measure_costs(ws, actor, count, folder), measure_holds(ws, actor, path)]
        ws.close()
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
