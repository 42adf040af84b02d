"""Caps that keep one schema or one instance from costing more than its share."""

from __future__ import annotations

from curation.model.values import Json

MAX_SCHEMA_BYTES = 512_000
MAX_SCHEMA_DEPTH = 100
MAX_INSTANCE_NODES = 50_000
MAX_INSTANCE_DEPTH = 100
PLAIN_COST = 20_000
"""Expanded cost up to which a schema runs in-process."""
PLAIN_WORK = 5_000_000
"""Cost times instance size up to which one validation runs in-process: some tens of milliseconds at worst."""
DEADLINE_S = 0.25
ROW_WORK = 2 * PLAIN_WORK
"""The same for all calls of a row together; further ones are judged in the sandbox."""
ROW_CPU_S = 0.5
"""CPU time of the sandbox that one row gets, counted by the sandbox; running into the deadline uses all of it."""
ROW_ERRORS = 1_000
"""Places of one row that are named as breaking a schema; nobody reads more."""
QUESTION_S = 0.0002
"""What asking the sandbox costs by itself."""
SEND_S = 4e-9
"""What each character of a schema costs that is sent to it."""
MEMORY_BYTES = 256 * 1024 * 1024
BACKTRACK_LIMIT = 10_000
REGEX_BYTES = 1_000_000


def measure(value: Json, *, most_nodes: int, most_depth: int) -> int | None:
    """The number of nodes of a JSON value; None when it is larger or deeper than allowed."""
    nodes = 0
    level = [value]
    for _ in range(most_depth):
        nodes += len(level)
        if nodes > most_nodes:
            return None
        below: list[Json] = []
        for node in level:
            if type(node) is dict:
                below.extend(node.values())
            elif type(node) is list:
                below.extend(node)
        if not below:
            return nodes
        level = below
    return None
