"""Under which licence imported files came, as people write it down."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError, NotFoundError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.workspace import Workspace
from db import batches
from db.acts import Deed
from db.project_settings import read_setting, write_setting

SETTING = "source_licences"
MOST_CHARACTERS = 200


def list_licences(ws: Workspace, project_id: str) -> dict[str, str]:
    """Source → licence, for the sources that have one."""
    with ws.reading() as connection:
        return read_licences(connection, project_id)


def read_licences(connection: Connection, project_id: str) -> dict[str, str]:
    stored = read_setting(connection, project_id, SETTING)
    return msgspec.json.decode(stored, type=dict[str, str]) if stored else {}


def set_licence(ws: Workspace, actor: Actor, source_id: str, licence: str, *, nonce: str) -> dict[str, str]:
    """Write down the licence of an imported file; an empty one takes it back."""
    wanted = " ".join(licence.split())
    if len(wanted) > MOST_CHARACTERS:
        raise CurationError(
            f"A licence has at most {MOST_CHARACTERS} characters.",
            hint="Name it, such as Apache-2.0, or give its address.",
        )

    def work(act: Act) -> str:
        source = batches.find_source(act.connection, source_id)
        if source is None:
            raise NotFoundError("This imported file is not here.")
        known = read_licences(act.connection, source.project_id)
        kept = {key: one for key, one in known.items() if key != source_id}
        write_setting(act.connection, source.project_id, SETTING, kept | ({source_id: wanted} if wanted else {}))
        act.note(Deed(source_id, known.get(source_id), wanted or None, source.project_id))
        return source.project_id

    return list_licences(ws, perform(ws, actor, "name licence", nonce, str, work))
