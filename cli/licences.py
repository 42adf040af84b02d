"""`callwright licence`: under which licence imported files came, read and written down from a terminal."""

from __future__ import annotations

import click

from cli.workspaces import opened, print_json
from curation.errors import NotFoundError
from curation.services import importing, people, projects, source_licences
from curation.services.importing import SourceView


@click.command("licence")
@click.argument("project")
@click.argument("file", required=False)
@click.argument("licence", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def licence_command(project: str, file: str | None, licence: str | None, as_json: bool) -> None:
    """Say under which licence the imported files of PROJECT came, or write down that FILE came under LICENCE.

    FILE is the name it was imported by. A name such as Apache-2.0, or an address, is enough; an empty LICENCE takes it
    back. Every data card says it.
    """
    with opened() as ws:
        found = projects.find_project(ws, project)
        sources = [one for one in importing.list_sources(ws, found.id) if not one.is_undone]
        wanted = sources if file is None else _named(sources, file)
        known = source_licences.list_licences(ws, found.id)
        if licence is not None:
            actor = people.local_actor(ws)
            for one in wanted:
                known = source_licences.set_licence(ws, actor, one.id, licence, nonce=ws.new_id())
    told = [{"file": one.name, "imported": one.at, "licence": known.get(one.id, "")} for one in wanted]
    if as_json:
        print_json(told)
        return
    for line in told:
        click.echo(f"{line['file']}: {line['licence'] or 'no licence is written down'}")


def _named(sources: list[SourceView], name: str) -> list[SourceView]:
    """The files of a name: the same file that came in several times has one licence."""
    found = [one for one in sources if one.name == name]
    if not found:
        known = ", ".join(dict.fromkeys(one.name for one in sources[:10]))
        hint = f"There are: {known}." if known else "Nothing was imported into this project."
        raise NotFoundError(f"No file called {name} was imported.", hint=hint)
    return found


COMMANDS: dict[str, click.Command] = {"licence": licence_command}
