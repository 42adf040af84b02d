"""Which submitted examples two people judge apart: a share of all, drawn by hash, the same on every machine."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, CurationError
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import second_looks
from db.acts import Deed
from db.examples import ExampleRecord
from db.second_looks import LookRecord

OPEN, AGREED, DIFFER, RESOLVED = "open", "agreed", "differ", "resolved"
UNDECIDED = frozenset({OPEN, DIFFER})
_SHARE = "double_review_percent"
_BUCKETS = 10_000


def read_share(ws: Workspace, project_id: str) -> int:
    """Which percentage of what is submitted two people look at."""
    with ws.reading() as connection:
        return _share(connection, project_id)[0]


def set_share(ws: Workspace, actor: Actor, project_id: str, percent: int, *, nonce: str) -> int:
    """Choose the share; it counts for what is submitted from now on."""
    if not 0 <= percent <= 100:
        raise CurationError("The share of double reviews is a percentage.", hint="Choose 0 to 100.")

    def work(act: Act) -> int:
        project = need_project(act.connection, project_id)
        settings = _settings(act.connection, project.id)
        before = settings.get(_SHARE, 0)
        second_looks.write_settings(
            act.connection, project.id, msgspec.json.encode({**settings, _SHARE: percent}).decode()
        )
        act.note(Deed(f"double review {project.id}", f"{before} %", f"{percent} %", project.id))
        return percent

    return perform(ws, actor, "set double review", nonce, int, work)


def is_drawn(salt: str, example_id: str, percent: int) -> bool:
    """Whether the hash of an example falls into the share; a greater share only adds examples."""
    drawn = int.from_bytes(hashlib.sha256(f"{salt} second look {example_id}".encode()).digest()[:8]) % _BUCKETS
    return drawn < percent * _BUCKETS // 100


def draw(act: Act, head: ExampleRecord) -> LookRecord | None:
    """At submission: open a look at this revision where the example is in the share; a look at it stays as it is."""
    known = second_looks.find_look(act.connection, head.id)
    if known is not None and known.rev == head.head_rev:
        return known
    percent, salt = _share(act.connection, head.project_id)
    if not is_drawn(salt, head.id, percent):
        return None
    look = LookRecord(head.id, head.project_id, head.head_rev, OPEN, act.at)
    second_looks.put_look(act.connection, look)
    act.note(Deed(f"second look {head.id}", after=f"{OPEN}@{head.head_rev}", project_id=head.project_id))
    return look


def current_look(connection: Connection, head: ExampleRecord) -> LookRecord | None:
    """The look at the newest revision; one at an older revision is over.

    A candidate is never submitted: one in the share is looked at twice from the start.
    """
    known = second_looks.find_look(connection, head.id)
    if known is not None and known.rev == head.head_rev:
        return known
    if head.state is not ExampleState.CANDIDATE:
        return None
    percent, salt = _share(connection, head.project_id)
    is_in = is_drawn(salt, head.id, percent)
    return LookRecord(head.id, head.project_id, head.head_rev, OPEN, head.updated_at) if is_in else None


def require_settled(act: Act, head: ExampleRecord) -> None:
    """One person's word is not enough where two were asked."""
    look = current_look(act.connection, head)
    if look and look.state == OPEN:
        raise BlockedError(
            f"Example {head.number} is judged by two people apart; both verdicts are needed first.",
            hint="Give your own verdict; the other one stays hidden until then.",
        )
    if look and look.state == DIFFER:
        raise BlockedError(
            f"Two people judged example {head.number} differently.", hint="Resolve the difference on Agreement first."
        )


def _share(connection: Connection, project_id: str) -> tuple[int, str]:
    _, salt = second_looks.read_settings(connection, project_id)
    return int(_settings(connection, project_id).get(_SHARE, 0)), salt


def _settings(connection: Connection, project_id: str) -> dict[str, Json]:
    """Everything the project has set; parts of other services may have any shape."""
    text, _ = second_looks.read_settings(connection, project_id)
    return msgspec.json.decode(text, type=dict[str, Json])
