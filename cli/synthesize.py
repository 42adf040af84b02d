"""`callwright synthesize`: candidates made by machine through every gate, for people to judge."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from curation.services.synthesis_plans import SynthesisPlan
    from curation.services.synthesis_sheets import Endpoint, Sheet
    from curation.services.synthesis_views import OrderView
    from curation.synthesizers.contract import Cell, Voice


@click.command("synthesize")
@click.argument("project")
@click.option("--count", type=click.IntRange(min=1), default=50, show_default=True, help="Candidates to draft.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed drafts the same candidates.")
@click.option("--tool", "tools", multiple=True, help="Only for this tool; may be given several times.")
@click.option(
    "--cell", "cells", multiple=True, metavar="CATEGORY[.KIND][:TOOL]=N", help="Exactly this, such as no_tool.refuse=5."
)
@click.option(
    "--shows",
    default="",
    metavar="TRAIT",
    help="Only what shows this, as Health orders it: tag:missing_value, reason:refuse.",
)
@click.option("--mix", "shares", multiple=True, metavar="CATEGORY=SHARE", help="For example no_tool=0.2.")
@click.option("--strategy", "--synthesizer", "strategy", default="schema_driven", show_default=True)
@click.option("--set", "knobs", multiple=True, metavar="NAME=VALUE", help="A knob of the strategy.")
@click.option("--persona", "personas", multiple=True, help="Who speaks; may be given several times.")
@click.option("--tone", "tones", multiple=True)
@click.option("--length", "lengths", multiple=True)
@click.option("--language", "languages", multiple=True)
@click.option(
    "--typos", type=click.FloatRange(0, 1), default=0.0, help="Share of requests with a slip of the keyboard."
)
@click.option(
    "--values", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="TOML: parameter = [values]."
)
@click.option(
    "--records", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Scenarios, one JSON object a line."
)
@click.option(
    "--example", "examples", multiple=True, help="Id of an example to start from; may be given several times."
)
@click.option("--endpoint", help="Who is asked: scripted, local or hosted.")
@click.option("--model", default="", help="The model's name there, or its folder.")
@click.option("--at-once", type=click.IntRange(1, 64), default=4, show_default=True, help="Requests side by side.")
@click.option(
    "--per-minute", type=click.IntRange(min=1), default=60, show_default=True, help="Requests a minute at most."
)
@click.option("--max-requests", type=click.IntRange(min=0), default=0, help="Stop after so many; 0: no limit.")
@click.option("--max-tokens", type=click.IntRange(min=0), default=0, help="Stop after so many; 0: no limit.")
@click.option("--max-money", type=click.FloatRange(min=0), default=0.0, help="Stop before it costs more; 0: no limit.")
@click.option("--sample", is_flag=True, help="Only the first ten; `--rest JOB` makes the others.")
@click.option("--rest", "rest_of", metavar="JOB", help="Make the rest of an order whose sample was looked at.")
@click.option("--dry-run", is_flag=True, help="Print the plan and the prompts, and make nothing.")
@click.option("--home", type=click.Path(path_type=Path), help="The workspace folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def synthesize(
    project: str, rest_of: str | None, sample: bool, dry_run: bool, home: Path | None, as_json: bool, **said: Any
) -> None:
    """Draft candidates for the tools of PROJECT. Nothing is accepted by itself."""
    from cli.waiting import wait_for_job
    from curation.services.people import local_actor
    from curation.services.projects import find_project
    from curation.services.synthesis_costs import preview_prompts
    from curation.services.synthesis_jobs import make_rest, order_candidates
    from curation.services.synthesis_plans import plan_synthesis
    from curation.services.synthesis_views import view_order
    from curation.services.workspace import open_workspace

    sheet = _sheet(**said)
    ws = open_workspace(home)
    try:
        found, actor = find_project(ws, project), local_actor(ws)
        if dry_run:
            _tell_plan(plan_synthesis(ws, found.id, sheet), preview_prompts(ws, found.id, sheet), as_json=as_json)
            return
        nonce = ws.new_id()
        if rest_of:
            job = make_rest(ws, actor, rest_of, nonce=nonce)
        else:
            job = order_candidates(ws, actor, found.id, sheet, sample=sample, nonce=nonce)
        ended = wait_for_job(ws, job.id, tell=lambda text: click.echo(text, err=True))
        _tell(view_order(ws, ended), as_json=as_json)
    finally:
        ws.close()


def _sheet(
    count: int,
    seed: int,
    tools: tuple[str, ...],
    cells: tuple[str, ...],
    shares: tuple[str, ...],
    strategy: str,
    knobs: tuple[str, ...],
    values: Path | None,
    records: Path | None,
    examples: tuple[str, ...],
    shows: str,
    max_requests: int,
    max_tokens: int,
    max_money: float,
    **asked: Any,
) -> Sheet:
    from curation.services.synthesis_knobs import read_knobs
    from curation.services.synthesis_sheets import Sheet, Spending, read_records

    sheet = Sheet(
        strategy=strategy,
        count=count,
        seed=seed,
        tools=tools,
        cells=tuple(map(_cell, cells)),
        mix={category: _share(category, value) for category, value in map(_pair, shares)},
        parameters=read_knobs(strategy, dict(map(_pair, knobs))),
        voice=_voice(**asked),
        values=_values(values) if values else {},
        seed_examples=examples,
        records=read_records(records.read_text(encoding="utf-8")) if records else (),
        endpoint=_endpoint(**asked),
        spending=Spending(max_requests, max_tokens, max_money),
    )
    return _only_what_shows(shows, sheet) if shows else sheet


def _only_what_shows(address: str, sheet: Sheet) -> Sheet:
    from curation.services.ordering import narrow

    if sheet.cells or sheet.tools or sheet.mix:
        raise click.UsageError(
            "--shows says itself which tools and shapes are drafted: leave out --cell, --tool, --mix."
        )
    return narrow(sheet, address)


def _voice(
    personas: tuple[str, ...],
    tones: tuple[str, ...],
    lengths: tuple[str, ...],
    languages: tuple[str, ...],
    typos: float,
    **_others: Any,
) -> Voice:
    from curation.synthesizers.contract import Voice

    return Voice(personas, tones, lengths, languages, typos)


def _endpoint(endpoint: str | None, model: str, at_once: int, per_minute: int, **_others: Any) -> Endpoint | None:
    from curation.services.synthesis_sheets import Endpoint

    return Endpoint(endpoint, model, at_once, per_minute) if endpoint else None


def _cell(text: str) -> Cell:
    from curation.synthesizers.contract import Cell

    name, number = _pair(text)
    if not number.isdecimal() or not number.isascii():
        raise click.BadParameter(f"`{text}` does not end with a number of candidates.")
    shape, _, tool = name.partition(":")
    category, _, kind = shape.partition(".")
    return Cell(int(number), category, kind, tool)


def _values(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} is no TOML: {error}.") from error
    for name, values in read.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise click.BadParameter(f"In {path}, `{name}` is no list of texts.")
    return {name: tuple(values) for name, values in read.items()}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"`{text}` is not of the form NAME=VALUE.")
    return name, value


def _share(category: str, value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share < float("inf"):
        raise click.BadParameter(f"The share of {category} is {value!r}; it must be a number from 0 up.")
    return share


def _tell_plan(plan: SynthesisPlan, prompts: dict[str, str], *, as_json: bool) -> None:
    from cli.workspaces import print_json

    if as_json:
        print_json({"plan": plan, "prompts": prompts})
        return
    click.echo(f"{plan.n:,} candidates, {plan.title}, about {plan.seconds:.0f} s")
    for cell in plan.cells:
        name = ".".join(part for part in (cell.category, cell.kind) if part) or "as the strategy makes them"
        click.echo(f"  {cell.count:>6,}  {name}{f' of {cell.tool}' if cell.tool else ''}")
    bands = (("order", plan.ordered), ("project with all of it", plan.after)) if plan.is_shape_known else ()
    for told, band in bands:
        inside = "inside" if band.is_inside else "OUTSIDE"
        click.echo(f"no tool in the {told}: {band.share:.0%}, {inside} {band.low:.0%}–{band.high:.0%}")
    if plan.n_requests:
        click.echo(f"about {plan.n_requests:,} requests, {plan.n_tokens:,} tokens, {_price(plan)}")
    for name, text in prompts.items():
        click.echo(f"\n=== prompt {name} ===\n{text}")
    for problem in plan.problems:
        click.echo(f"problem: {problem}", err=True)
    if plan.problems:
        raise SystemExit(1)


def _price(plan: SynthesisPlan) -> str:
    if not plan.is_paid:
        return "nobody asks for money"
    if plan.price is None or plan.money is None:
        return "at an unknown price"
    return f"about {plan.money:.2f} {plan.price.currency} ({plan.price.source}, {plan.price.date})"


def _tell(view: OrderView, *, as_json: bool) -> None:
    from cli.workspaces import print_json

    tally = view.tally
    if as_json:
        told = {"job": view.job.id, "n_added": view.n_queued, "asked": tally.asked, "drafted": tally.drafted}
        dropped = {f"{one.gate}.{one.reason}": one.count for one in view.dropped}
        print_json({**told, "passed": tally.passed, "repaired": tally.repaired, "dropped": dropped, "note": tally.note})
        return
    click.echo(f"{tally.passed:,} of {tally.drafted:,} passed, {view.n_queued:,} wait for review. {tally.note}".strip())
    for one in view.dropped:
        click.echo(f"  dropped by “{one.title}”: {one.count} ({one.reason})")
    if view.waits_for_word:
        click.echo(f"A sample: look at it in the app, then `callwright synthesize … --rest {view.job.id}`.", err=True)


COMMANDS: dict[str, click.Command] = {"synthesize": synthesize}
