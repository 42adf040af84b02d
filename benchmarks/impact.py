"""What a change of one tool breaks among 100,000 examples, as a share of plainly checking the 1,000 it touches anew.

Run with `python benchmarks/impact.py`. CPU time of interleaved rounds over a real database file. The other 99,000
examples are copies of 1,000, made by the database itself: nothing of this reads their bodies.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import msgspec
from recheck import make_example, make_tool
from shared.figures import report, report_median, spend
from shared.holds import watch_holds
from sqlalchemy import text

from curation.model.definition import Definition
from curation.model.envelope import encode
from curation.services import cataloguing, importing, migrating, people, projects
from curation.services.impact import measure
from curation.services.rechecking import recheck_stale
from curation.services.workspace import Workspace, open_workspace

ROUNDS = 5
AFFECTED = 1_000
EXAMPLES = 100_000
CHANGED = 0
"""The tool that changes; `recheck.make_example` offers tool n modulo 30."""
TOOLS = 30
HOLD_GATE_MS = 100.0
"""CPU time, so that what else runs on the machine does not count; writing to the disk comes on top."""
GATES = {"impact / plain re-check": 1.5, "impact with steps / re-check": 2.2}
COPIES = (
    "INSERT INTO example ({columns}) SELECT {copied} FROM example e WHERE e.rowid IN (SELECT number FROM others)",
    "INSERT INTO revision SELECT r.example_id || :mark, r.rev, r.body_hash, r.by, r.at, r.why FROM revision r "
    "JOIN example e ON e.id = r.example_id WHERE e.number IN (SELECT number FROM others)",
    "INSERT INTO example_tool SELECT t.example_id || :mark, t.position, t.definition_hash, t.name, t.called, "
    "(SELECT number FROM example WHERE id = t.example_id || :mark) FROM example_tool t "
    "WHERE t.number IN (SELECT number FROM others)",
)


def fill(ws: Workspace, folder: Path) -> str:
    """The touched examples and as many others, then copies of the others."""
    actor = people.local_actor(ws)
    project = projects.create_project(ws, actor, "Benchmark", nonce="project").id
    cataloguing.import_tools(ws, actor, project, [make_tool(n) for n in range(TOOLS)], nonce="tools")
    cataloguing.publish(ws, actor, project, nonce="first")
    numbers = [TOOLS * n for n in range(AFFECTED)] + [TOOLS * n + 1 + n % (TOOLS - 1) for n in range(AFFECTED)]
    rows = folder / "rows.jsonl"
    rows.write_bytes(b"\n".join(encode(make_example(n)) for n in numbers) + b"\n")
    importing.import_file(ws, actor, project, rows, format_name="callwright", nonce="rows")
    copy_others(ws)
    return project


def copy_others(ws: Workspace) -> None:
    with ws.unit() as unit:
        run = unit.connection.exec_driver_sql
        columns = [row[1] for row in run("PRAGMA table_info(example)") if row[1] != "number"]
        copied = ", ".join("e.id || :mark" if name == "id" else f"e.{name}" for name in columns)
        run("CREATE TEMP TABLE others (number INTEGER PRIMARY KEY)")
        run("INSERT INTO others SELECT number FROM example_tool WHERE name <> ?", (f"tool_{CHANGED}",))
        for at in range((EXAMPLES - 2 * AFFECTED) // AFFECTED):
            for statement in COPIES:
                sql = statement.format(columns=", ".join(columns), copied=copied)
                unit.connection.execute(text(sql), {"mark": f"-{at}"})
        unit.commit()


def change_tool(ws: Workspace, project: str) -> None:
    """A newly required argument; nothing is published."""
    view = next(one for one in cataloguing.list_tools(ws, project) if one.name == f"tool_{CHANGED}")
    wanted = '"currency":{"type":"string","description":"ISO code."}},"required":["record","currency"]'
    changed = view.tool.definition.text.replace('},"required":["record"]', f",{wanted}")
    tool = msgspec.structs.replace(view.tool, definition=Definition(changed))
    actor = people.local_actor(ws)
    cataloguing.save_tool(ws, actor, project, tool, tool_id=view.id, base_revision=view.revision, nonce="edit")


def recheck_touched(ws: Workspace, project: str) -> None:
    """The plain work: judge the same rows anew and store what was found."""
    with ws.unit() as unit:
        touched = "SELECT number FROM example_tool WHERE name = :name"
        statement = text(f"UPDATE example SET verdict_key = '' WHERE number IN ({touched})")
        unit.connection.execute(statement, {"name": f"tool_{CHANGED}"})
        unit.commit()
    assert recheck_stale(ws, project) == AFFECTED


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        ws = open_workspace(Path(home))
        try:
            project = fill(ws, Path(home))
            change_tool(ws, project)
            held = measure_rounds(ws, project)
            held += measure_move(ws, project)
        finally:
            ws.close()
    sys.exit(not all(held))


def measure_rounds(ws: Workspace, project: str) -> list[bool]:
    seen = measure(ws, project)
    assert (seen.n_affected, seen.n_broken) == (AFFECTED, AFFECTED)
    steps = [msgspec.structs.replace(one, value='"SEK"') for one in seen.steps]
    ratios: dict[str, list[float]] = {name: [] for name in GATES}
    for _ in range(ROUNDS):
        plain = spend(partial(recheck_touched, ws, project))
        ratios["impact / plain re-check"].append(spend(lambda: measure(ws, project)) / plain)
        with_steps = spend(lambda: measure(ws, project, steps=steps))
        ratios["impact with steps / re-check"].append(with_steps / plain)
    start = time.perf_counter()
    measure(ws, project)
    print(f"{EXAMPLES:,} examples, {AFFECTED:,} touched: {time.perf_counter() - start:.2f} s", flush=True)
    return [report_median(name, gate, ratios[name]) for name, gate in GATES.items()]


def measure_move(ws: Workspace, project: str) -> list[bool]:
    """What the act itself takes, and its undo; no other writer waits long for either."""
    actor, seen = people.local_actor(ws), measure(ws, project)
    steps = [msgspec.structs.replace(one, value='"SEK"') for one in seen.steps]
    start = time.perf_counter()
    with watch_holds(ws) as moving:
        done = migrating.move_examples(ws, actor, project, steps=steps, digest=seen.digest, nonce="move")
    assert done.n_moved == AFFECTED
    moved = time.perf_counter() - start
    with watch_holds(ws) as undoing:
        migrating.undo_move(ws, actor, done.batch_id, nonce="undo")
    print(f"published and moved in {moved:.2f} s, undone in {time.perf_counter() - start - moved:.2f} s", flush=True)
    named = {"longest hold of a move": moving, "longest hold of its undo": undoing}
    return [report_hold(name, spans) for name, spans in named.items()]


def report_hold(name: str, spans: list[float]) -> bool:
    return report(name, HOLD_GATE_MS, max(spans), spans, " ms")


if __name__ == "__main__":
    main()
