"""A file of every kind goes in, is frozen, and comes out as it was: nothing is dropped without a word on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from curation.formats import get_format
from curation.model.envelope import encode
from curation.model.reading import Reading
from curation.services import exporting, freezing, importing, projects
from curation.services.importing import ImportReport
from db.tables import body, example
from tests.shop_rows import Desk

DATA = Path(__file__).parents[1] / "data"
BESIDE = {"answers.jsonl", "tools.jsonl"}
"""Files that belong to another and hold no rows of their own."""
FILES = [
    *((one, "") for one in sorted((DATA / "formats").glob("*/*.jsonl")) if one.name not in BESIDE),
    *((one, "") for one in sorted((DATA / "openai_sft").glob("*.jsonl"))),
    *((one, "openai") for one in sorted((DATA / "hostile").glob("*.jsonl"))),
]
UNSOUND = {"anthropic", "api_bank", "bfcl", "seal_tools", "toolace"}
"""Kinds whose sample rows all have errors of their own: a version takes none of them."""
each_file = pytest.mark.parametrize(("path", "named"), FILES, ids=[f"{one.parent.name}-{one.stem}" for one, _ in FILES])


def bring_in(desk: Desk, path: Path, named: str = "") -> tuple[ImportReport, list[bytes]]:
    """A file in a project of its own, and the rows that are there now, the first one first."""
    project = projects.create_project(desk.ws, desk.actor, desk.nonce(), nonce=desk.nonce())
    report = importing.import_file(desk.ws, desk.actor, project.id, path, format_name=named or None, nonce=desk.nonce())
    wanted = (
        select(body.c.bytes)
        .join(example, example.c.head_hash == body.c.hash)
        .where(example.c.project_id == project.id, example.c.staged == 0)
        .order_by(example.c.number)
    )
    with desk.ws.reading() as connection:
        return report, [bytes(one) for one in connection.execute(wanted).scalars()]


@each_file
def test_every_row_is_in_or_is_a_reject_and_in_as_it_was_read(desk: Desk, path: Path, named: str) -> None:
    report, stored = bring_in(desk, path, named)
    lines = [line for line in path.read_bytes().splitlines() if line.strip()]
    assert report.n_imported == len(stored)
    assert report.n_imported + report.n_duplicates + report.n_rejected == report.n_rows
    if report.format == "api_bank":  # one dialogue stands on several lines
        assert report.n_rows == 1
        return
    assert report.n_rows == len(lines)
    readings = [get_format(report.format).read(line) for line in lines]
    read = [encode(one.example) for one in readings if isinstance(one, Reading)]
    assert stored == list(dict.fromkeys(read))


@each_file
def test_what_is_sound_comes_out_of_a_version_as_it_went_in(desk: Desk, path: Path, named: str, tmp_path: Path) -> None:
    importing.import_file(desk.ws, desk.actor, desk.project_id, path, format_name=named or None, nonce=desk.nonce())
    sound = freezing.count_members(desk.ws, desk.project_id)[1]
    assert sound or named or path.parent.name in UNSOUND
    if not sound:
        return
    version = freezing.freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce=desk.nonce())
    frozen = [encode(item.example) for item in freezing.read_items(desk.ws, version.id)]
    exporting.export_dataset(desk.ws, desk.actor, version.id, "callwright", tmp_path)
    back = [row for split in ("train", "validation", "test") for row in read_back(desk, tmp_path, split)]
    assert sorted(back) == sorted(frozen)
    assert len(frozen) == sound


def read_back(desk: Desk, folder: Path, split: str) -> list[bytes]:
    """The rows of one exported file, in a project of their own."""
    found = next(iter(folder.glob(f"*{split}.jsonl")), None)
    return [] if found is None or not found.read_bytes() else bring_in(desk, found)[1]
