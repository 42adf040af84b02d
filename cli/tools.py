"""`callwright lint-tools` and `callwright tools`: definitions from any source, checked or converted."""

from __future__ import annotations

import sys
from collections import Counter

import click
import msgspec

from cli.streams import open_input, open_output
from curation.formats.tool_sources import SourcedTool
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


@click.command("lint-tools")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--target", help="Trainer or service the tools are meant for; sets the severities.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a tool and nothing else.")
@click.option("--make-strict", is_flag=True, help="Write the strict form of each tool, and say what changes.")
@click.option("--tuned", is_flag=True, help="With --make-strict: also drop what fine-tuned models do not have.")
def lint_tools(files: tuple[str, ...], target: str | None, as_json: bool, make_strict: bool, tuned: bool) -> None:
    """Check the tools of each FILE: OpenAI, Anthropic, MCP tools/list, or OpenAPI 3 in JSON or YAML.

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
def tools(file: str, output: str) -> None:
    """Write the tools of FILE as an OpenAI tools list."""
    sourced = _load(file)
    fitted = fit_tools(sourced)
    for before, after in zip(sourced, fitted, strict=True):
        if before.tool.name != after.name:
            click.echo(f"{before.at}: `{before.tool.name}` is written as `{after.name}`", err=True)
    for key, count in Counter(key for tool in sourced for key in tool.left_out).items():
        click.echo(f"`{key}` of {count} tools is left out: an OpenAI tool cannot hold it", err=True)
    with open_output(output) as out:
        out.write(write_list([one_line(tool.definition.text) for tool in fitted]).encode() + b"\n")


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


def _load(file: str) -> tuple[SourcedTool, ...]:
    with open_input(file) as stream:
        return load_tools(file, stream.read(MAX_BYTES))


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
