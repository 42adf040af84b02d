"""The examples an order starts from: those that were named, or the newest that were accepted."""

from __future__ import annotations

from collections.abc import Sequence

from curation.errors import NotFoundError, StateError
from curation.model.example import Example
from curation.model.states import ExampleState
from curation.services.judging import read_body
from curation.services.workspace import Workspace
from db import examples, health

MOST = 400


def choose_seeds(ws: Workspace, project_id: str, ids: Sequence[str] = ()) -> tuple[Example, ...]:
    """Their latest revisions."""
    with ws.reading() as connection:
        if not ids:
            bodies = list(health.walk_newest(connection, project_id, (ExampleState.ACCEPTED,), MOST))
        else:
            found = examples.find_examples(connection, ids)
            missing = [one for one in ids if one not in found or found[one].project_id != project_id]
            if missing:
                raise NotFoundError(f"There is no example `{missing[0]}` in this project.")
            bodies = [examples.read_body(connection, found[one].head_hash) for one in ids]
    if not bodies:
        raise StateError(
            "This order starts from examples, and none is accepted yet.",
            hint="Accept some, or choose a strategy that starts from the schemas.",
        )
    return tuple(read_body(body).example for body in bodies)
