"""`callwright validate`: checks rows of files without a database."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from cli.counting import counted
from cli.streams import open_output, open_rows_of
from curation.errors import CurationError
from curation.rendering import RenderCost
from curation.services.check_report import HtmlReport
from curation.services.row_sources import Source
from curation.services.tool_coverage import Coverage, say_coverage
from curation.services.tool_reading import read_tool_file
from curation.services.validating import CheckedRow, FileCheck, count_row, open_check, say_valid, to_json

FAILS = {"error": ("error",), "warning": ("error", "warning"), "never": ()}


@click.command("validate")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--format", "format_name", help="Format of the rows; found out when left away.")
@click.option("--target", help="Trainer or service the rows are meant for; sets the severities.")
@click.option("--tools", "tools_file", help="Definitions for rows that bring none: any file `lint-tools` reads.")
@click.option(
    "--template", metavar="PATH", help="A model's folder or a .jinja file: says what its text loses of a row."
)
@click.option("--max-length", type=click.IntRange(1), help="Most tokens of a row; needs --template.")
@click.option("--export", metavar="NAME", help="Say as well what writing the rows in this format would lose.")
@click.option("--fail-on", type=click.Choice(list(FAILS)), default="error", show_default=True)
@click.option("--report", metavar="FILE", help="Write a page of HTML as well, for people.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row and nothing else.")
def validate(
    files: tuple[str, ...],
    format_name: str | None,
    target: str | None,
    tools_file: str | None,
    template: str | None,
    max_length: int | None,
    export: str | None,
    fail_on: str,
    report: str | None,
    as_json: bool,
) -> None:
    """Check every row of the files; `-` is standard input, and a folder is one of `datasets` or of Parquet files."""
    if max_length is not None and template is None:
        raise click.UsageError("`--max-length` needs `--template`: without one nobody knows a row's tokens.")
    if report == "-":
        raise click.UsageError("`--report` needs the name of a file: standard output has the findings.")
    tools = read_tool_file(tools_file) if tools_file else ()
    through = open_check(Path(template), max_length) if template else None
    start = partial(FileCheck, format_name=format_name, target=target, tools=tools, template=through, export=export)
    counts: Counter[str] = Counter()
    failed = False
    with ExitStack() as stack:
        page = stack.enter_context(HtmlReport(stack.enter_context(open_output(report)))) if report else None
        for name in files:
            try:
                counts += _validate_file(name, start, page, as_json=as_json)
            except CurationError as error:
                click.echo(f"callwright: {error}", err=True)
                failed = True
    if not failed or counts["rows"]:
        click.echo(_summarise(counts), err=as_json)
        if through is not None:
            click.echo(_say_cost(through.cost), err=as_json)
    if failed:
        sys.exit(2)
    sys.exit(1 if any(counts[severity] for severity in FAILS[fail_on]) else 0)


def _validate_file(
    name: str, start: Callable[[str, Source], FileCheck], page: HtmlReport | None, *, as_json: bool
) -> Counter[str]:
    counts: Counter[str] = Counter()
    teller = _JsonLines() if as_json else _Sentences()
    with open_rows_of(name) as stream, counted(name) as count:
        check = start(name, stream)

        def emit(row: CheckedRow) -> None:
            counts.update(count_row(row))
            teller.tell(row)
            if page is not None:
                page.add(row)
            count(counts["rows"])

        check.run(emit)
    teller.end(name, check.coverage)
    if page is not None:
        page.add_costs(check.costs)
        page.add_coverage(name, check.coverage)
    return counts


class _JsonLines:
    """One object a row; the last one, about the whole file, says which tools its rows call."""

    def __init__(self) -> None:
        self._held: CheckedRow | None = None

    def tell(self, row: CheckedRow) -> None:
        if self._held is not None:
            click.echo(to_json(self._held))
        self._held = row if row.line is None else None
        if self._held is None:
            click.echo(to_json(row))

    def end(self, name: str, coverage: Coverage) -> None:
        if coverage or self._held is not None:
            click.echo(to_json(self._held or CheckedRow(name, None, ()), coverage or None))


class _Sentences:
    """One line a finding; at the end one on the tools that are called, and one on those that never are."""

    def tell(self, row: CheckedRow) -> None:
        place = row.file if row.line is None else f"{row.file}:{row.line}"
        for finding in row.findings:
            at = f" at {finding.at}" if finding.at else ""
            click.echo(f"{place}: {finding.severity} {finding.code} {finding.rule}{at}: {finding.message}")

    def end(self, name: str, coverage: Coverage) -> None:
        for sentence in say_coverage(coverage):
            click.echo(f"{name}: {sentence}")


def _summarise(counts: Counter[str]) -> str:
    words = {"rows": "row", "error": "error", "warning": "warning", "info": "note"}
    told = ", ".join(f"{counts[name]} {word}{'' if counts[name] == 1 else 's'}" for name, word in words.items())
    return f"{told}; {say_valid(counts)}"


def _say_cost(cost: RenderCost) -> str:
    each_ms = cost.seconds / cost.rows * 1000 if cost.rows else 0.0
    return f"chat template: {each_ms:.2f} ms a row, {cost.shapes} of {cost.rows} rows had a shape of their own"


COMMANDS: dict[str, click.Command] = {"validate": validate}
