"""A reject of any format, tables included, is mended where it stands and comes in as its format reads it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from curation.formats import FORMATS, Format
from curation.model.reading import Reading
from curation.services import importing
from curation.services.writing import open_example
from tests.shop_rows import Desk, make_example

SAMPLES = Path(__file__).parents[1] / "data" / "formats"
each_format = pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)


def row_of(fmt: Format) -> bytes:
    """A sound row: one the format writes, else one of its samples."""
    written = fmt.write(make_example()).rows if fmt.write else ()
    if written:
        return written[0]
    rows = [line for path in sorted(SAMPLES.rglob("*.json*")) for line in path.read_bytes().splitlines()]
    turns = (SAMPLES / "api_bank/turns.jsonl").read_bytes().splitlines()
    rows.append(b'{"chat_history":[' + b",".join(turns) + b"]}")
    return next(line for line in rows if fmt.recognises(line))


@each_format
def test_broken_row_is_a_reject_and_comes_in_once_mended(desk: Desk, fmt: Format):
    sound = row_of(fmt)
    reading = fmt.read(sound)
    assert isinstance(reading, Reading)
    report = importing.import_stream(
        desk.ws, desk.actor, desk.project_id, io.BytesIO(sound[:-1]), name="rows", format_name=fmt.name, nonce="in"
    )
    (reject,) = importing.list_rejects(desk.ws, report.source_id)
    assert reject.bytes == sound[:-1]
    text = reject.bytes.decode() + sound[-1:].decode()
    view = importing.mend_reject(desk.ws, desk.actor, reject.id, text, nonce="mend")
    assert view.example == reading.example
    assert importing.list_rejects(desk.ws, report.source_id)[0].example_id == view.id


def test_row_of_a_table_with_a_cell_too_many_is_mended_as_a_row(desk: Desk):
    turns = json.dumps([{"role": "user", "content": "Hi"}])
    out = io.StringIO()
    csv.writer(out).writerows([["id", "chat"], ["1", turns], ["2", turns.replace("Hi", "You"), "too many"]])
    report = importing.import_stream(
        desk.ws,
        desk.actor,
        desk.project_id,
        io.BytesIO(out.getvalue().encode()),
        name="rows.csv",
        columns={"messages": "chat"},
        nonce="in",
    )
    assert (report.n_imported, report.n_rejected) == (1, 1)
    (reject,) = importing.list_rejects(desk.ws, report.source_id)
    row = json.loads(reject.bytes)
    mended = {key: value for key, value in row.items() if key in ("id", "messages", "chat")}
    if "chat" in mended:
        mended["messages"] = json.loads(mended.pop("chat"))
    view = importing.mend_reject(desk.ws, desk.actor, reject.id, json.dumps(mended), nonce="mend")
    assert open_example(desk.ws, view.id).example.messages[0].content == "You"
