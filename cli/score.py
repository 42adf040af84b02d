"""`callwright score`: metrics of a file of answers, offline."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cli.streams import open_input
from curation.errors import UnreadableError
from curation.services.scoring import Source, score_streams


@click.command("score")
@click.option("--gold", required=True, metavar="FILE", help="Rows whose last assistant turn is right; - is stdin.")
@click.option("--answers", required=True, metavar="FILE", help="One answer a line, in the same order; - is stdin.")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def score(gold: str, answers: str, as_json: bool) -> None:
    """Score answers against gold rows.

    An answer is {"message": {…}} as a chat model gives it, or {"text": "…"}; `latency_ms` and `cost` may stand beside.
    """
    if gold == answers == "-":
        raise UnreadableError("Gold rows and answers cannot both come from standard input.", hint="Name one file.")
    with open_input(gold) as golds, open_input(answers) as given:
        report = score_streams(Source(golds, _name(gold)), Source(given, _name(answers)))
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False))
        for warning in report.warnings:
            click.echo(f"note: {warning}", err=True)
        return
    from cli.figures import print_report

    print_report(report)


def _name(path: str) -> str:
    return "standard input" if path == "-" else Path(path).name


COMMANDS: dict[str, click.Command] = {"score": score}
