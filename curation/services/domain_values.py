"""Values of a project's domain as its experts write them down: names, places, ids, whatever its parameters take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import TooLongError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db.acts import Deed
from db.project_settings import read_setting, write_setting

SETTING = "domain_values"
MOST_VALUES = 2_000
MOST_CHARACTERS = 200_000


def read_values(ws: Workspace, project_id: str) -> dict[str, tuple[str, ...]]:
    """Parameter or kind of value → its values, in the order they were written."""
    with ws.reading() as connection:
        return _read(connection, need_project(connection, project_id).id)


def save_values(
    ws: Workspace, actor: Actor, project_id: str, values: Mapping[str, Sequence[str]], *, nonce: str
) -> dict[str, tuple[str, ...]]:
    """Keep the lists as they are given; an empty one is gone."""
    kept = {name: tidy(lines) for name, lines in values.items() if tidy(lines)}
    if sum(len(value) for lines in kept.values() for value in lines) > MOST_CHARACTERS:
        raise TooLongError

    def work(act: Act) -> dict[str, tuple[str, ...]]:
        project = need_project(act.connection, project_id)
        before = _read(act.connection, project.id)
        write_setting(act.connection, project.id, SETTING, kept)
        told = f"values of {', '.join(sorted(kept)) or 'nothing'}"
        act.note(Deed(project.id, f"values of {', '.join(sorted(before)) or 'nothing'}", told, project.id))
        return kept

    return perform(ws, actor, "save domain values", nonce, dict[str, tuple[str, ...]], work)


def tidy(lines: Sequence[str]) -> tuple[str, ...]:
    """Each value once, without space around it."""
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))[:MOST_VALUES]


def _read(connection: Connection, project_id: str) -> dict[str, tuple[str, ...]]:
    stored = read_setting(connection, project_id, SETTING)
    return msgspec.json.decode(stored, type=dict[str, tuple[str, ...]]) if stored else {}
