"""`callwright score`: metrics of a file of answers, offline."""

from __future__ import annotations

import json
from pathlib import Path

import click

from curation.services.scoring import score_files


@click.command("score")
@click.option("--gold", required=True, type=click.Path(path_type=Path), help="Rows whose last assistant turn is right.")
@click.option("--answers", required=True, type=click.Path(path_type=Path), help="One answer a line, in the same order.")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def score(gold: Path, answers: Path, as_json: bool) -> None:
    """Score answers against gold rows.

    An answer is {"message": {…}} as a chat model gives it, or {"text": "…"}; `latency_ms` and `cost` may stand beside.
    """
    report = score_files(gold, answers)
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False))
        for warning in report.warnings:
            click.echo(f"note: {warning}", err=True)
        return
    from cli.figures import print_report

    print_report(report)


COMMANDS: dict[str, click.Command] = {"score": score}
