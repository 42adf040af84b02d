"""`callwright demo`: fills the demo project; with `--train` runs the whole loop and prints before and after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from curation.services.demo_runs import DemoChoice, DemoOutcome
    from curation.services.demonstrating import DemoReport
    from curation.services.workspace import Workspace

PACKAGED = "packaged"
"""What `--record` without a folder means: the recorded run that comes with Callwright."""


@click.command("demo")
@click.option("--agent", is_flag=True, help="Fill the second demo: a small agent with 50 examples and 20 scenarios.")
@click.option("--train", is_flag=True, help="Train and evaluate too: minutes on two cores without a GPU.")
@click.option("--full", is_flag=True, help="Train as well; four-shot, grammar and repairs beside.")
@click.option(
    "--seed", type=click.IntRange(min=0), help="Of the training; another gives another model of the same data."
)
@click.option("--tiny", is_flag=True, help="Train a random two-layer model, in seconds. Proves the road only.")
@click.option(
    "--record",
    is_flag=False,
    flag_value=PACKAGED,
    metavar="[DIR]",
    help="Train, and keep answers, curve and digests as the recorded run.",
)
@click.option("--home", type=click.Path(path_type=Path), help="The workspace folder.")
@click.option("--json", "as_json", is_flag=True, help="Print machine-readable lines.")
def demo(
    *,
    agent: bool,
    train: bool,
    full: bool,
    tiny: bool,
    seed: int | None,
    record: str | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Fill the project "Shop support desk", so that every screen shows something. Doing it twice changes nothing.

    With --agent it is the project "Small agent": the tools search, calculate and send_email, and a version whose test
    split holds 20 scenarios. `callwright evaluate "Small agent" --model small --wait` then prints how many calls of a
    model match exactly, nearly, and in what they do.
    """
    if tiny and record == PACKAGED:
        raise click.UsageError("A tiny run proves no quality, so it cannot be the recorded run; name a folder.")
    is_trained = bool(train or full or tiny or record)
    if agent and is_trained:
        raise click.UsageError(
            "The small agent is filled and not trained here: leave out --train, --full, --tiny and --record, "
            "and use `callwright train` afterwards."
        )
    if seed is not None and not is_trained:
        raise click.UsageError("--seed is of the training; add --train, --full, --tiny or --record, or leave it out.")
    from curation.services.workspace import open_workspace

    ws = open_workspace(home)
    try:
        if is_trained:
            _train(ws, _choose(is_full=full, is_tiny=tiny, seed=seed), record=record, as_json=as_json)
        else:
            _fill(ws, is_agent=agent, as_json=as_json)
    finally:
        ws.close()


def _fill(ws: Workspace, *, is_agent: bool, as_json: bool) -> None:
    from curation.services.agent_demo import fill_agent_demo
    from curation.services.demonstrating import fill_demo
    from curation.services.people import local_actor

    report = fill_agent_demo(ws, local_actor(ws)) if is_agent else fill_demo(ws, local_actor(ws))
    if as_json:
        click.echo(json.dumps({"event": "result", **_describe(report)}))
    else:
        click.echo(_sentence(report))


def _describe(report: DemoReport) -> dict[str, object]:
    return {
        "project": report.project.name,
        "is_new": report.is_new,
        "dataset": {"n": report.dataset.n, "hash": report.dataset.hash, "counts": report.dataset.counts},
        "states": report.states,
    }


def _sentence(report: DemoReport) -> str:
    dataset = report.dataset
    splits = ", ".join(f"{count} {split}" for split, count in dataset.counts.items())
    begin = f"The demo project `{report.project.name}` {'holds' if report.is_new else 'was here already; it holds'}"
    return f"{begin} dataset version {dataset.n} with {sum(dataset.counts.values())} examples ({splits})."


def _choose(*, is_full: bool, is_tiny: bool, seed: int | None) -> DemoChoice:
    from curation.services.demo_runs import SEED, DemoChoice

    return DemoChoice(is_tiny=is_tiny, is_full=is_full, seed=SEED if seed is None else seed)


def _train(ws: Workspace, choice: DemoChoice, *, record: str | None, as_json: bool) -> None:
    from cli.progress import follow
    from curation.services.demo_runs import run_demo_training
    from curation.services.people import local_actor

    with follow(as_json=as_json) as watch:
        outcome = run_demo_training(ws, local_actor(ws), choice, watch)
    if record:
        _record(ws, outcome, record)
    if as_json:
        models = {name: report.to_json() for name, report in outcome.reports.items()}
        said = {"event": "result", "took_s": outcome.took_s, "models": models, **_beside(outcome)}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        _print_table(outcome)


def _print_table(outcome: DemoOutcome) -> None:
    from cli.figures import print_comparison, print_costs, print_held, print_repairs

    demo_report = outcome.demo
    click.echo(
        f"{outcome.rows} test rows of version {demo_report.dataset.n} ({demo_report.dataset.hash[:12]}), in wordings "
        f"never trained on; {outcome.took_s:.0f} s in all."
    )
    print_comparison({name.replace("_", " "): report.overall for name, report in outcome.reports.items()})
    print_costs({name.replace("_", " "): ms for name, ms in outcome.latency_ms.items()})
    print_repairs({name.replace("_", " "): one for name, one in outcome.repairs.items()})
    print_held({name.replace("_", " "): one for name, one in outcome.held.items()})


def _beside(outcome: DemoOutcome) -> dict[str, object]:
    """What stands beside the figures of the full loop."""
    if not outcome.repairs:
        return {}
    repairs = {name: msgspec.to_builtins(one) for name, one in outcome.repairs.items()}
    held = {name: msgspec.to_builtins(one) for name, one in outcome.held.items()}
    return {"repairs": repairs, "latency_ms": outcome.latency_ms, "grammar": held}


def _record(ws: Workspace, outcome: DemoOutcome, record: str) -> None:
    from curation.services.recorded_runs import packaged_folder
    from curation.services.recording import record_run

    folder = packaged_folder() if record == PACKAGED else Path(record)
    click.echo(f"Recorded in {record_run(ws, outcome, folder)}.", err=True)


COMMANDS: dict[str, click.Command] = {"demo": demo}
