"""What moving rows costs: import as a ratio to `orjson.loads` of the same lines, export to a copy of what comes of it.

Run with `python benchmarks/export.py [ROWS]`. All is CPU time of this process. An export writes a digest of each file
into its manifest, so the copy it is held against takes one too; rows are as wide as exported data is, with three to
six definitions each. Files lie in memory where the machine allows it, so that no disk is measured.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import orjson
from shared.figures import MB, report_median, spend
from shared.rows import clean_rows

from curation.formats import FORMATS
from curation.model.people import Actor
from curation.services.exporting import export_dataset
from curation.services.freezing import freeze
from curation.services.importing import import_file
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.workspace import Workspace, open_workspace

ROWS = 4_000
ROUNDS = 5
IMPORT_ROUNDS = 3
STORED_GATE, OTHER_GATE, IMPORT_GATE = 1.5, 4.0, 14.0
MEMORY = Path("/dev/shm")


def copy_with_digest(files: Iterable[Path]) -> None:
    """The least a file and its digest can cost."""
    for path in files:
        digest, copy = hashlib.sha256(), path.with_suffix(".copy")
        with path.open("rb") as source, copy.open("wb") as out:
            while chunk := source.read(MB):
                out.write(chunk)
                digest.update(chunk)
        digest.hexdigest()
        copy.unlink()


def measure_import(ws: Workspace, actor: Actor, path: Path) -> bool:
    lines = path.read_bytes().splitlines()
    ratios = []
    for round_ in range(IMPORT_ROUNDS + 1):
        project = create_project(ws, actor, f"Import {round_}", nonce=f"import {round_}")
        spent = spend(lambda: import_file(ws, actor, project.id, path, nonce=project.id))  # noqa: B023
        base = min(spend(lambda: list(map(orjson.loads, lines))) for _ in range(3))
        ratios.append(spent / base)
    return report_median("import", IMPORT_GATE, ratios[1:])


def measure_export(ws: Workspace, actor: Actor, dataset_id: str, format_name: str, folder: Path) -> bool:
    """All splits of a version against a copy of the files that come of it."""
    fmt = next(one for one in FORMATS if one.name == format_name)
    out = folder / format_name
    out.mkdir()
    ratios = []
    for _ in range(ROUNDS + 1):
        spent = spend(lambda: export_dataset(ws, actor, dataset_id, format_name, out, allow_errors=True))
        files = list(out.glob("*.jsonl"))
        ratios.append(spent / min(spend(lambda: copy_with_digest(files)) for _ in range(3)))  # noqa: B023
    gate = STORED_GATE if fmt.is_stored_form else OTHER_GATE
    return report_median(f"export, {format_name}", gate, ratios[1:])


def main() -> int:
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        narrow, wide = folder / "narrow.jsonl", folder / "wide.jsonl"
        narrow.write_bytes(b"".join(row + b"\n" for row in clean_rows(n_rows)))
        wide.write_bytes(b"".join(row + b"\n" for row in clean_rows(n_rows, is_wide=True)))
        sizes = f"{narrow.stat().st_size / MB:.0f} MB to import, {wide.stat().st_size / MB:.0f} MB to export"
        print(f"{n_rows} rows, {sizes}")
        ws = open_workspace(folder / "home")
        actor = local_actor(ws)
        holds = [measure_import(ws, actor, narrow)]
        project = create_project(ws, actor, "Export", nonce="export")
        import_file(ws, actor, project.id, wide, nonce="wide")
        version = freeze(ws, actor, project.id, include_unreviewed=True, nonce="freeze")
        holds += [measure_export(ws, actor, version.id, fmt.name, folder) for fmt in FORMATS if fmt.write is not None]
        ws.close()
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
