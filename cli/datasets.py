"""`callwright import` and `freeze`: what the screens do with data, from a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from cli.streams import open_output
from cli.workspaces import FINDINGS, opened, print_json
from curation.errors import CurationError, NotFoundError
from curation.formats import FORMATS
from curation.model.people import Actor
from curation.services import (
    freezing,
    import_reports,
    importing,
    people,
    projects,
)
from curation.services.importing import ImportReport
from curation.services.projects import ProjectView
from curation.services.row_sources import Source, parse_choice
from curation.services.workspace import Workspace

WRITABLE = ", ".join(fmt.name for fmt in FORMATS if fmt.write)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")


@click.command("import")
@click.argument("project")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "format_name", help="The format of the file; told from its first rows when left out.")
@click.option("--create", is_flag=True, help="Make the project if it is not there and the file can be read.")
@click.option("--column", "columns", multiple=True, help="KEY=COLUMN of a table, as messages=chat; may be repeated.")
@click.option("--answers", type=click.Path(path_type=Path), help="A second file with answers to the same ids (BFCL).")
@click.option("--mended", metavar="FILE", help="Write every imported row in which reading mended something, and what.")
@as_json_option
def import_command(
    project: str,
    file: Path,
    format_name: str | None,
    create: bool,
    columns: tuple[str, ...],
    answers: Path | None,
    mended: str | None,
    as_json: bool,
) -> None:
    """Import FILE into PROJECT as drafts; `-` reads standard input.

    FILE is JSON Lines, one JSON list, CSV, Parquet or Arrow, packed with gzip or not, or a folder of `datasets`.

    Rows that cannot be read are kept with their reason, and the rest comes in. Ends with 1 when there are any, or when
    an imported row has errors.
    """
    with opened() as ws:
        actor = people.local_actor(ws)
        with _open_source(file, answers) as source:
            report = _import(ws, actor, project, file, source, format_name, parse_choice(columns), create=create)
        if mended:
            with open_output(mended) as out:
                out.write(import_reports.write_report(ws, report.source_id))
        if as_json:
            print_json(report)
        else:
            _print_import(ws, report)
    if report.n_rejected or report.n_with_errors:
        sys.exit(FINDINGS)


def _import(
    ws: Workspace,
    actor: Actor,
    project: str,
    file: Path,
    source: Source,
    format_name: str | None,
    columns: dict[str, str],
    *,
    create: bool,
) -> ImportReport:
    found = _find(ws, project, create=create)
    name = "standard input" if str(file) == "-" else file.name
    if found is None:
        _, report = importing.import_as_project(
            ws,
            actor,
            project,
            source,
            name=name,
            format_name=format_name,
            columns=columns,
            progress=_count_rows,
            nonce=ws.new_id(),
        )
        return report
    return importing.import_stream(
        ws,
        actor,
        found.id,
        source,
        name=name,
        format_name=format_name,
        columns=columns,
        progress=_count_rows,
        nonce=ws.new_id(),
    )


def _open_source(file: Path, answers: Path | None) -> AbstractContextManager[Source]:
    if str(file) != "-":
        return importing.open_file(file, answers)
    if answers is not None:
        raise CurationError("Rows from standard input have no second file.", hint="Name the file they stand in.")
    return nullcontext(sys.stdin.buffer)


def _find(ws: Workspace, name: str, *, create: bool) -> ProjectView | None:
    """The project; None when it is not there and may be made."""
    try:
        return projects.find_project(ws, name)
    except NotFoundError:
        if not create:
            raise
    return None


def _count_rows(n_rows: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{n_rows:,} rows", nl=False, err=True)


def _print_import(ws: Workspace, report: ImportReport) -> None:
    click.echo(
        f"{report.n_rows:,} rows read as {report.format}: {report.n_imported:,} imported, "
        f"{report.n_duplicates:,} already here, {report.n_rejected:,} rejected; "
        f"{report.n_with_errors:,} of the imported have errors."
    )
    for line in (*_say_votes(report), *_say_table(report), *_say_mended(report)):
        click.echo(line, err=True)
    for reject in importing.list_rejects(ws, report.source_id)[:20]:
        click.echo(f"line {reject.line}, column {reject.column}: {reject.reason}", err=True)
    if report.n_rejected > 20:
        click.echo(f"… and {report.n_rejected - 20:,} more.", err=True)
    if report.n_rejected:
        click.echo(f"All rejected rows: {importing.rejects_path(ws, report.source_id)}", err=True)


def _say_votes(report: ImportReport) -> Iterator[str]:
    """Only where the first rows differ."""
    if len(report.votes) > 1:
        total = sum(one.n_rows for one in report.votes)
        first, *rest = (f"like {one.format or 'no known format'}" for one in report.votes)
        others = "".join(f", {one.n_rows} {words}" for one, words in zip(report.votes[1:], rest, strict=True))
        yield f"Of the first {total} rows {report.votes[0].n_rows} look {first}{others}."


def _say_mended(report: ImportReport) -> Iterator[str]:
    if report.n_mended:
        yield f"{report.n_mended:,} imported rows were mended or remarked on when they were read (--mended lists them)."


def _say_table(report: ImportReport) -> Iterator[str]:
    """What the way from a table to rows did."""
    for use in report.columns:
        if use.key != use.column or use.is_json:
            what = f"read as {use.key}{', JSON' if use.is_json else ''}" if use.key else "left out"
            yield f"column `{use.column}`: {what}"
    if report.n_nulls:
        yield f"{report.n_nulls:,} keys that the table had filled with null were left out."


@click.command("freeze")
@click.argument("project")
@click.option("--include-unreviewed", is_flag=True, help="Add errorless work nobody has reviewed, marked so.")
@as_json_option
def freeze_command(project: str, include_unreviewed: bool, as_json: bool) -> None:
    """Freeze PROJECT's accepted examples into a new dataset version."""
    with opened() as ws:
        found = projects.find_project(ws, project)
        actor = people.local_actor(ws)
        view = freezing.freeze(ws, actor, found.id, include_unreviewed=include_unreviewed, nonce=ws.new_id())
        if as_json:
            print_json(view)
            return
        rows = ", ".join(f"{split} {n:,}" for split, n in view.counts.items())
        click.echo(f"Dataset version {view.n}: {rows}; digest {view.hash}.")


COMMANDS: dict[str, click.Command] = {
    "import": import_command,
    "freeze": freeze_command,
}
