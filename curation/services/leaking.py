"""Which examples of a project repeat the rows of a file, such as a benchmark that a model is to be measured by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from curation.formats.files import FileRow
from curation.model.reading import Reject
from curation.services.landing import choose_format, rows_of
from curation.services.near_duplicates import Alike, look_up
from curation.services.near_indexing import catch_up
from curation.services.projects import need_project
from curation.services.row_sources import OpenedRows, open_file
from curation.services.workspace import Workspace

__all__ = ["Leak", "LeakageReport", "check_leakage"]

NAMED_LEAKS = 200
NAMED_EXAMPLES = 5
TOLD_EACH = 200
"""Rows after which progress is told, and the newest examples are seen."""


class Leak(msgspec.Struct, frozen=True):
    """One row of the file, and the examples that are nearly the same or were asked nearly the same."""

    line: int
    alike: tuple[Alike, ...]


class LeakageReport(msgspec.Struct, frozen=True):
    """What of a file is in a project already; of many leaks only the first are named."""

    format: str
    n_rows: int
    n_unreadable: int
    n_leaks: int
    n_by_split: dict[str, int]
    """Split → rows of the file that an example in it repeats; "" for examples whose split is not drawn."""
    leaks: tuple[Leak, ...]


def check_leakage(
    ws: Workspace,
    project_id: str,
    path: Path,
    *,
    format_name: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> LeakageReport:
    """Compare every row of a file with the examples of a project; nothing is stored."""
    with ws.reading() as connection:
        project_id = need_project(connection, project_id).id
    catch_up(ws)
    with open_file(path) as source:
        rows = OpenedRows(source, path.name).rows
        fmt = choose_format(rows, format_name)
        found = _Found()
        for some in _chunks(rows_of(rows, fmt)):
            _compare(ws, project_id, some, found)
            if progress:
                progress(found.n_rows)
    return found.tell(fmt.name)


class _Found:
    """What has been found so far."""

    def __init__(self) -> None:
        self.n_rows = 0
        self.n_unreadable = 0
        self._n_leaks = 0
        self._by_split: dict[str, int] = {}
        self._leaks: list[Leak] = []

    def add(self, line: int, alike: list[Alike]) -> None:
        self._n_leaks += 1
        for split in {one.split.value if one.split else "" for one in alike}:
            self._by_split[split] = self._by_split.get(split, 0) + 1
        if len(self._leaks) < NAMED_LEAKS:
            self._leaks.append(Leak(line, tuple(alike[:NAMED_EXAMPLES])))

    def tell(self, format_name: str) -> LeakageReport:
        return LeakageReport(
            format_name, self.n_rows, self.n_unreadable, self._n_leaks, self._by_split, tuple(self._leaks)
        )


def _compare(ws: Workspace, project_id: str, rows: list[FileRow], found: _Found) -> None:
    with ws.reading() as connection:
        for row in rows:
            found.n_rows += 1
            if isinstance(row.result, Reject):
                found.n_unreadable += 1
            elif alike := look_up(connection, project_id, row.result.example):
                found.add(row.line, alike)


def _chunks(rows: Iterable[FileRow]) -> Iterable[list[FileRow]]:
    chunk: list[FileRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == TOLD_EACH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
