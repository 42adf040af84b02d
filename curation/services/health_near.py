"""What is nearly the same in a project, and what contradicts itself: from the index that follows the examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.finding import Finding
from curation.model.states import ExampleState
from curation.rules.balance import judge_family
from curation.rules.figures import judge_conflict, judge_leak, judge_near, whole_finding
from curation.services.health_figures import Contradiction, Health, NearFigures, NearTwins
from db import near_figures
from db.near_figures import FamilyFigure, Placed

FROM_INDEX = frozenset({"D03", "D04", "D05", "D08"})
"""Rules that the index answers for all rows, once it has caught up."""
NAMED_FAMILIES = 50
NAMED_ROWS = 20
NAMED_FINDINGS = 20
NAMED_NUMBERS = 5


def measure_near(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> NearFigures:
    """Count families, leaks and contradictions, and name the first of each."""
    families = near_figures.list_families(connection, project_id, states)
    torn = near_figures.list_conflicts(connection, project_id, states, NAMED_FAMILIES)
    return NearFigures(
        n_waiting=near_figures.count_waiting(connection, project_id),
        n_families=len(families),
        n_in_families=sum(one.n_rows for one in families),
        n_leaks=sum(one.n_splits > 1 for one in families),
        n_loose=sum(one.n_groups > 1 for one in families),
        families=tuple(_name(connection, project_id, states, one) for one in families[:NAMED_FAMILIES]),
        n_contradictions=near_figures.count_conflicts(connection, project_id, states),
        contradictions=tuple(_tell(seen, rows) for seen, rows in torn),
    )


def _tell(seen: bytes, rows: Sequence[Placed]) -> Contradiction:
    named = rows[:NAMED_ROWS]
    return Contradiction(
        len(rows), tuple(one.example_id for one in named), tuple(one.number for one in named), seen.hex()
    )


def _name(connection: Connection, project_id: str, states: Sequence[ExampleState], family: FamilyFigure) -> NearTwins:
    named = near_figures.list_members(connection, project_id, states, family.family, NAMED_ROWS)
    return NearTwins(
        family=family.family,
        n_rows=family.n_rows,
        example_ids=tuple(one.example_id for one in named),
        numbers=tuple(one.number for one in named),
        splits=tuple(sorted({one.split.value for one in named if one.split})),
        is_grouped=family.n_groups == 1,
        normals=tuple(sorted({one.normal_hash for one in named})),
    )


def find_near(measured: Health) -> Iterator[Finding]:
    """What these figures say is wrong; nothing while rows are still to be compared."""
    near = measured.near
    if near.n_waiting:
        return
    loose = [one for one in near.families if not one.is_grouped][:NAMED_FINDINGS]
    for family in near.families:
        yield from (name_rows(one, family.numbers, family.n_rows) for one in _judge(family, measured, family in loose))
    if n_leaks := near.n_leaks - len(near.leaks):
        message = f"{n_leaks:,} more families of nearly the same rows stand in several splits; put each into one group."
        yield whole_finding("D04", message, {"families": n_leaks})
    if n_loose := near.n_loose - len(loose):
        message = f"{n_loose:,} more families of rows are nearly the same; put each into one group or reword them."
        yield whole_finding("D03", message, {"families": n_loose})
    for one in near.contradictions[:NAMED_FINDINGS]:
        yield name_rows(judge_conflict(one.n_rows, one.request), one.numbers, one.n_rows)
    if n_more := near.n_contradictions - len(near.contradictions[:NAMED_FINDINGS]):
        message = f"{n_more:,} more requests are answered by different calls; decide which is right."
        yield whole_finding("D05", message, {"requests": n_more})


def _judge(family: NearTwins, measured: Health, is_named: bool) -> Iterator[Finding]:
    if (mould := judge_family(family.n_rows, measured.n_rows)) is not None:
        yield mould
    if is_named:
        yield from judge_near(family.n_rows, family.normals, is_grouped=False)
    yield from judge_leak(family.splits, family.normals, "Nearly the same conversation")


def name_rows(finding: Finding, numbers: Sequence[int], n_rows: int) -> Finding:
    """A finding with the first of the rows it is about."""
    named = ", ".join(map(str, numbers[:NAMED_NUMBERS])) + (", …" if n_rows > NAMED_NUMBERS else "")
    return msgspec.structs.replace(finding, message=f"{finding.message} (Examples {named}.)")
