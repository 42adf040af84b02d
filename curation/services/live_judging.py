"""Judging a text at every key: what cannot change between two keys is read once.

A revision and a published catalogue never change, so they are kept; which catalogue is the newest, and which target a
project works to, is asked each time. Each query given up is one less wait for threads that draw a page meanwhile.
"""

from __future__ import annotations

from functools import lru_cache

from curation.model.example import Example
from curation.model.finding import Judged
from curation.services import judging, writing
from curation.services.judging import Bench
from curation.services.workspace import Workspace
from db import catalogues, people

KEPT_REVISIONS = 64
KEPT_CATALOGUES = 8


def read_revision(ws: Workspace, example_id: str, rev: int) -> Example:
    """The example as the text is being written on top of it; its newest revision when `rev` is 0."""
    return _read_revision(ws, example_id, rev) if rev else writing.open_example(ws, example_id).example


def judge(ws: Workspace, project_id: str, example: Example) -> tuple[Judged, ...]:
    """What would be said about this example if it were saved now; errors first."""
    with ws.reading() as connection:
        project = people.find_project(connection, project_id)
        current = catalogues.newest_catalogue(connection, project_id)
    bench = _read_bench(ws, project.working_target if project else None, current.id if current else None)
    return judging.check_example(bench, judging.reread(example)[1])[1]


@lru_cache(maxsize=KEPT_REVISIONS)
def _read_revision(ws: Workspace, example_id: str, rev: int) -> Example:
    return writing.open_example(ws, example_id, rev).example


@lru_cache(maxsize=KEPT_CATALOGUES)
def _read_bench(ws: Workspace, target: str | None, catalogue_id: str | None) -> Bench:
    with ws.reading() as connection:
        return judging.bench_of(connection, target, catalogue_id)
