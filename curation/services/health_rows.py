"""What only reading rows tells about the whole, found by the same walk that checks a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.example import Example
from curation.model.finding import Finding
from curation.model.states import ExampleState
from curation.rules import DatasetFinding, walk_dataset
from curation.services.judging import read_body
from db import health

FROM_TABLES = frozenset({"D02", "D06", "D07", "N07"})
"""Rules that the tables answer for all rows, not only for those that are read."""
NOT_OF_PROJECTS = {"D13": "a project draws its splits by group and keeps them for ever, so they can be drawn again"}
"""Rules about the whole that a file can break and a project cannot, with the reason."""
_NAMED = 5


def find_in_rows(
    connection: Connection,
    project_id: str,
    states: Sequence[ExampleState],
    limit: int,
    told: frozenset[str] = frozenset(),
) -> tuple[tuple[Finding, ...], int]:
    """What the newest rows show but for rules whose findings are told for all rows, and how many were read."""
    splits: dict[str, str] = {}
    numbers: list[str] = []

    def read() -> Iterator[tuple[str, Example]]:
        for number, split, body in health.walk_newest_placed(connection, project_id, states, limit):
            numbers.append(str(number))
            if split is not None:
                splits[str(number)] = split
            yield str(number), read_body(body).example

    found = [_naming(one) for one in walk_dataset(read(), splits=splits) if _is_only_here(one.finding, told)]
    return tuple(found) if numbers else (), len(numbers)


def _is_only_here(finding: Finding, told: frozenset[str]) -> bool:
    if finding.code in FROM_TABLES or finding.code in NOT_OF_PROJECTS or finding.code in told:
        return False
    # The tables know of every row that stands in two splits; of those nearly the same only the index does.
    normals = finding.values.get("normal")
    return finding.code != "D04" or not (isinstance(normals, list) and len(normals) == 1)


def _naming(found: DatasetFinding) -> Finding:
    if not found.examples:
        return found.finding
    n_more = found.n_examples - _NAMED
    more = f" and {n_more:,} more" if n_more > 0 else ""
    message = f"{found.finding.message} (Examples {', '.join(found.examples[:_NAMED])}{more}.)"
    return msgspec.structs.replace(found.finding, message=message)
