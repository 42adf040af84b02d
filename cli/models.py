"""`callwright models`: which models there are, which one is in use, what the gate says, and how to serve one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cli.workspaces import FINDINGS, opened, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curation.services.promoting import GateView
    from curation.services.serve_commands import ServeCommand
    from curation.services.serving import Serving
    from curation.services.workspace import Workspace


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
    from cli.rulings import print_gate, shape_gate
    from curation.services.projects import find_project
    from curation.services.promoting import State

    with opened() as ws:
        found = _judge(ws, find_project(ws, project).id, model, look)
    if as_json:
        print_json(shape_gate(found))
    else:
        print_gate(found)
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
    from curation.services.people import local_actor
    from curation.services.projects import find_project
    from curation.services.promoting import promote as put_in_use

    with opened() as ws:
        project_id = find_project(ws, project).id
        shown = _judge(ws, project_id, model, look)
        put_in_use(
            ws,
            local_actor(ws),
            project_id,
            shown.evaluation_id,
            shown.model.id,
            reason=reason,
            despite_not_proven=despite_not_proven,
            shown=shown,
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
    from curation.services.promoting import find_alias, roll_back

    with opened() as ws:
        project_id = find_project(ws, project).id
        used = find_alias(ws, project_id)
        roll_back(ws, local_actor(ws), project_id, reason=reason, shown=used.seq if used else 0, nonce=ws.new_id())
        _print_last(ws, project_id, as_json=as_json)


@models.command("history")
@click.argument("project")
@click.option("--json", "as_json", is_flag=True, help="One line a change.")
def history(project: str, as_json: bool) -> None:
    """What was in production in PROJECT, newest first, with what the gate said at that time.

    Floors and what was not proven are told one by one; `--json` has every check.
    """
    from cli.rulings import print_event, print_ruling
    from curation.services.projects import find_project
    from curation.services.promoting import alias_history

    with opened() as ws:
        for event in alias_history(ws, find_project(ws, project).id):
            print_event(event, as_json=as_json)
            if not as_json:
                print_ruling(event)


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
    from cli.rulings import print_event
    from curation.services.promoting import alias_history

    print_event(alias_history(ws, project_id)[0], as_json=as_json)


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


COMMANDS: dict[str, click.Command] = {"models": models}
