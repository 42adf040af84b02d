"""Which move of examples an undo on a tool's desk means: this sitting's own, while nothing was done or typed since."""

from __future__ import annotations

from typing import NamedTuple

from curation.model.people import Actor
from curation.services import migrating, tool_undo
from curation.services.migrating import MoveView
from curation.services.tool_desk import Desk
from curation.services.workspace import Workspace
from db import acts


class Moved(NamedTuple):
    """The move a person made last in one sitting: in a later one, and at another tool, undo means the desk."""

    batch_id: str = ""
    tool_ids: tuple[str, ...] = ()
    """The tools it was about."""


def find_last_move(ws: Workspace, actor: Actor, desk: Desk, moved: Moved) -> MoveView | None:
    """What was moved in this sitting, where it was about this tool and the person's last act in the project.

    None also where the desk was touched after it.
    """
    if desk.object_id not in moved.tool_ids or desk.unread:
        return None
    move = migrating.last_move(ws, desk.project_id)
    if move is None or move.batch_id != moved.batch_id or not move.n_examples:
        return None
    with ws.reading() as connection:
        (newest,) = acts.last_of(connection, move.batch_id)
        if newest.person_id != actor.person_id or newest.act != "move examples":
            return None
        if acts.has_acted_since(connection, actor.person_id, desk.project_id, newest.seq):
            return None
    return None if _touched_at(ws, actor, desk) > newest.at else move


def _touched_at(ws: Workspace, actor: Actor, desk: Desk) -> str:
    """When this person last changed a field of the desk, saved or not."""
    steps = tool_undo.list_steps(ws, actor, desk.object_id)
    return max(desk.saved_at, steps[-1].at if steps else "")
