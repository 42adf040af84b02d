"""`callwright convert`: one format to another without a database."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import ExitStack

import click

from cli.streams import name_input, open_output, open_rows_of
from curation.errors import UnwritableError
from curation.formats import get_format
from curation.formats.containers.writing import open_rows
from curation.services.converting import convert_stream, report_line


@click.command("convert")
@click.argument("file")
@click.option("--from", "source", help="Format of the file; found out when left away.")
@click.option("--to", "target", required=True, help="Format to write.")
@click.option("-o", "--output", default="-", help="File to write; standard output when left away.")
@click.option("--report", help="File for one JSON line on every row with anything lost or refused.")
def convert(file: str, source: str | None, target: str, output: str, report: str | None) -> None:
    """Write the rows of FILE, or of a folder of `datasets` or Parquet, in another format; `-` is standard input."""
    if output == report == "-":
        raise UnwritableError("Rows and report cannot both go to standard output.", hint="Name a file for one of them.")
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        rows = convert_stream(stack.enter_context(open_rows_of(file)), source, target, name_input(file))
        out = stack.enter_context(open_output(output))
        reports = stack.enter_context(open_output(report)) if report else None
        lines = open_rows(get_format(target), out)
        for row in rows:
            for line in row.rows:
                lines.write_row(line)
            counts["read"] += 1
            counts["nulls"] += row.n_nulls
            counts["written"] += len(row.rows)
            counts["lossy"] += bool(row.losses)
            counts["refused"] += row.refused is not None
            if reports and not row.is_whole:
                reports.write(report_line(file, row) + b"\n")
        lines.flush()
    click.echo(_summarise(counts, report), err=True)
    sys.exit(1 if counts["refused"] else 0)


def _summarise(counts: Counter[str], report: str | None) -> str:
    text = f"{counts['read']} rows read, {counts['written']} written"
    if counts["lossy"] or counts["refused"]:
        where = f"; see {report}" if report else "; --report FILE lists them"
        text += f", {counts['lossy']} with losses, {counts['refused']} refused{where}"
    if counts["nulls"]:
        text += f"; {counts['nulls']:,} keys that the table had filled with null were left out"
    return text


COMMANDS: dict[str, click.Command] = {"convert": convert}
