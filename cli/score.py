"""`callwright score`: metrics of a file of answers, offline."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cli.streams import open_input
from curation.errors import UnreadableError
from curation.metrics.report import Report
from curation.model.definition import Tool
from curation.services.scoring import Source, find_guessed, find_unmocked, score_streams, to_json
from curation.services.tool_reading import read_tool_file

MOST_NAMED = 5
"""Tools that a note names; of the others it gives the number."""


@click.command("score")
@click.option("--gold", required=True, metavar="FILE", help="Rows whose last assistant turn is right; - is stdin.")
@click.option("--answers", required=True, metavar="FILE", help="One answer a line, in the same order; - is stdin.")
@click.option(
    "--tools",
    "tools_file",
    metavar="FILE",
    help="What the tools change and bring back, for functional_match and bad_write_rate: any file `lint-tools` reads.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def score(gold: str, answers: str, tools_file: str | None, as_json: bool) -> None:
    """Score answers against gold rows.

    An answer is {"message": {…}} as a chat model gives it, or {"text": "…"}; `latency_ms` and `cost` may stand beside.
    Side effects, result schemas and samples come from --tools: MCP, OpenAPI and Python files can hold them, and
    `callwright export-tools PROJECT --to mcp` writes all of them.
    """
    if gold == answers == "-":
        raise UnreadableError("Gold rows and answers cannot both come from standard input.", hint="Name one file.")
    tools = read_tool_file(tools_file) if tools_file else ()
    with open_input(gold) as golds, open_input(answers) as given:
        report = score_streams(Source(golds, _name(gold)), Source(given, _name(answers)), tools)
    notes = _note_tools(report, tools, tools_file)
    if as_json:
        click.echo(json.dumps(to_json(report), ensure_ascii=False))
        for note in (*report.warnings, *notes):
            click.echo(f"note: {note}", err=True)
        return
    from cli.figures import print_report

    print_report(report)
    for note in notes:
        click.echo(f"note: {note}")


def _note_tools(report: Report, tools: tuple[Tool, ...], file: str | None) -> list[str]:
    """What cannot be told of effects, and what would tell it."""
    unmocked, guessed = find_unmocked(report, tools), find_guessed(report, tools)
    if file is None:
        said = "functional_match needs what the tools bring back, bad_write_rate what they change: give --tools FILE."
        return [said] if unmocked or guessed else []
    notes = []
    if unmocked:
        said = "has no result schema and no sample of"
        notes.append(f"functional_match leaves out some rows: {file} {said} {_list_names(unmocked)}.")
    if guessed:
        notes.append(f"bad_write_rate guesses from names: {file} says no side effect of {_list_names(guessed)}.")
    return notes


def _list_names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(f"`{name}`" for name in names[:MOST_NAMED]) + more


def _name(path: str) -> str:
    return "standard input" if path == "-" else Path(path).name


COMMANDS: dict[str, click.Command] = {"score": score}
