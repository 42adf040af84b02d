"""What people are asked to write because no generator can: how many examples that show something, and how many came."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError
from curation.model.people import Actor
from curation.model.states import GONE, ExampleState
from curation.model.traits import Trait
from curation.services.acts import Act, perform
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import traits, writing_tasks
from db.acts import Deed
from db.writing_tasks import TaskRecord

MOST = 1_000
IN_WORK = tuple(state for state in ExampleState if state not in GONE)


class TaskView(msgspec.Struct, frozen=True):
    """One task, and how many such examples have come since it was set."""

    id: str
    trait: Trait
    n: int
    n_done: int
    by: str
    at: str

    @property
    def n_left(self) -> int:
        return max(0, self.n - self.n_done)


def list_tasks(ws: Workspace, project_id: str) -> tuple[TaskView, ...]:
    """Tasks of which something is left, the oldest first."""
    with ws.reading() as connection:
        views = [_view(connection, one) for one in writing_tasks.list_open(connection, project_id)]
    return tuple(view for view in views if view.n_left)


def ask_for(ws: Workspace, actor: Actor, project_id: str, wanted: Trait, n: int, *, nonce: str) -> TaskView:
    """Ask for examples that show something; what is left of the same task before is asked for in it."""
    if not 1 <= n <= MOST:
        raise StateError(f"{n:,} examples cannot be asked for.", hint=f"Ask for 1 to {MOST:,}.")

    def work(act: Act) -> TaskView:
        project = need_project(act.connection, project_id)
        record = _find_same(act.connection, project.id, wanted)
        if record is None:
            n_before = _count(act.connection, project.id, wanted)
            made = (act.ws.new_id(), project.id, wanted.kind, wanted.name, n, n_before, actor.person_id, act.at)
            record = TaskRecord(*made)
            writing_tasks.add_task(act.connection, record)
        else:
            record = msgspec.structs.replace(record, n=min(MOST, record.n + n))
            writing_tasks.set_wanted(act.connection, record.id, record.n)
        act.note(Deed(record.id, after=f"{record.n} of {wanted.address}", project_id=project.id))
        return _view(act.connection, record)

    return perform(ws, actor, "ask for writing", nonce, TaskView, work)


def end_task(ws: Workspace, actor: Actor, task_id: str, *, nonce: str) -> TaskView:
    """Take a task off the list; what was written for it stays."""

    def work(act: Act) -> TaskView:
        record = writing_tasks.find_task(act.connection, task_id)
        if record is None:
            raise NotFoundError("This writing task is not here.")
        writing_tasks.end_task(act.connection, record.id, act.at)
        act.note(Deed(record.id, "open", "ended", record.project_id))
        return _view(act.connection, record)

    return perform(ws, actor, "end writing task", nonce, TaskView, work)


def _find_same(connection: Connection, project_id: str, wanted: Trait) -> TaskRecord | None:
    """The open task for the same thing, if any of it is left."""
    same = (one for one in writing_tasks.list_open(connection, project_id) if Trait(one.kind, one.name) == wanted)
    return next((one for one in same if _view(connection, one).n_left), None)


def _view(connection: Connection, record: TaskRecord) -> TaskView:
    wanted = Trait(record.kind, record.name)
    n_done = max(0, _count(connection, record.project_id, wanted) - record.n_before)
    return TaskView(record.id, wanted, record.n, n_done, record.by, record.at)


def _count(connection: Connection, project_id: str, wanted: Trait) -> int:
    return traits.count_showing(connection, project_id, wanted, IN_WORK)
