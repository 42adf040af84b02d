"""Figures of a project for the first screen, each one indexed count."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, FromClause, TextClause, func, select

from curation.model.states import FINAL_JOB_STATES, Split
from db.tables import HAS_ERRORS, evaluation, example, job, model

BASE = "base"
"""The kind of a model that was not trained here."""


def count_with_errors(connection: Connection, project_id: str) -> int:
    """Examples that are still meant for a version and have an error."""
    gone = example.c.state.in_(("rejected", "archived"))
    return _count(connection, example, example.c.project_id == project_id, example.c.staged == 0, HAS_ERRORS, ~gone)


def count_models(connection: Connection, project_id: str) -> int:
    """Trained ones; a base that was only asked is none."""
    return _count(connection, model, model.c.project_id == project_id, model.c.kind != BASE)


def count_evaluations(connection: Connection, project_id: str) -> int:
    """The looks at what is kept apart for them; one look may have asked several models, each with a row of its own."""
    looks = func.count(evaluation.c.look_no.distinct())
    is_look = (evaluation.c.project_id == project_id) & (evaluation.c.split != Split.VALIDATION.value)
    return connection.execute(select(looks).where(is_look)).scalar_one()


def count_open_jobs(connection: Connection, project_id: str) -> int:
    final = job.c.state.in_([state.value for state in FINAL_JOB_STATES])
    return _count(connection, job, job.c.project_id == project_id, ~final)


def _count(connection: Connection, table: FromClause, *where: ColumnElement[bool] | TextClause) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
