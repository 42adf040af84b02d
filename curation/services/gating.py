"""The gate of an export: a version judged by an older checker is judged again, by the tools it was frozen with."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence

import msgspec

from curation.errors import BlockedError
from curation.model.finding import Finding, Severity
from curation.model.states import Portion, Split
from curation.rules import CHECKER_VERSION
from curation.services.freezing import need_version, read_dataset
from curation.services.judging import bench_of, check_example, read_body
from curation.services.portions import walk_portions
from curation.services.workspace import Workspace


class Faulty(msgspec.Struct, frozen=True):
    """A frozen row with an error of which the checker knew nothing when it was frozen."""

    example_id: str
    split: str
    finding: Finding


def find_faulty(
    ws: Workspace, dataset_id: str, portions: Sequence[Portion] = tuple(Split)
) -> Generator[Faulty, None, None]:
    """The rows of a version with errors of today's checker, each with its first; none where it is still the same."""
    with ws.reading() as connection:
        version = need_version(connection, dataset_id)
        if version.checker_version == CHECKER_VERSION:
            return
        bench = bench_of(connection, version.target, version.catalogue_id)
        for item in walk_portions(connection, dataset_id, (*Split, *portions)):
            _, judged = check_example(bench, read_body(item.body))
            if judged and judged[0].severity is Severity.ERROR:
                yield Faulty(item.example_id, item.split.value, judged[0].finding)


def require_sound(ws: Workspace, dataset_id: str, portions: Sequence[Portion] = tuple(Split)) -> None:
    """Refuse a version that holds an error of which the checker knew nothing when it was frozen."""
    with contextlib.closing(find_faulty(ws, dataset_id, portions)) as faulty:
        first = next(faulty, None)
    if first is None:
        return
    finding = first.finding
    raise BlockedError(
        f"Version {read_dataset(ws, dataset_id).n} has an error the checker did not know when it was frozen: "
        f"{finding.message} (example {first.example_id} at {finding.at or '/'})",
        hint="Put it right and freeze again, or allow errors for this export.",
    )
