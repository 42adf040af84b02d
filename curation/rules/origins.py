"""The check that a data set says where its rows come from."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.reading.strict import parse_strict
from curation.rules.figures import whole_finding
from curation.rules.registry import rule
from curation.rules.row_names import NO_ROWS, RowNames

_KEYS = frozenset(
    {"source", "origin", "license", "licence", "provenance", "dataset", "source_url", "created_by", "data_source"}
)
_FOLDERS = ("metadata", "meta", "info")


@rule("S05", scope="dataset", severity=Severity.INFO)
def origin_unknown() -> None:
    """Rows do not say where they come from, nor under which licence.

    Who wrote a row decides whether it may be used and passed on, and nobody remembers it a year later. A row that
    names a source, a licence or the group of its source conversation is fine; otherwise keep a note of both beside
    the file. It is said once for a whole file.

    Bad: rows of several downloads in one file without a word about any

    Good: `"source": "support desk 2024"` in each row, or such a note beside the file
    """


class Origins:
    """Counts rows that say where they come from."""

    def __init__(self) -> None:
        self._n_rows = 0
        self._without = RowNames()

    def add(self, identifier: str, example: Example) -> None:
        self._n_rows += 1
        if not has_origin(example):
            self._without.add(identifier)

    def finish(self) -> Iterator[tuple[Finding, RowNames]]:
        """One finding about all rows that say nothing, if there are any."""
        n_without = self._without.n
        if not n_without:
            return
        is_all = n_without == self._n_rows
        who = "No row says" if is_all else f"{n_without:,} of {self._n_rows:,} rows do not say"
        message = f"{who} where the data comes from; name source and licence, or keep a note of both beside the file."
        rows = NO_ROWS if is_all else self._without
        yield whole_finding("S05", message, {"rows": self._n_rows, "without": n_without}), rows


def has_origin(example: Example) -> bool:
    """Whether a row names a source, a licence or the group it belongs to."""
    if example.group or not _KEYS.isdisjoint(example.extra):
        return True
    for folder in _FOLDERS:
        if folder in example.extra:
            value = parse_strict(example.extra[folder]).value
            if isinstance(value, dict) and not _KEYS.isdisjoint(value):
                return True
    return False
