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
from curation.services.tool_reading import MAX_BYTES, CheckedTool, check_tools, fit_tools, load_tools


@click.command("lint-tools")
@click.argument("file")
@click.option("--target", help="Trainer or service the tools are meant for; sets the severities.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a tool and nothing else.")
def lint_tools(file: str, target: str | None, as_json: bool) -> None:
    """Check the tools of FILE: OpenAI, Anthropic, MCP tools/list, or OpenAPI 3 in JSON or YAML."""
    checked = check_tools(_load(file), target)
    for tool in checked:
        if as_json:
            click.echo(_to_json(file, tool))
        else:
            _print_tool(file, tool)
    severities = [str(one.severity) for tool in checked for one in tool.findings]
    summary = f"{len(checked)} tools, {severities.count('error')} errors, {severities.count('warning')} warnings"
    click.echo(summary, err=as_json)
    sys.exit(1 if "error" in severities else 0)


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
