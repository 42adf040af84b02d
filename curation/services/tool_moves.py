"""Which definitions that examples offer are behind the tools as they are now, and what moving them needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import Connection

from curation.migrations import Move, Step, describe_step, detect_steps, is_ready
from curation.model.definition import Definition, Execution, Tool
from curation.services.cataloguing import hash_catalogue
from curation.services.judging import Bench, key_of, read_bench
from curation.services.projects import need_project
from db import catalogue, catalogues, impacts
from db.catalogue import ToolRecord
from db.impacts import Held, KnownVersion

__all__ = ["Plan", "Step", "coming_bench", "describe_step", "is_ready", "normal_text", "read_plan"]


class Plan(msgspec.Struct, frozen=True):
    """What would happen to examples if the tools as they are now were put into them."""

    project_id: str
    moves: tuple[Move, ...]
    """One for each definition that examples hold and the tools no longer have."""
    tool_ids: tuple[str, ...]
    """The tool of each move."""
    n_foreign: int
    """Examples that offer another definition under a tool's name: they are left alone."""
    digest: str
    """Of the tools as they are now: a plan is good for these only."""

    @property
    def hashes(self) -> tuple[str, ...]:
        return tuple(move.before.hash for move in self.moves)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step once, in the order of the tools."""
        return tuple({step.key: step for move in self.moves for step in move.steps}.values())

    def by_text(self, *, with_steps: bool = True) -> dict[str, Move]:
        """The moves as an example finds its own."""
        moves = self.moves if with_steps else [_bare(one) for one in self.moves]
        return {one.before.text: one for one in moves}

    def tool_of(self, name: str) -> str | None:
        """The id of the tool that had, or gets, this name."""
        for tool_id, move in zip(self.tool_ids, self.moves, strict=True):
            if name in (move.before.view.name, move.after.view.name if move.after else None):
                return tool_id
        return None


def _bare(move: Move) -> Move:
    """The definitions alone: nothing is done in calls, and what is gone is no longer offered."""
    return msgspec.structs.replace(move, steps=detect_steps(move.before, None) if move.after is None else ())


def read_plan(connection: Connection, project_id: str, chosen: Sequence[Step] | None = None) -> Plan:
    """The moves from what examples hold to the tools as they are now.

    Args:
        connection: an open one.
        project_id: whose examples.
        chosen: the steps a person left in or changed; None: all that were found.
    """
    project = need_project(connection, project_id)
    records = catalogue.list_tools(connection, project.id)
    now = {record.id: record.tool.definition for record in records}
    redefined = _redefined(connection, project.id, records)
    known = impacts.list_known_versions(connection, project.id)
    versions = _Versions(known, now)
    held = impacts.list_held(connection, {one.name for one in known})
    behind: dict[str, tuple[str, Move]] = {}
    foreign: list[str] = []
    for one in sorted(held, key=lambda one: (one.name, one.hash)):
        tool_id = versions.tool_of(one)
        if tool_id is None:
            foreign.append(one.hash)
        elif (move := _move(Definition(one.text), now.get(tool_id), chosen, tool_id in redefined)) is not None:
            behind[one.hash] = tool_id, move
    holders = impacts.count_holders(connection, project.id, [*behind, *foreign])
    moves = [one for name, one in behind.items() if name in holders]
    n_foreign = sum(holders.get(one, 0) for one in foreign)
    digest = hash_catalogue([record.tool for record in records])
    return Plan(project.id, tuple(move for _, move in moves), tuple(name for name, _ in moves), n_foreign, digest)


def coming_bench(connection: Connection, project_id: str) -> Bench:
    """What will judge examples once the tools as they are now are published."""
    current = read_bench(connection, project_id)
    tools = [record.tool for record in catalogue.list_tools(connection, project_id)]
    return Bench(current.target, {one.name: one for one in tools}, key_of(current.target, hash_catalogue(tools)))


def _redefined(connection: Connection, project_id: str, records: Sequence[ToolRecord]) -> set[str]:
    """Tools about which a team says something else than in the published catalogue: effect, policy, result, errors."""
    current = catalogues.newest_catalogue(connection, project_id)
    published = {one.tool_id: one.tool for one in catalogues.list_items(connection, current.id)} if current else {}
    return {one.id for one in records if one.id in published and _meaning(one.tool) != _meaning(published[one.id])}


def _meaning(tool: Tool) -> Tool:
    """What an example is judged by; how a call runs and which samples are declared says nothing about one."""
    return msgspec.structs.replace(tool, definition=_NOTHING, execution=Execution(), samples=())


_NOTHING = Definition("{}")


def _move(
    before: Definition, after: Definition | None, chosen: Iterable[Step] | None, is_redefined: bool
) -> Move | None:
    """None where nothing has changed but spacing and the order of keys."""
    if after is not None and normal_text(before.text) == normal_text(after.text):
        return Move(before, before) if is_redefined else None
    found = detect_steps(before, after)
    if chosen is None:
        return Move(before, after, found)
    kept = {step.key: step for step in chosen}
    return Move(before, after, tuple(kept[step.key] for step in found if step.key in kept))


class _Versions:
    """Tells whether a definition in an example is one a tool of the project has, or had."""

    def __init__(self, versions: Sequence[KnownVersion], now: Mapping[str, Definition]) -> None:
        self._by_text: dict[str, str] = {}
        for one in versions:
            if not one.is_archived or one.name not in {definition.view.name for definition in now.values()}:
                self._by_text[normal_text(one.text)] = one.tool_id
        for tool_id, definition in now.items():
            self._by_text[normal_text(definition.text)] = tool_id

    def tool_of(self, held: Held) -> str | None:
        return self._by_text.get(normal_text(held.text))


@lru_cache(maxsize=4096)
def normal_text(text: str) -> str:
    """A definition in whatever spacing, order of keys and wrapper it was written."""
    view = Definition(text).view
    value = view.value
    if not isinstance(value, dict):
        return text
    function = value["function"] if view.wrapped else value
    kept = {key: child for key, child in function.items() if key not in ("type", "strict")}
    return msgspec.json.encode(kept, order="sorted").decode()
