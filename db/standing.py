"""Which examples of a project count: those in some states, each with the split of its group."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_

from curation.model.states import ExampleState
from db.tables import example, split_group

SAME_GROUP = and_(split_group.c.project_id == example.c.project_id, split_group.c.group_key == example.c.group_key)


def in_states(project_id: str, states: Iterable[ExampleState]) -> ColumnElement[bool]:
    """The examples of a project in these states; rows of an import that are not all there yet are none."""
    return and_(
        example.c.project_id == project_id,
        example.c.staged == 0,
        example.c.state.in_([state.value for state in states]),
    )
