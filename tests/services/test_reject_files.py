"""Rows that could not be read also lie in a file that needs no Callwright to be read."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import pytest

from curation.model.envelope import encode
from curation.services import importing
from curation.services.importing import ImportReport
from tests.shop_rows import Desk, make_example


def bring(desk: Desk, data: bytes) -> ImportReport:
    return importing.import_stream(
        desk.ws, desk.actor, desk.project_id, io.BytesIO(data), name="rows.jsonl", nonce=desk.nonce()
    )


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


GOOD = encode(make_example()) + b"\n"


def test_rejects_of_an_import_lie_in_a_file(desk: Desk):
    report = bring(desk, GOOD + b'{"messages": [}\n' + b"\xff\xfe\n")
    path = importing.rejects_path(desk.ws, report.source_id)
    assert path.parent == desk.ws.rejects
    broken, bytes_ = read(path)
    (first, second) = importing.list_rejects(desk.ws, report.source_id)
    assert broken == {
        "file": "rows.jsonl",
        "line": 2,
        "column": 15,
        "code": "J03",
        "reason": first.reason,
        "row": '{"messages": [}',
    }
    assert (bytes_["line"], bytes_["reason"]) == (3, second.reason)
    assert base64.b64decode(str(bytes_["base64"])) == b"\xff\xfe"
    assert "row" not in bytes_


def test_import_without_rejects_leaves_no_file(desk: Desk):
    bring(desk, GOOD)
    assert list(desk.ws.rejects.iterdir()) == []


def test_mended_row_leaves_the_file_and_the_last_one_takes_it_along(desk: Desk):
    report = bring(desk, b'{"messages": [}\n{\n')
    path = importing.rejects_path(desk.ws, report.source_id)
    first, second = importing.list_rejects(desk.ws, report.source_id)
    text = GOOD.decode()
    importing.mend_reject(desk.ws, desk.actor, first.id, text, nonce=desk.nonce())
    assert [one["line"] for one in read(path)] == [2]
    importing.mend_reject(desk.ws, desk.actor, second.id, text, nonce=desk.nonce())
    assert not path.exists()


def test_import_holds_when_the_file_cannot_be_written(desk: Desk, caplog: pytest.LogCaptureFixture):
    desk.ws.rejects.rmdir()
    report = bring(desk, GOOD + b"{\n")
    assert (report.n_imported, report.n_rejected) == (1, 1)
    assert len(importing.list_rejects(desk.ws, report.source_id)) == 1
    assert "rejects" in caplog.text
