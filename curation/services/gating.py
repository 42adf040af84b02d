"""The gate of an export: a version judged by an older checker is judged again, by the tools it was frozen with."""

from __future__ import annotations

from collections.abc import Sequence

from curation.errors import BlockedError
from curation.model.finding import Severity
from curation.model.states import Portion, Split
from curation.rules import CHECKER_VERSION
from curation.services.freezing import need_version
from curation.services.judging import bench_of, check_example, read_body
from curation.services.portions import walk_portions
from curation.services.workspace import Workspace


def require_sound(ws: Workspace, dataset_id: str, portions: Sequence[Portion] = tuple(Split)) -> None:
    """Refuse a version that holds an error of which the checker knew nothing when it was frozen."""
    with ws.reading() as connection:
        version = need_version(connection, dataset_id)
        if version.checker_version == CHECKER_VERSION:
            return
        bench = bench_of(connection, version.target, version.catalogue_id)
        for item in walk_portions(connection, dataset_id, (*Split, *portions)):
            _, judged = check_example(bench, read_body(item.body))
            if judged and judged[0].severity is Severity.ERROR:
                finding = judged[0].finding
                raise BlockedError(
                    f"Version {version.n} has an error the checker did not know when it was frozen: {finding.message} "
                    f"(example {item.example_id} at {finding.at or '/'})",
                    hint="Put it right and freeze again, or allow errors for this export.",
                )
