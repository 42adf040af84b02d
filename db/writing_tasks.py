"""What somebody is asked to write: what the examples show, how many, and how many there were before."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, insert, select, update

from db.tables import writing_task


class TaskRecord(msgspec.Struct, frozen=True):
    """One row of `writing_task`."""

    id: str
    project_id: str
    kind: str
    name: str
    n: int
    n_before: int
    by: str
    at: str
    done_at: str | None = None


def add_task(connection: Connection, record: TaskRecord) -> None:
    connection.execute(insert(writing_task).values(**msgspec.structs.asdict(record)))


def find_task(connection: Connection, task_id: str) -> TaskRecord | None:
    row = connection.execute(select(writing_task).where(writing_task.c.id == task_id)).one_or_none()
    return TaskRecord(*row) if row else None


def list_open(connection: Connection, project_id: str) -> list[TaskRecord]:
    """Those nobody has ended, the oldest first."""
    query = select(writing_task).where(writing_task.c.project_id == project_id, writing_task.c.done_at.is_(None))
    return [TaskRecord(*row) for row in connection.execute(query.order_by(writing_task.c.at, writing_task.c.id))]


def set_wanted(connection: Connection, task_id: str, n: int) -> None:
    connection.execute(update(writing_task).where(writing_task.c.id == task_id).values(n=n))


def end_task(connection: Connection, task_id: str, at: str) -> None:
    connection.execute(update(writing_task).where(writing_task.c.id == task_id).values(done_at=at))
