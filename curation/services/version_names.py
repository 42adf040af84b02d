"""What people call a dataset version: a name and a note, which may change while the version does not."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import CurationError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.freezing import DatasetView, need_version
from curation.services.workspace import Workspace
from db import version_diffs
from db.acts import Deed
from db.version_diffs import NameRecord

LONGEST_NAME = 60
LONGEST_NOTE = 2_000


class VersionName(msgspec.Struct, frozen=True):
    """A name and a note; both may be empty."""

    name: str = ""
    note: str = ""


def read_names(ws: Workspace, versions: Sequence[DatasetView]) -> dict[str, VersionName]:
    """Version → what it is called; those without a name have an empty one."""
    with ws.reading() as connection:
        stored = version_diffs.read_names(connection, [one.id for one in versions])
    names = {key: VersionName(one.name, one.note) for key, one in stored.items()}
    return {one.id: names.get(one.id, VersionName()) for one in versions}


def name_version(ws: Workspace, actor: Actor, dataset_id: str, name: str, note: str = "", *, nonce: str) -> VersionName:
    """Call a version something; its rows and its digest stay as they are."""
    said = VersionName(" ".join(name.split()), note.strip())
    if len(said.name) > LONGEST_NAME or len(said.note) > LONGEST_NOTE:
        raise CurationError(
            f"A name has at most {LONGEST_NAME} characters, and a note {LONGEST_NOTE:,}.", hint="Make it shorter."
        )

    def work(act: Act) -> VersionName:
        version = need_version(act.connection, dataset_id)
        before = version_diffs.read_names(act.connection, [version.id]).get(version.id)
        version_diffs.put_name(
            act.connection, NameRecord(version.id, said.name, said.note, act.actor.person_id, act.at)
        )
        was = VersionName(before.name, before.note) if before else VersionName()
        act.note(Deed(version.id, _write(was), _write(said), version.project_id))
        return said

    return perform(ws, actor, "name version", nonce, VersionName, work)


def _write(said: VersionName) -> str:
    return msgspec.json.encode(said).decode()


def title_of(version: DatasetView, said: VersionName | None) -> str:
    """The number, with the name where there is one."""
    return f"v{version.n} {said.name}" if said and said.name else f"v{version.n}"
