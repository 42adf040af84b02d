"""What a change costs in checking, as a share of checking everything: nothing changed, and one tool of thirty edited.

Run with `python benchmarks/recheck.py`. CPU time of interleaved rounds over a real database file.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

import msgspec
from shared.figures import report_median, spend

from curation.model.definition import Definition, Tool
from curation.model.envelope import encode
from curation.model.example import Arguments, Call, Example, Message
from curation.services import cataloguing, importing, people, projects
from curation.services.rechecking import recheck_stale
from curation.services.workspace import Workspace, open_workspace

ROUNDS = 5
TOOLS = 30
EXAMPLES = 3_000
SHARE = 1 / TOOLS
GATES = {"nothing changed": 0.1, "one tool of thirty edited": round(1.2 * SHARE + 0.1, 3)}
"""The edit may cost its share and what looking costs."""


def make_tool(number: int) -> Tool:
    text = (
        f'{{"type":"function","function":{{"name":"tool_{number}","description":"Looks up record kind {number}.",'
        '"parameters":{"type":"object","properties":{"record":{"type":"string","description":"Number of the record."}},'
        '"required":["record"]}}}'
    )
    return Tool(Definition(text), side_effect="read", idempotent=True)


def make_example(number: int) -> Example:
    tool = make_tool(number % TOOLS)
    call = Call(name=tool.name, arguments=Arguments(f'{{"record":"R-{number}"}}'), id="call_1", type="function")
    return Example(
        messages=(
            Message(role="user", content=f"What is in record R-{number}?"),
            Message(role="assistant", calls=(call,)),
            Message(role="tool", content='{"state":"filed"}', tool_call_id="call_1"),
            Message(role="assistant", content=f"Record R-{number} was filed."),
        ),
        tools=(tool.definition,),
    )


def fill(ws: Workspace, folder: Path) -> str:
    actor = people.local_actor(ws)
    project = projects.create_project(ws, actor, "Benchmark", nonce="project").id
    cataloguing.import_tools(ws, actor, project, [make_tool(n) for n in range(TOOLS)], nonce="tools")
    cataloguing.publish(ws, actor, project, nonce="first")
    rows = folder / "rows.jsonl"
    rows.write_bytes(b"\n".join(encode(make_example(n)) for n in range(EXAMPLES)) + b"\n")
    importing.import_file(ws, actor, project, rows, format_name="callwright", nonce="rows")
    return project


def change_target(ws: Workspace, project: str, number: int) -> None:
    """Everything has to be judged anew."""
    actor = people.local_actor(ws)
    projects.set_target(ws, actor, project, "openai" if number % 2 else None, nonce=f"target {number}")
    recheck_stale(ws, project)


def edit_tool(ws: Workspace, project: str, number: int) -> None:
    actor = people.local_actor(ws)
    view = cataloguing.list_tools(ws, project)[0]
    tool = msgspec.structs.replace(view.tool, idempotent=number % 2 == 0)
    cataloguing.save_tool(
        ws, actor, project, tool, tool_id=view.id, base_revision=view.revision, nonce=f"edit {number}"
    )
    cataloguing.publish(ws, actor, project, nonce=f"publish {number}")


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        ws = open_workspace(Path(home))
        try:
            project = fill(ws, Path(home))
            ratios: dict[str, list[float]] = {name: [] for name in GATES}
            for number in range(1, ROUNDS + 1):
                whole = spend(partial(change_target, ws, project, number))
                ratios["nothing changed"].append(spend(lambda: recheck_stale(ws, project)) / whole)
                ratios["one tool of thirty edited"].append(spend(partial(edit_tool, ws, project, number)) / whole)
        finally:
            ws.close()
    held = [report_median(name, gate, ratios[name]) for name, gate in GATES.items()]
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
