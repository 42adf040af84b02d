"""`callwright models`: which models there are, which one is in use, what the gate says, and how to serve one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cli.workspaces import FINDINGS, opened, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curation.services.promoting import AliasEvent, CheckView, GateView
    from curation.services.serve_commands import ServeCommand
    from curation.services.serving import Serving
    from curation.services.workspace import Workspace

MARKS = {"passed": "✓", "failed": "✗", "not_proven": "?"}


class Models(click.Group):
    """A group whose plain call lists: `callwright models PROJECT` means `callwright models list PROJECT`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and not set(args) & set(ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("models", cls=Models)
def models() -> None:
    """Models of a project: list them, promote one through the gate, take it back, serve it.

    `callwright models PROJECT` lists them.
    """


@models.command("list")
@click.argument("project")
@click.option("--json", "as_json", is_flag=True, help="One line a model.")
def list_models(project: str, as_json: bool) -> None:
    """Models of PROJECT, newest first."""
    from curation.services.models import list_models as find_models
    from curation.services.projects import find_project

    with opened() as ws:
        for model in find_models(ws, find_project(ws, project).id):
            shape = {"id": model.id, "name": model.name, "kind": model.kind, "location": str(model.location)}
            line = f"{model.id}  {model.kind:8} {model.name}"
            click.echo(json.dumps({**shape, **model.details}) if as_json else line)


@models.command("gate")
@click.argument("project")
@click.argument("model")
@click.option("--evaluation", "look", default="", metavar="LOOK", help="Number or id of a look; else the newest one.")
@click.option("--despite-not-proven", is_flag=True, help="Exit 1 only for what failed.")
@click.option("--json", "as_json", is_flag=True, help="One line.")
def gate(project: str, model: str, look: str, despite_not_proven: bool, as_json: bool) -> None:
    """What stands between MODEL of PROJECT and production; exit 1 unless it passes."""
    from curation.services.projects import find_project
    from curation.services.promoting import State

    with opened() as ws:
        found = _judge(ws, find_project(ws, project).id, model, look)
    if as_json:
        print_json(_shape_gate(found))
    else:
        _print_gate(found)
    if found.state is State.FAILED or (found.state is State.NOT_PROVEN and not despite_not_proven):
        raise SystemExit(FINDINGS)


@models.command("floors")
@click.argument("project")
@click.option("--from", "file", metavar="FILE", help="Ask for these from now on: a list as `--json` prints it, or `-`.")
@click.option("--json", "as_json", is_flag=True, help="One line.")
def floors(project: str, file: str | None, as_json: bool) -> None:
    """What the gate of PROJECT asks for; beside it, a model must be no worse than the one in production."""
    import msgspec

    from cli.streams import open_input
    from curation.errors import UnreadableError
    from curation.services.people import local_actor
    from curation.services.projects import find_project
    from curation.services.promoting import Floor, read_rules, say_floor, set_floors

    with opened() as ws:
        project_id = find_project(ws, project).id
        if file is not None:
            try:
                with open_input(file) as stream:
                    wanted = msgspec.json.decode(stream.read(), type=tuple[Floor, ...])
            except msgspec.DecodeError as error:
                raise UnreadableError(
                    f"{file} holds no list of floors: {error}.",
                    hint='Write [{"metric": "valid_call_rate", "bound": 0.98, "slice": ""}].',
                ) from error
            set_floors(ws, local_actor(ws), project_id, wanted, nonce=ws.new_id())
        rules = read_rules(ws, project_id)
    if as_json:
        print_json(rules.floors)
    else:
        for floor in rules.floors:
            click.echo(say_floor(floor))


@models.command("promote")
@click.argument("project")
@click.argument("model")
@click.option("--reason", required=True, help="Why, for those who read the history.")
@click.option("--evaluation", "look", default="", metavar="LOOK", help="Number or id of a look; else the newest one.")
@click.option("--despite-not-proven", is_flag=True, help="Go on where too few rows tell.")
@click.option("--json", "as_json", is_flag=True, help="One line.")
def promote(project: str, model: str, reason: str, look: str, despite_not_proven: bool, as_json: bool) -> None:
    """Use MODEL of PROJECT from now on, if the gate lets it through; exit 1 where it does not."""
    from curation.services.models import find_model
    from curation.services.people import local_actor
    from curation.services.projects import find_project
    from curation.services.promoting import find_look
    from curation.services.promoting import promote as put_in_use

    with opened() as ws:
        project_id = find_project(ws, project).id
        chosen = find_model(ws, project_id, model)
        view = find_look(ws, project_id, chosen.id, look)
        put_in_use(
            ws,
            local_actor(ws),
            project_id,
            view.id,
            chosen.id,
            reason=reason,
            despite_not_proven=despite_not_proven,
            nonce=ws.new_id(),
        )
        _print_last(ws, project_id, as_json=as_json)


@models.command("rollback")
@click.argument("project")
@click.option("--reason", required=True, help="Why, for those who read the history.")
@click.option("--json", "as_json", is_flag=True, help="One line.")
def rollback(project: str, reason: str, as_json: bool) -> None:
    """Use the model from before again."""
    from curation.services.people import local_actor
    from curation.services.projects import find_project
    from curation.services.promoting import roll_back

    with opened() as ws:
        project_id = find_project(ws, project).id
        roll_back(ws, local_actor(ws), project_id, reason=reason, nonce=ws.new_id())
        _print_last(ws, project_id, as_json=as_json)


@models.command("history")
@click.argument("project")
@click.option("--json", "as_json", is_flag=True, help="One line a change.")
def history(project: str, as_json: bool) -> None:
    """What was in production in PROJECT, newest first."""
    from curation.services.projects import find_project
    from curation.services.promoting import alias_history

    with opened() as ws:
        for event in alias_history(ws, find_project(ws, project).id):
            _print_event(event, as_json=as_json)


@models.command("serve")
@click.argument("project")
@click.argument("model", default="")
@click.option("--engine", type=click.Choice(["transformers", "vllm"]), help="Only this server's command.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the server is to listen.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One line.")
def serve(project: str, model: str, engine: str | None, host: str, port: int, as_json: bool) -> None:
    """Print the commands that serve the model in production of PROJECT, or MODEL, as OpenAI-compatible APIs.

    They are ready to be pasted; what else is to be known goes to standard error.
    """
    from curation.services.projects import find_project
    from curation.services.serving import prepare_serving

    with opened() as ws:
        found = prepare_serving(ws, find_project(ws, project).id, model, host=host, port=port)
    commands = [one for one in found.commands if engine in (None, one.engine)]
    if as_json:
        print_json(_shape_serving(found, commands))
        return
    for sentence in (found.answers_at, *found.notes):
        if sentence:
            click.echo(sentence, err=True)
    for one in commands:
        for note in one.notes:
            click.echo(f"{one.engine}: {note}", err=True)
        if one.argv:
            click.echo(f"{one.engine}: requests name the model {one.model}", err=True)
            click.echo(one.line)


def _judge(ws: Workspace, project_id: str, model: str, look: str) -> GateView:
    from curation.services.models import find_model
    from curation.services.promoting import find_label, find_look, read_gate

    chosen = find_model(ws, project_id, model)
    view = find_look(ws, project_id, chosen.id, look)
    return read_gate(ws, project_id, view, find_label(view, chosen))


def _print_last(ws: Workspace, project_id: str, *, as_json: bool) -> None:
    from curation.services.promoting import alias_history

    _print_event(alias_history(ws, project_id)[0], as_json=as_json)


def _print_event(event: AliasEvent, *, as_json: bool) -> None:
    if as_json:
        print_json(_shape_event(event))
        return
    came = f", was {event.from_name}" if event.from_name else ""
    how = "rolled back" if event.is_rollback else f"gate {_say_state(event.state)}, look {event.look_no}"
    click.echo(
        f"{event.seq}  {event.at[:16].replace('T', ' ')}  {event.to_name}{came}  ({how})  {event.by}: {event.reason}"
    )


def _print_gate(found: GateView) -> None:
    click.echo(found.summary)
    for one in found.checks:
        click.echo(f"{MARKS[one.state.value]} {one.sentence}{f' {one.remedy}' if one.remedy else ''}")
    for alarm in found.alarms:
        where = f", in {', '.join(alarm.slices)}" if alarm.slices else ""
        click.echo(f"! {alarm.title}{where}. {alarm.sentence}")


def _say_state(state: str | None) -> str:
    return (state or "unknown").replace("_", " ")


def _shape_event(event: AliasEvent) -> dict[str, object]:
    return {
        "seq": event.seq,
        "from": event.from_name,
        "to": event.to_name,
        "by": event.by,
        "at": event.at,
        "reason": event.reason,
        "is_rollback": event.is_rollback,
        "evaluation": event.evaluation_id,
        "look": event.look_no,
        "gate": event.state,
    }


def _shape_gate(found: GateView) -> dict[str, object]:
    return {
        "model": found.model.name,
        "evaluation": found.evaluation_id,
        "production": found.production or None,
        "state": found.state,
        "checks": [_shape_check(one) for one in found.checks],
        "alarms": [{"kind": one.kind, "slices": one.slices, "says": one.sentence} for one in found.alarms],
    }


def _shape_serving(found: Serving, commands: Sequence[ServeCommand]) -> dict[str, object]:
    return {
        "model": found.model.name,
        "answers_at": found.answers_at or None,
        "template": str(found.template) if found.template else None,
        "notes": found.notes,
        "commands": [
            {"engine": one.engine, "argv": one.argv, "line": one.line, "model": one.model, "notes": one.notes}
            for one in commands
        ],
    }


def _shape_check(one: CheckView) -> dict[str, object]:
    check = one.check
    return {
        "slice": check.slice,
        "metric": check.metric,
        "state": check.state,
        "n": check.n,
        "value": check.value,
        "bound": check.bound,
        "production": check.production,
        "p": check.p,
        "says": one.sentence,
        "remedy": one.remedy,
    }


COMMANDS: dict[str, click.Command] = {"models": models}
