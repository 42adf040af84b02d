"""What gates must know of the examples a project has already: how they were asked, and which are for testing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from curation.errors import UnreadableError
from curation.gates.contract import Known
from curation.gates.knowing import know
from curation.model.states import ExampleState, Split
from curation.services.judging import read_body
from db import health

LIVING = tuple(state for state in ExampleState if state not in (ExampleState.ARCHIVED,))
"""Those turned down too: what a person has rejected once is not to be offered again."""
MOST = 100_000


def walk_known(connection: Connection, project_id: str) -> Iterator[Known]:
    """The newest examples of a project, as gates compare with them."""
    for _, split, body in health.walk_newest_placed(connection, project_id, LIVING, MOST):
        try:
            example = read_body(body).example
        except UnreadableError:
            continue
        yield know(example, is_test=split == Split.TEST)
