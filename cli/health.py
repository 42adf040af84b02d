"""`callwright health`: how balanced, complete and clean a project is, and whether a benchmark leaked into it."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from cli.datasets import as_json_option
from cli.workspaces import FINDINGS, opened, print_json
from curation.model.finding import Severity
from curation.services import browsing, health, leaking, near_indexing, projects, rechecking, trait_tallying
from curation.services.health import Health
from curation.services.leaking import LeakageReport

MOST_LEAKS = 20


@click.command("health")
@click.argument("project")
@click.option(
    "--benchmark",
    type=click.Path(path_type=Path),
    help="Say which rows of this file, or folder of `datasets`, are among the examples.",
)
@click.option("--format", "format_name", help="The format of the benchmark; told from its rows when left out.")
@as_json_option
def health_command(project: str, benchmark: Path | None, format_name: str | None, as_json: bool) -> None:
    """Say how balanced, complete and clean PROJECT's examples are.

    Ends with 1 when an example, or the whole, has errors, and when a row of the benchmark is among the examples.
    """
    with opened() as ws:
        found = projects.find_project(ws, project)
        near_indexing.catch_up(ws)
        rechecking.judge_unjudged(ws)
        trait_tallying.tally_all(ws)
        measured, n_with_errors = health.measure_health(ws, found.id), browsing.glance(ws, found.id).n_with_errors
        leaks = None if benchmark is None else leaking.check_leakage(ws, found.id, benchmark, format_name=format_name)
    if as_json:
        figures = {**msgspec.structs.asdict(measured), **msgspec.structs.asdict(measured.told)}
        del figures["told"]
        print_json(figures | {"n_with_errors": n_with_errors} | ({"benchmark": leaks} if leaks else {}))
    else:
        _print_health(measured)
        click.echo(f"{n_with_errors:,} examples have errors")
        if leaks is not None:
            _print_leaks(leaks)
    has_faults = n_with_errors or any(one.severity is Severity.ERROR for one in measured.findings)
    if has_faults or (leaks is not None and leaks.n_leaks):
        sys.exit(FINDINGS)


def _print_leaks(report: LeakageReport) -> None:
    """Which rows of a benchmark are among the examples."""
    click.echo(
        f"benchmark: {report.n_leaks:,} of {report.n_rows:,} rows, read as {report.format}, are among the examples"
    )
    if report.n_unreadable:
        click.echo(f"{report.n_unreadable:,} rows of the benchmark cannot be read", err=True)
    for leak in report.leaks[:MOST_LEAKS]:
        first = leak.alike[0]
        split = first.split.value if first.split else "not drawn yet"
        click.echo(f"line {leak.line}: example {first.number} in {split}, {first.likeness:.0%} the same: {first.title}")
    if report.n_leaks > MOST_LEAKS:
        click.echo(f"… and {report.n_leaks - MOST_LEAKS:,} more (--json names {len(report.leaks):,}).")


def _print_health(measured: Health) -> None:
    click.echo(f"{measured.n_rows:,} examples, {measured.n_decisions:,} decisions")
    if measured.share_of_decisions is not None and measured.share_of_rows is not None:
        click.echo(
            f"no tool: {measured.share_of_decisions:.1%} of decisions, {measured.share_of_rows:.1%} of rows "
            f"(recommended {measured.band[0]:.0%} to {measured.band[1]:.0%})"
        )
    click.echo("splits: " + ", ".join(f"{split} {n:,}" for split, n in measured.splits.items()))
    width = max((len(tool) for tool in measured.tools), default=4)
    click.echo(" " * width + "".join(f"{category:>12}" for category in measured.categories))
    for tool in measured.tools:
        cells = "".join(f"{measured.matrix[tool, category]:>12,}" for category in measured.categories)
        click.echo(f"{tool:<{width}}{cells}")
    near = measured.near
    click.echo(
        f"nearly the same: {near.n_in_families:,} examples in {near.n_families:,} families, {near.n_leaks:,} of them "
        f"in several splits; {near.n_contradictions:,} requests answered by different calls"
    )
    for one in measured.findings:
        click.echo(f"{one.severity.value}: {one.finding.code} {one.finding.rule}: {one.finding.message}")


COMMANDS: dict[str, click.Command] = {"health": health_command}
