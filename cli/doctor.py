"""`callwright doctor`, `backup` and `restore`: the health of the installation, and safe copies."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cli.workspaces import FINDINGS, opened, print_json
from curation.services import backing_up, people
from curation.services.examining import examine
from curation.services.workspace import find_home

SIGNS = {"ok": "ok     ", "warning": "warning", "error": "ERROR  "}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line for each thing looked at.")
def doctor_command(as_json: bool) -> None:
    """Look at versions, packages, space and the database; ends with 1 when something is broken."""
    found = examine()
    for one in found:
        if as_json:
            print_json(one)
        else:
            click.echo(f"{SIGNS[one.state]}  {one.name:<10}  {one.text}")
    if any(one.state == "error" for one in found):
        sys.exit(FINDINGS)


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def backup_command(file: Path | None, as_json: bool) -> None:
    """Copy the database to FILE, or into the workspace's `backups`, while it is in use.

    The copy is checked. Models and runs are ordinary folders and are not part of it.
    """
    with opened() as ws:
        report = backing_up.back_up(ws, people.local_actor(ws), file)
    if as_json:
        print_json(report)
        return
    click.echo(f"{report.path}: {report.size_bytes:,} bytes, sha256 {report.sha256}")
    click.echo(f"audit row {report.audit.seq}, hash {report.audit.hash}")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore_command(file: Path, yes: bool) -> None:
    """Put the backup FILE in place of the database; the present one is copied to `backups` first."""
    if not yes:
        click.confirm("Replace the database of this workspace?", abort=True, err=True)
    if damaged := backing_up.set_damaged_aside(find_home(), file):
        click.echo(f"The database was damaged; the file is kept as {damaged}.")
    with opened() as ws:
        report = backing_up.restore(ws, people.local_actor(ws), file)
    click.echo(f"Restored. What was there before is kept in {report.path}.")


COMMANDS: dict[str, click.Command] = {
    "doctor": doctor_command,
    "backup": backup_command,
    "restore": restore_command,
}
