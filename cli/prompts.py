"""`callwright prompt`: the system prompts of a project, read and saved from a terminal."""

from __future__ import annotations

import click

from cli.streams import open_input
from cli.workspaces import opened, print_json
from curation.errors import UnreadableError
from curation.services import people, projects, system_prompts
from curation.services.system_prompts import MOST_CHARACTERS, SystemPrompt

_MOST_BYTES = 4 * MOST_CHARACTERS


@click.command("prompt")
@click.argument("project")
@click.option("--version", "n", type=int, help="Which one to print; the newest when left away.")
@click.option("--save", "file", type=click.Path(allow_dash=True), help="Save the words of this file as the next one.")
@click.option("--no-policies", is_flag=True, help="With --save: leave out what the policies of the tools say.")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def prompt_command(project: str, n: int | None, file: str | None, no_policies: bool, as_json: bool) -> None:
    """Print a version of PROJECT's system prompt, or save the next one; `-` reads standard input."""
    with opened() as ws:
        found = projects.find_project(ws, project)
        known = system_prompts.list_prompts(ws, found.id)
        if file is None:
            wanted = n if n is not None else len(known)
            _print(system_prompts.get_prompt(ws, found.id, wanted), as_json=as_json)
            return
        text = _read(file)
        saved = system_prompts.save_prompt(
            ws,
            people.local_actor(ws),
            found.id,
            text,
            with_policies=not no_policies,
            base_n=len(known),
            nonce=ws.new_id(),
        )
        _print(saved, as_json=as_json)


def _read(file: str) -> str:
    with open_input(file) as stream:
        data = stream.read(_MOST_BYTES + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{file} is not UTF-8 text.", hint="Save it as UTF-8.") from error


def _print(prompt: SystemPrompt, *, as_json: bool) -> None:
    if as_json:
        print_json(prompt)
    else:
        click.echo(f"prompt {prompt.n}", err=True)
        click.echo(prompt.whole)


COMMANDS: dict[str, click.Command] = {"prompt": prompt_command}
