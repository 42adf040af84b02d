"""`callwright train`: launch a training from the terminal, after the same preflight as on the screen."""

from __future__ import annotations

import click

from curation.model.values import Json
from curation.services.hosted_preflight import HostedPreflight
from curation.services.training import Preflight
from curation.services.workspace import Workspace

OPEN, CLOSE = "⟦⟧"
"""Mark what carries loss, also where there are no colours."""


@click.command("train")
@click.argument("project")
@click.option("--version", "dataset_n", type=int, required=True, help="Number of the frozen version.")
@click.option("--base", help="A model folder, or `small` for the one that comes along; a host names its own by model=.")
@click.option("--provider", default="local", show_default=True, help="Where it runs, such as ray, nebius or openai.")
@click.option("--name", default="", help="What to call the model.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter, such as epochs=3.")
@click.option("--recipe", help="Start from the values of a recipe; `callwright recipes` lists them.")
@click.option("--print-command", is_flag=True, help="Only the exact command of this run, every changed knob in it.")
@click.option("--check", is_flag=True, help="Only the preflight; exit 1 when it finds a problem.")
@click.option("--wait", is_flag=True, help="Stay and show progress until it has ended.")
def train(
    project: str,
    dataset_n: int,
    base: str | None,
    provider: str,
    name: str,
    settings: tuple[str, ...],
    recipe: str | None,
    print_command: bool,
    check: bool,
    wait: bool,
) -> None:
    """Train a model on a frozen version of PROJECT."""
    from cli.workspaces import opened
    from curation.finetune import get_provider
    from curation.services.models import resolve_base
    from curation.services.people import local_actor
    from curation.services.projects import find_project
    from curation.services.recipes import launch_command
    from curation.services.training import launch_training, preflight

    parameters = mix_settings(recipe, settings)
    chosen = get_provider(provider)
    if base is None and not chosen.is_hosted:
        raise click.UsageError("Missing option '--base'.")
    if print_command:
        checked = chosen.check(parameters)
        click.echo(launch_command(project, dataset_n, base, parameters=checked, provider=provider, name=name))
        return
    if chosen.is_hosted or base is None:
        _train_hosted(project, dataset_n, provider, parameters, name, check=check, wait=wait)
        return
    with opened() as ws:
        found, folder = find_project(ws, project), resolve_base(ws, base)
        if check:
            _report(preflight(ws, found.id, dataset_n, folder, parameters, provider))
            return
        job = launch_training(
            ws,
            local_actor(ws),
            found.id,
            dataset_n,
            folder,
            parameters=parameters,
            provider=provider,
            name=name,
            nonce=ws.new_id(),
        )
        click.echo(job.id)
        _follow(ws, job.id, wait=wait)


def _train_hosted(
    project: str, dataset_n: int, provider: str, parameters: dict[str, Json], name: str, *, check: bool, wait: bool
) -> None:
    from cli.workspaces import opened
    from curation.services.hosted_preflight import preflight_hosted
    from curation.services.hosted_training import launch_hosted
    from curation.services.people import local_actor
    from curation.services.projects import find_project

    with opened() as ws:
        found = find_project(ws, project)
        if check:
            _report_hosted(preflight_hosted(ws, found.id, dataset_n, provider, parameters))
            return
        actor, nonce = local_actor(ws), ws.new_id()
        job = launch_hosted(
            ws, actor, found.id, dataset_n, provider=provider, parameters=parameters, name=name, nonce=nonce
        )
        click.echo(job.id)
        _follow(ws, job.id, wait=wait)


def _report_hosted(found: HostedPreflight) -> None:
    click.echo(
        f"{found.n_rows} rows and {found.n_validation} for validation, about {found.tokens} tokens, to "
        f"{found.terms.address or 'no address yet'}, base {found.terms.model or 'not named yet'}"
    )
    if found.cost is None:
        click.echo(found.no_price)
    else:
        price = found.cost.price
        click.echo(f"about {found.cost.amount:.2f} {price.currency} ({price.source}, {price.date})")
    for one in found.refused:
        click.echo(f"left out: {one.example_id}: {one.why}", err=True)
    for note in found.notes:
        click.echo(f"note: {note.text} ({note.source}, {note.date})", err=True)
    for problem in found.problems:
        click.echo(f"problem: {problem}", err=True)
    if found.problems:
        raise SystemExit(1)


def _follow(ws: Workspace, job_id: str, *, wait: bool) -> None:
    if not wait:
        click.echo("It starts when the app runs, or with `callwright jobs run`.", err=True)
        return
    from cli.waiting import wait_for_job

    click.echo(f"model {wait_for_job(ws, job_id).model_id}")


def mix_settings(recipe: str | None, settings: tuple[str, ...]) -> dict[str, Json]:
    """A recipe's values, said with their reasons, and the settings on top."""
    from curation.services.recipes import list_recipes, mix_recipe

    own = dict(map(_read_setting, settings))
    if recipe is None:
        return own
    mixed = mix_recipe(recipe, own)
    chosen = next(one for one in list_recipes() if one.name == recipe)
    click.echo(f"recipe {chosen.name}: {chosen.why}", err=True)
    for told in (one for one in chosen.translated if one.differs):
        click.echo(f"  taught {told.taught}, here {told.today}: {told.why}", err=True)
    for one in chosen.differences:
        click.echo(f"  {one.knob} {mixed[one.knob]} (default {one.default}): {one.reason}", err=True)
    return mixed


def _read_setting(text: str) -> tuple[str, Json]:
    name, sign, value = text.partition("=")
    if not sign:
        raise click.BadParameter(f"`{text}` is not NAME=VALUE.", param_hint="--set")
    return name.strip(), value.strip()


def _report(found: Preflight) -> None:
    click.echo(
        f"{found.n_rows} rows, {found.n_tokens} tokens ({found.n_trained_tokens} carry loss), {found.steps} steps, "
        f"style {found.style}, base {found.base.name} ({found.base.licence})"
    )
    if found.rows:
        click.echo(f"What stands between {OPEN} and {CLOSE} is learnt.")
    for row in found.rows:
        click.echo(f"\nrow {row.number}: {row.tokens} tokens, {row.n_trained} carry loss")
        click.echo("".join(f"{OPEN}{piece.text}{CLOSE}" if piece.trained else piece.text for piece in row.pieces))
    for one in found.dropped:
        click.echo(f"left out: {one.n_rows} rows: {one.reason}", err=True)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    for problem in found.problems:
        click.echo(f"problem: {problem}", err=True)
    if found.problems:
        raise SystemExit(1)


COMMANDS: dict[str, click.Command] = {"train": train}
