"""`callwright import-tools`, `export-tools` and `tool-servers`: a project's tools to and from any form."""

from __future__ import annotations

import sys

import click

from cli.streams import open_input, open_output
from cli.tools import FORMS, WRITTEN_FORMS
from cli.workspaces import FINDINGS, opened, print_json
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.services import people, projects, tool_exporting, tool_importing, tool_servers
from curation.services.tool_importing import Chosen, ImportLine, ToolImport
from curation.services.tool_reading import MAX_BYTES
from curation.services.workspace import Workspace

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print machine-readable lines and nothing else.")


@click.command("import-tools")
@click.argument("project")
@click.argument("file", required=False)
@click.option("--server", help="Fetch from this allowed MCP server instead of a file.")
@click.option("--from", "form", type=FORMS, help="The form of FILE; told from its content when left away.")
@click.option("--only", multiple=True, metavar="NAME", help="Import this tool alone; may be given several times.")
@click.option("--dry-run", is_flag=True, help="Say what would change and write nothing.")
@as_json_option
def import_tools(
    project: str,
    file: str | None,
    server: str | None,
    form: str | None,
    only: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the tools of FILE into PROJECT as one act; `-` reads standard input.

    Every change is named: new, changed (with each difference), the same, and what was renamed or lost. A tool whose
    name had to be altered and is then taken is left out. Ends with 1 when a tool could not be read, was left out or has
    errors.
    """
    if (file is None) == (server is None):
        raise click.UsageError("Give a FILE or --server.")
    with opened() as ws:
        actor = people.local_actor(ws)
        found = projects.find_project(ws, project)
        name, data = _fetch(ws, actor, found.id, file, server)
        preview = tool_importing.preview_import(ws, found.id, name, data, form=form, target=found.working_target)
        chosen = _choose(preview, only)
        if as_json:
            _print_lines(preview)
        else:
            _say(preview)
        if chosen and not dry_run:
            tool_importing.import_chosen(ws, actor, found.id, chosen, nonce=ws.new_id())
        if not as_json:
            done = "would be" if dry_run else "is" if len(chosen) == 1 else "are"
            click.echo(f"{len(chosen)} tool{'' if len(chosen) == 1 else 's'} {done} imported")
    if preview.faults or any(line.change == "clash" or _has_errors(line) for line in preview.lines):
        sys.exit(FINDINGS)


def _fetch(ws: Workspace, actor: Actor, project_id: str, file: str | None, server: str | None) -> tuple[str, bytes]:
    if server is not None:
        return server, tool_servers.fetch_tools(ws, actor, project_id, server)
    with open_input(file or "-") as stream:
        return file or "-", stream.read(MAX_BYTES + 1)


def _choose(preview: ToolImport, only: tuple[str, ...]) -> tuple[Chosen, ...]:
    names = {line.name for line in preview.lines if line.change != "clash"}
    unknown = [name for name in only if name not in {line.name for line in preview.lines}]
    if unknown:
        raise click.UsageError(f"There is no tool {unknown[0]} in it.")
    return tool_importing.choose(preview, names & set(only) if only else names)


def _say(preview: ToolImport) -> None:
    click.echo(f"Read as {preview.title}", err=True)
    for note in preview.notes:
        click.echo(note.words, err=True)
    for line in preview.lines:
        click.echo(f"{line.name}: {line.change}")
        for sentence in (*line.differences, *(f"{note.kind}: {note.words}" for note in line.notes)):
            click.echo(f"  {sentence}")
        for one in line.findings:
            at = f" at {one.finding.at}" if one.finding.at else ""
            click.echo(f"  {one.severity} {one.finding.code} {one.finding.rule}{at}: {one.finding.message}")
        if line.change == "clash":
            click.echo(
                f"  left out: the name is taken; rename it in its source, or as `{line.free_name}` on the screen"
            )
    for fault in preview.faults:
        click.echo(f"{fault.name}: cannot be read: {fault.words} {fault.remedy}".rstrip(), err=True)


def _has_errors(line: ImportLine) -> bool:
    return any(one.severity is Severity.ERROR for one in line.findings)


def _print_lines(preview: ToolImport) -> None:
    for line in preview.lines:
        notes = [{"kind": note.kind, "message": note.words} for note in line.notes]
        findings = [
            {
                "rule": one.finding.rule,
                "code": one.finding.code,
                "severity": one.severity,
                "message": one.finding.message,
            }
            for one in line.findings
        ]
        parts = {"tool": line.name, "at": line.at, "change": line.change, "differences": line.differences}
        print_json({**parts, "notes": notes, "findings": findings})
    for fault in preview.faults:
        print_json({"tool": fault.name, "at": fault.at, "change": "unreadable", "message": fault.words})


@click.command("export-tools")
@click.argument("project")
@click.option(
    "--to", "form", type=WRITTEN_FORMS, default="openai", help="The form to write; OpenAI tools when left away."
)
@click.option("--version", type=int, help="A published catalogue version; the tools as they are now when left away.")
@click.option("-o", "--output", default="-", help="File to write; standard output when left away.")
def export_tools(project: str, form: str, version: int | None, output: str) -> None:
    """Write the tools of PROJECT in any form, and say what it cannot hold."""
    with opened() as ws:
        found = projects.find_project(ws, project)
        file = tool_exporting.export_tools(ws, found.id, form, version=version)
    for sentence in file.losses:
        click.echo(sentence, err=True)
    with open_output(output) as out:
        out.write(file.text.encode())


@click.command("tool-servers")
@click.argument("project")
@click.option("--allow", nargs=2, metavar="NAME TARGET", help="Allow a server: an http address, or a command.")
@click.option("--token-variable", default="", help="With --allow: the environment variable that holds its token.")
@click.option("--forget", metavar="NAME", help="Allow a server no longer.")
@as_json_option
def servers(
    project: str, allow: tuple[str, str] | None, token_variable: str, forget: str | None, as_json: bool
) -> None:
    """List the MCP servers that PROJECT may fetch tools from; leads allow and forget them."""
    with opened() as ws:
        actor = people.local_actor(ws)
        found = projects.find_project(ws, project)
        if allow:
            tool_servers.allow_server(
                ws, actor, found.id, allow[0], allow[1], token_variable=token_variable, nonce=ws.new_id()
            )
        if forget:
            tool_servers.forget_server(ws, actor, found.id, forget, nonce=ws.new_id())
        for server in tool_servers.list_servers(ws, found.id):
            if as_json:
                print_json({"name": server.name, "target": server.target, "token_variable": server.token_variable})
            else:
                click.echo(f"{server.name}: {server.target}")


COMMANDS: dict[str, click.Command] = {
    "import-tools": import_tools,
    "export-tools": export_tools,
    "tool-servers": servers,
}
