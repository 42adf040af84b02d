"""`callwright lint-tools` and `callwright tools`: definitions from any source, checked or converted."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

import click
import msgspec

from cli.streams import open_input, open_output
from curation.model.source import one_line, write_list
from curation.model.values import Json
from curation.services.tool_reading import (
    MAX_BYTES,
    CheckedTool,
    StrictTool,
    check_tools,
    fit_tools,
    load_tools,
    tighten_tools,
)
from curation.services.tool_writing import list_written_forms, write_tools
from curation.toolkits import TOOL_FORMATS, ReadTool

FORMS = click.Choice([form.name for form in TOOL_FORMATS])
WRITTEN_FORMS = click.Choice(
    [form.name for form in TOOL_FORMATS]
    + [form.name for form in list_written_forms() if form.name not in FORMS.choices]
)


@click.command("lint-tools")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--target", help="Trainer or service the tools are meant for; sets the severities.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a tool and nothing else.")
@click.option("--make-strict", is_flag=True, help="Write the strict form of each tool, and say what changes.")
@click.option("--tuned", is_flag=True, help="With --make-strict: also drop what fine-tuned models do not have.")
def lint_tools(files: tuple[str, ...], target: str | None, as_json: bool, make_strict: bool, tuned: bool) -> None:
    """Check the tools of each FILE: OpenAI, Anthropic, MCP, OpenAPI 3, Python functions, Pydantic models.

    With --make-strict the tools are printed as an OpenAI tools list that services take with `strict: true`; every
    change is named, and nothing is written back to FILE.
    """
    if tuned and not make_strict:
        raise click.UsageError("--tuned belongs to --make-strict.")
    if make_strict and len(files) > 1:
        raise click.UsageError("--make-strict takes one file: it prints one list.")
    if make_strict:
        sys.exit(_make_strict(files[0], for_tuning=tuned, as_json=as_json))
    counts: Counter[str] = Counter()
    for file in files:
        counts += _lint_file(file, target, as_json=as_json)
    click.echo(f"{counts['tools']} tools, {counts['error']} errors, {counts['warning']} warnings", err=as_json)
    sys.exit(1 if counts["error"] else 0)


def _lint_file(file: str, target: str | None, *, as_json: bool) -> Counter[str]:
    """Check one file's tools together and print what is found; counts of tools and severities."""
    checked = check_tools(_load(file), target)
    for tool in checked:
        if as_json:
            click.echo(_to_json(file, tool))
        else:
            _print_tool(file, tool)
    return Counter(tools=len(checked)) + Counter(str(one.severity) for tool in checked for one in tool.findings)


@click.command("tools")
@click.argument("file")
@click.option("-o", "--output", default="-", help="File to write; standard output when left away.")
@click.option("--from", "from_name", type=FORMS, help="The form of FILE; told from its content when left away.")
@click.option(
    "--to", "to_name", type=WRITTEN_FORMS, default="openai", help="The form to write; OpenAI tools when left away."
)
def tools(file: str, output: str, from_name: str | None, to_name: str) -> None:
    """Write the tools of FILE in another form, and say what was renamed, changed or lost.

    Forms: OpenAI tools, Anthropic, MCP tools/list, OpenAPI 3 in JSON or YAML, Python functions, Pydantic models. Python
    is parsed, never run.
    """
    fitted = fit_tools(_load(file, from_name))
    for words in say_notes(fitted):
        click.echo(words, err=True)
    text, lost = write_tools([read.tool for read in fitted], to_name)
    for sentence in lost:
        click.echo(sentence, err=True)
    with open_output(output) as out:
        out.write(text.encode())


def say_notes(tools: Iterable[ReadTool]) -> list[str]:
    """What became different: new names one by one, everything else once with how many tools it is true of."""
    said = Counter(note.words for read in tools for note in read.notes if note.kind != "renamed")
    renamed = [f"{read.at}: {note.words}" for read in tools for note in read.notes if note.kind == "renamed"]
    return renamed + [words if n == 1 else f"{words} ({n} tools)" for words, n in said.items()]


def _make_strict(file: str, *, for_tuning: bool, as_json: bool) -> int:
    """Print the strict tools; 1 when one of them cannot be made strict."""
    tightened = tighten_tools(_load(file), for_tuning=for_tuning)
    for tool in tightened:
        if as_json:
            click.echo(_strict_to_json(file, tool))
            continue
        for change in tool.made.changes:
            mark = "lost: " if change.is_loss else ""
            click.echo(f"{file}: {tool.name}: {change.pointer or '/'}: {mark}{change.words}", err=True)
        for sentence in tool.made.left:
            click.echo(f"{file}: {tool.name}: not strict yet: {sentence}", err=True)
    if not as_json:
        click.echo(write_list([one_line(tool.made.text) for tool in tightened]))
    return 1 if any(tool.made.left for tool in tightened) else 0


def _strict_to_json(file: str, tool: StrictTool) -> bytes:
    changes = [{"at": one.pointer, "message": one.words, "is_loss": one.is_loss} for one in tool.made.changes]
    parts = {"file": file, "line": tool.number, "tool": tool.name, "changes": changes, "left": tool.made.left}
    return msgspec.json.encode({**parts, "definition": msgspec.Raw(tool.made.text.encode())})


def _load(file: str, form: str | None = None) -> tuple[ReadTool, ...]:
    with open_input(file) as stream:
        return load_tools(file, stream.read(MAX_BYTES + 1), form)


def _to_json(file: str, tool: CheckedTool) -> bytes:
    findings: list[dict[str, Json]] = [
        {
            "rule": one.finding.rule,
            "code": one.finding.code,
            "severity": one.severity,
            "at": one.finding.at,
            "message": one.finding.message,
        }
        for one in tool.findings
    ]
    return msgspec.json.encode({"file": file, "line": tool.number, "tool": tool.name, "findings": findings})


def _print_tool(file: str, tool: CheckedTool) -> None:
    for one in tool.findings:
        finding = one.finding
        at = f" at {finding.at}" if finding.at else ""
        click.echo(f"{file}: {tool.name}: {one.severity} {finding.code} {finding.rule}{at}: {finding.message}")


COMMANDS: dict[str, click.Command] = {"lint-tools": lint_tools, "tools": tools}
