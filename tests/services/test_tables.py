"""Tables all the way: written out of a version, loaded by others, and brought in again without a difference."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.errors import UnreadableError
from curation.model.envelope import encode
from curation.model.example import Example, Message
from curation.services import exporting, freezing, importing, projects
from curation.services.browsing import list_examples
from curation.services.freezing import DatasetView
from curation.services.importing import ImportReport
from curation.services.writing import open_example
from tests.shop_rows import Desk, make_example, make_no_tool_example

FORMULA = '=HYPERLINK("http://example.org"; "x")'


@pytest.fixture
def frozen(desk: Desk) -> DatasetView:
    made = [make_example(f"A-{i}00", group=f"family {i}") for i in range(12)]
    made += [make_no_tool_example(f"Thanks {i}!", group=f"thanks {i}") for i in range(6)]
    _, *rest = made[0].messages
    made[0] = msgspec.structs.replace(made[0], messages=(Message("user", FORMULA), *rest))
    desk.bring_in(made)
    desk.accept_candidates()
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")


def export(desk: Desk, version: DatasetView, name: str, out: Path) -> exporting.Manifest:
    return exporting.export_dataset(desk.ws, desk.actor, version.id, name, out)


def bring(desk: Desk, path: Path, project: str = "", **named: Any) -> ImportReport:
    return importing.import_file(desk.ws, desk.actor, project or desk.project_id, path, nonce=desk.nonce(), **named)


def bring_into_new(desk: Desk, path: Path) -> tuple[ImportReport, list[Example]]:
    project = projects.create_project(desk.ws, desk.actor, path.name, nonce=desk.nonce()).id
    report = bring(desk, path, project)
    rows = list_examples(desk.ws, project, limit=100).rows
    return report, [open_example(desk.ws, row.id).example for row in rows]


@pytest.mark.parametrize("name", ["parquet", "csv"])
def test_what_went_out_comes_in_again_as_it_was(desk: Desk, frozen: DatasetView, name: str, tmp_path: Path) -> None:
    manifest = export(desk, frozen, name, tmp_path)
    came: list[Example] = []
    for file in manifest.files:
        report, examples = bring_into_new(desk, tmp_path / file.name)
        assert (report.format, report.n_rejected, report.n_imported) == (name, 0, file.rows)
        came += examples
    went = [item.example for item in freezing.read_items(desk.ws, frozen.id)]
    assert sorted(map(repr, came)) == sorted(map(repr, went))


def test_folder_comes_in_whole(desk: Desk, frozen: DatasetView, tmp_path: Path) -> None:
    export(desk, frozen, "parquet", tmp_path / "set")
    report, _ = bring_into_new(desk, tmp_path / "set")
    assert (report.format, report.n_imported) == ("parquet", 18)
    (source,) = importing.list_sources(desk.ws, _project_of(desk, report))
    assert len(source.sha256) == 64


def _project_of(desk: Desk, report: ImportReport) -> str:
    found = projects.list_projects(desk.ws)
    return next(one.id for one in found if report.source_id in {s.id for s in importing.list_sources(desk.ws, one.id)})


@pytest.mark.parametrize("name", ["parquet", "datasets"])
def test_columns_hold_the_text_to_the_letter(desk: Desk, frozen: DatasetView, name: str, tmp_path: Path) -> None:
    (file, *_) = export(desk, frozen, name, tmp_path).files
    table = pq.read_table(tmp_path / file.name)
    assert table.column_names == ["messages", "tools", "extra"]
    assert all(pa.types.is_string(column.type) or column.type == pa.json_() for column in table.columns)
    for text in table.column("messages").to_pylist():
        assert isinstance(json.loads(text), list)
        assert '"tool_calls":null' not in text
    card = (tmp_path / "README.md").read_text()
    assert f'path: "{file.name}"' in card
    assert "load_dataset" in card


def test_spreadsheet_runs_nothing(desk: Desk, frozen: DatasetView, tmp_path: Path) -> None:
    manifest = export(desk, frozen, "csv", tmp_path)
    content = [(tmp_path / file.name).read_bytes().decode("utf-8-sig") for file in manifest.files]
    cells = [cell for text in content for row in csv.reader(text.splitlines(keepends=True)) for cell in row]
    assert f"'{FORMULA}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    (loss,) = manifest.losses
    assert "apostrophe" in loss.what
    assert (loss.examples, loss.first_at) == (1, "/messages/0/content")


# -- what people bring -------------------------------------------------------------------------------------------------


def lines() -> bytes:
    return b"".join(encode(make_example(f"Z-{i}")) + b"\n" for i in range(5))


def test_packed_rows_come_in(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(lines()))
    report = bring(desk, path)
    assert (report.n_rows, report.n_imported, report.columns) == (5, 5, ())
    (source,) = importing.list_sources(desk.ws, desk.project_id)
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_cut_file_leaves_nothing_behind(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(lines() * 100)[:-9])
    with pytest.raises(UnreadableError, match="cut off"):
        bring(desk, path)
    assert list_examples(desk.ws, desk.project_id).rows == ()
    assert importing.list_sources(desk.ws, desk.project_id) == ()


def test_preview_and_report_say_what_became_of_the_columns(desk: Desk, tmp_path: Path) -> None:
    given = [json.loads(line) for line in lines().splitlines()]
    path = tmp_path / "rows.parquet"
    rows = [{"chat": json.dumps(one["messages"]), "tools": json.dumps(one["tools"]), "note": None} for one in given]
    pq.write_table(pa.Table.from_pylist(rows), path)
    preview = importing.preview_import(path, columns={"messages": "chat"})
    assert [(use.column, use.key, use.is_json) for use in preview.columns][:2] == [
        ("chat", "messages", True),
        ("tools", "tools", True),
    ]
    assert (preview.n_rows, preview.n_rejected, preview.is_whole) == (5, 0, True)
    report = bring(desk, path, columns={"messages": "chat"})
    assert (report.n_imported, report.n_rejected, report.columns) == (5, 0, preview.columns)


def test_nulls_that_arrow_filled_in_are_counted(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist([json.loads(line) for line in lines().splitlines()]), path)
    preview = importing.preview_import(path)
    report = bring(desk, path)
    assert report.n_nulls == preview.n_nulls > 0
    (row, *_) = list_examples(desk.ws, desk.project_id).rows
    assert all(message.extra == {} for message in open_example(desk.ws, row.id).example.messages)


def test_row_with_too_many_cells_is_mended_like_any_other(desk: Desk, tmp_path: Path) -> None:
    (row,) = lines().splitlines()[:1]
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["Messages", "id"], [json.dumps(json.loads(row)["messages"]), "1", "more"]])
    report = bring(desk, path)
    assert (report.n_imported, report.n_rejected) == (0, 1)
    (reject,) = importing.list_rejects(desk.ws, report.source_id)
    assert (reject.line, reject.reason) == (2, "The row has 3 cells, but the header names 2 columns.")
    view = importing.mend_reject(desk.ws, desk.actor, reject.id, reject.bytes.decode(), nonce=desk.nonce())
    assert view.example.messages == make_example("Z-0").messages


def test_answers_of_a_second_file_come_in_with_their_rows(desk: Desk) -> None:
    folder = Path(__file__).parents[1] / "data/formats/bfcl"
    report = bring(desk, folder / "rows.jsonl", answers=folder / "answers.jsonl")
    assert (report.format, report.n_imported) == ("bfcl", 6)
    found = [open_example(desk.ws, row.id).example for row in list_examples(desk.ws, desk.project_id).rows]
    assert sum(bool(example.acceptable) for example in found) == 5
