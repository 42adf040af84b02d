"""What moving rows costs: import as a ratio to `orjson.loads` of the same lines, export to a copy of what comes of it.

Run with `python benchmarks/export.py [--rows ROWS] [--only FORMAT …]`. All is CPU time. An export writes a digest of
each file into its manifest, so the copy it is held against takes one too; rows are as wide as exported data is, with
three to six definitions each. `cp` of a table says nothing of one, as its bytes are packed or quoted anew: CSV is held
against `csv`, Parquet against `pyarrow`, each writing the same cells from memory. Files lie in memory where the machine
allows it, so that no disk is measured. Every format is exported in a process of its own, whose largest size is held
against what it had before.

A version of many rows takes the bodies of its first `DISTINCT` again and again: an export reads each anew.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
from shared.figures import MB, report, report_median, spend
from shared.rows import clean_rows

from curation.formats import FORMATS, Format
from curation.model.people import Actor
from curation.services.freezing import freeze
from curation.services.importing import import_file
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.workspace import Workspace, open_workspace

ROWS = 8_000
DISTINCT = 4_000
ROUNDS = 4
FEW_ROUNDS_FROM = 50_000
IMPORT_ROUNDS = 3
STORED_GATE, OTHER_GATE, IMPORT_GATE, MEMORY_GATE_MB = 1.5, 4.0, 14.0, 16.0
MEMORY = Path("/dev/shm")
ONE_EXPORT = Path(__file__).parent / "shared/one_export.py"
REJECTED = b',"non_preferred_output":[{"role":"assistant","content":"I cannot help with that order, sorry."}]}'
MORE_ITEMS = """INSERT INTO dataset_item (version_id, position, example_id, rev, body_hash, split, reviewed)
    WITH RECURSIVE turn(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < :turns)
    SELECT version_id, position + turn.n * :distinct, example_id, rev, body_hash, split, reviewed
    FROM turn CROSS JOIN dataset_item WHERE version_id = :version AND position + turn.n * :distinct < :rows"""


def measure_import(ws: Workspace, actor: Actor, path: Path) -> bool:
    lines = path.read_bytes().splitlines()
    ratios = []
    for round_ in range(IMPORT_ROUNDS + 1):
        project = create_project(ws, actor, f"Import {round_}", nonce=f"import {round_}")
        spent = spend(lambda: import_file(ws, actor, project.id, path, nonce=project.id))  # noqa: B023
        base = min(spend(lambda: list(map(orjson.loads, lines))) for _ in range(3))
        ratios.append(spent / base)
    return report_median("import", IMPORT_GATE, ratios[1:])


def make_version(ws: Workspace, actor: Actor, name: str, path: Path, n_rows: int) -> str:
    """A version of so many rows, from a file of fewer."""
    project = create_project(ws, actor, name, nonce=name)
    import_file(ws, actor, project.id, path, nonce=f"{name} rows")
    version = freeze(ws, actor, project.id, include_unreviewed=True, nonce=f"{name} version")
    with ws.engine.begin() as connection:
        distinct = sum(version.counts.values())
        values = {"turns": n_rows // distinct, "distinct": distinct, "rows": n_rows, "version": version.id}
        connection.exec_driver_sql(MORE_ITEMS, values)
    return version.id


def measure_export(home: Path, version_id: str, fmt: Format, out: Path, n_rows: int) -> bool:
    """All splits of a version in one format, in a process of its own."""
    out.mkdir()
    rounds = 1 if n_rows >= FEW_ROUNDS_FROM else ROUNDS
    command = [sys.executable, str(ONE_EXPORT), str(home), version_id, fmt.name, str(out), str(rounds)]
    root = Path(__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": f"{root}:{root / 'benchmarks'}"}
    figures = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, cwd=root).stdout)
    shutil.rmtree(out)
    gate = STORED_GATE if fmt.is_stored_form else OTHER_GATE
    against = f" against {fmt.layout.kind}" if fmt.layout else ""
    sizes = (figures["start_mb"], figures["peak_mb"])
    holds = [
        report_median(f"export, {fmt.name}{against}", gate, figures["ratios"]),
        report(f"export, {fmt.name}, memory", MEMORY_GATE_MB, sizes[1] - sizes[0], sizes, " MB"),
    ]
    return all(holds)


def write_rows(path: Path, rows: Iterator[bytes]) -> None:
    with path.open("wb") as out:
        out.writelines(row + b"\n" for row in rows)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows of the exported version ({ROWS})")
    parser.add_argument("--only", nargs="*", default=(), help="formats to export; import is left out then")
    return parser.parse_args()


def measure_exports(folder: Path, ws: Workspace, n_rows: int, only: Sequence[str]) -> list[bool]:
    actor, formats = local_actor(ws), [fmt for fmt in FORMATS if fmt.write and (not only or fmt.name in only)]
    distinct = min(n_rows, DISTINCT)
    wide, paired = folder / "wide.jsonl", folder / "paired.jsonl"
    write_rows(wide, clean_rows(distinct, is_wide=True))
    write_rows(paired, (row[:-1] + REJECTED for row in clean_rows(distinct, is_wide=True)))
    print(f"{n_rows} rows, {wide.stat().st_size / distinct * n_rows / MB:.0f} MB to export", flush=True)
    versions = {
        needs_pair: make_version(ws, actor, f"Export {path.stem}", path, n_rows)
        for needs_pair, path in ((False, wide), (True, paired))
        if any(fmt.needs_pair == needs_pair for fmt in formats)
    }
    ws.close()
    return [measure_export(ws.home, versions[fmt.needs_pair], fmt, folder / fmt.name, n_rows) for fmt in formats]


def main() -> int:
    options = read_options()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        ws = open_workspace(folder / "home")
        holds = []
        if not options.only:
            narrow = folder / "narrow.jsonl"
            write_rows(narrow, clean_rows(DISTINCT))
            holds.append(measure_import(ws, local_actor(ws), narrow))
        holds += measure_exports(folder, ws, options.rows, options.only)
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
