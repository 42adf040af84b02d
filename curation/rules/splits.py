"""Whether splits could be drawn again: from the rows, their groups and a seed."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.reading.strict import parse_strict
from curation.rules.figures import whole_finding
from curation.rules.registry import rule


def own_split(example: Example) -> str:
    """The split that a row names itself (a key `split`, as published data sets have it); empty when it names none."""
    source = example.extra.get("split")
    value = parse_strict(source).value if source is not None else None
    return value if isinstance(value, str) else ""


@rule("D13", scope="dataset", severity=Severity.WARNING)
def split_not_reproducible() -> None:
    """Rows stand in splits, and nothing says how they were drawn.

    Without the group of each row, new rows cannot be dealt out by the same hand: a reworded twin of a test row lands
    in training, and figures of two versions cannot be compared. Record the group of every row. Splits that Callwright
    draws are drawn by group and kept for ever.

    Bad: 800 rows `"split": "train"`, 200 rows `"split": "test"`, no groups

    Good: the same rows, each with its `group`
    """


def judge_splits(n_split: int, n_splits: int, n_ungrouped: int) -> Iterator[Finding]:
    """D13: rows in several splits without the group by which they were drawn."""
    if n_splits > 1 and n_ungrouped:
        said = "1 of them has" if n_ungrouped == 1 else f"{n_ungrouped:,} of them have"
        message = (
            f"{n_split:,} rows stand in {n_splits} splits, and {said} no group, so the splits cannot be drawn again; "
            "record the group of each row."
        )
        yield whole_finding("D13", message, {"rows": n_split, "ungrouped": n_ungrouped})
