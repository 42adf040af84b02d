"""Moves a group to another split: a recorded act with a reason, which can be taken back.

A frozen version keeps the splits it was frozen with. The next one follows, so a model that was trained before the move
may be tested on what it has learnt: a group in the test split of a frozen version is moved only by somebody who was
told so.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, CurationError, NotFoundError, StateError
from curation.model.people import Actor
from curation.model.states import Split
from curation.services.acts import Act, perform
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import people, split_moves
from db.acts import Deed
from db.split_moves import MoveRecord

LEAST_REASON = 3
"""Letters of a reason: one cannot be given by pressing a key."""


class MovePlan(msgspec.Struct, frozen=True):
    """What a move would do, for who is asked."""

    group: str
    split: Split
    groups: tuple[str, ...]
    """The group, and those that hold the same rows or nearly the same: they go together."""
    n_examples: int
    tested_in: tuple[int, ...]
    """The frozen versions whose test split holds a row of them."""


class MoveView(msgspec.Struct, frozen=True):
    """One act that moved groups, as a list shows it."""

    id: str
    groups: tuple[str, ...]
    before: str
    after: str
    reason: str
    by: str
    at: str
    can_be_undone: bool


def plan_move(ws: Workspace, project_id: str, said: str) -> MovePlan:
    """What goes along with a group; `said` is its name, or the number of an example in it."""
    with ws.reading() as connection:
        project = need_project(connection, project_id)
        group = split_moves.find_group(connection, project.id, said.strip())
        if group is None:
            raise NotFoundError(
                f"There is no group `{said.strip()}` and no example of that number.", hint="Copy it from the example."
            )
        return _plan(connection, project.id, group)


def move_group(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    group: str,
    to: Split | str,
    reason: str,
    *,
    despite_frozen: bool = False,
    nonce: str,
) -> str:
    """Move a group with all that must go with it; says the id of the move.

    `despite_frozen` says that the person knows of the frozen versions that test with it.
    """
    wanted, why = Split(to), " ".join(reason.split())
    if len(why) < LEAST_REASON:
        raise CurationError("A move needs a reason.", hint="Say why the group belongs into the other split.")

    def work(act: Act) -> str:
        project = need_project(act.connection, project_id)
        plan = _plan(act.connection, project.id, group)
        placed = split_moves.read_split_of(act.connection, project.id, plan.groups)
        moving = [one for one in plan.groups if placed[one] is not wanted]
        if not moving:
            raise StateError(f"This group is in {wanted} already.")
        _require_told(plan, despite_frozen=despite_frozen)
        return _move(act, project.id, [(one, placed[one], wanted) for one in moving], why)

    return perform(ws, actor, "move group", nonce, str, work)


def undo_move(ws: Workspace, actor: Actor, move_id: str, *, despite_frozen: bool = False, nonce: str) -> str:
    """Bring the groups of a move back where each was; says the id of the move that did it."""

    def work(act: Act) -> str:
        records = split_moves.find_move(act.connection, move_id)
        if not records:
            raise NotFoundError("This move is not here.")
        project_id = records[0].project_id
        groups = [one.group_key for one in records]
        last = split_moves.last_moves(act.connection, project_id, groups)
        if set(last.values()) != {move_id}:
            raise StateError("These groups were moved again since.", hint="Take the later move back first.")
        _require_told(_plan(act.connection, project_id, groups[0]), despite_frozen=despite_frozen)
        steps = [(one.group_key, Split(one.after), Split(one.before)) for one in records]
        return _move(act, project_id, steps, f"taken back: {records[0].reason}", undoes=move_id)

    return perform(ws, actor, "undo move of group", nonce, str, work)


def list_moves(ws: Workspace, project_id: str) -> tuple[MoveView, ...]:
    """Newest first."""
    with ws.reading() as connection:
        records = split_moves.list_moves(connection, project_id)
        names = people.name_people(connection)
    last: dict[str, str] = {one.group_key: one.id for one in records}
    acts: dict[str, list[MoveRecord]] = {}
    for one in records:
        acts.setdefault(one.id, []).append(one)
    return tuple(_show(act, last, names) for act in reversed(acts.values()))


def _show(act: Sequence[MoveRecord], last: dict[str, str], names: dict[str, str]) -> MoveView:
    first = act[0]
    is_last = all(last[one.group_key] == one.id for one in act)
    return MoveView(
        id=first.id,
        groups=tuple(one.group_key for one in act),
        before=" and ".join(sorted({one.before for one in act})),
        after=" and ".join(sorted({one.after for one in act})),
        reason=first.reason,
        by=names.get(first.by, first.by),
        at=first.at,
        can_be_undone=is_last and first.undoes is None,
    )


def _plan(connection: Connection, project_id: str, group: str) -> MovePlan:
    split = split_moves.read_split_of(connection, project_id, [group]).get(group)
    if split is None:
        raise StateError("This group has no split yet.", hint="The next version draws it; it can be moved after that.")
    groups = split_moves.find_companions(connection, project_id, group)
    return MovePlan(
        group=group,
        split=split,
        groups=tuple(groups),
        n_examples=split_moves.count_rows(connection, project_id, groups),
        tested_in=tuple(split_moves.versions_testing(connection, project_id, groups)),
    )


def _require_told(plan: MovePlan, *, despite_frozen: bool) -> None:
    if plan.tested_in and not despite_frozen:
        raise BlockedError(f"{say_tested(plan.tested_in)}.", hint="Say that you know it, and move it then.")


def say_tested(versions: Sequence[int]) -> str:
    """What moving a group out of a frozen test split does."""
    named = ", ".join(f"v{n}" for n in versions)
    is_one = len(versions) == 1
    keep, their = ("keeps", "its") if is_one else ("keep", "their")
    return (
        f"The test split of {named} holds rows of this group. {named} {keep} {their} rows, but a model trained on a "
        f"later version may have learnt them: {their} test figures would flatter it"
    )


def _move(
    act: Act, project_id: str, steps: Sequence[tuple[str, Split, Split]], reason: str, undoes: str | None = None
) -> str:
    move_id = act.ws.new_id()
    split_moves.add_moves(
        act.connection,
        [
            MoveRecord(
                move_id, group, project_id, before.value, after.value, reason, undoes, act.actor.person_id, act.at
            )
            for group, before, after in steps
        ],
    )
    for group, before, after in steps:
        act.note(Deed(f"split of {group}", before.value, f"{after.value}: {reason}", project_id))
    return move_id
