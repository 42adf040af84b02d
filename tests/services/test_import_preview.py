"""A look before an import: formats with votes, findings by rule, what reading mends, and tools that drift."""

from __future__ import annotations

import io
import json
from pathlib import Path

import msgspec
import pytest

from curation.errors import UnreadableError
from curation.formats import Vote
from curation.model.envelope import encode
from curation.model.finding import Severity
from curation.model.values import Json
from curation.services import import_reports, importing, writing
from curation.services.browsing import list_examples
from curation.services.importing import ImportPreview
from tests.shop_rows import TRACK_ORDER, Desk, make_broken_example, make_example

XLAM = {
    "query": "Where is A-7?",
    "tools": [{"name": "track", "description": "Say where.", "parameters": {"order": {"type": "str"}}}],
    "answers": [{"name": "track", "arguments": {"order": "A-7"}}],
}


def look(tmp_path: Path, *rows: Json, **named: object) -> ImportPreview:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows))
    return importing.preview_import(path, **named)


def test_votes_say_what_the_rows_look_like_and_what_is_no_json_has_none(tmp_path: Path):
    turns = {"messages": [{"role": "user", "content": "Hi"}]}
    preview = look(tmp_path, *[XLAM] * 3, turns, {"a": 1}, b"{")
    assert preview.format == "xlam"
    assert preview.votes == (Vote("xlam", 3), Vote("openai", 1), Vote("", 1)), (
        "what is no JSON is a reject in any format"
    )


def test_rows_nobody_recognises_wait_for_a_person(tmp_path: Path, desk: Desk):
    preview = look(tmp_path, {"a": 1}, {"b": 2})
    assert (preview.format, preview.votes, preview.n_rows) == ("", (Vote("", 2),), 0)
    assert look(tmp_path, {"a": 1}, format_name="openai").format == "openai"
    with pytest.raises(UnreadableError, match=r"No format recognises the rows of rows\.jsonl"):
        importing.import_stream(
            desk.ws, desk.actor, desk.project_id, io.BytesIO(b'{"a": 1}'), name="rows.jsonl", nonce="n"
        )


def test_findings_are_counted_by_rule_with_the_first_row(tmp_path: Path):
    rows = [msgspec.Raw(encode(one)) for one in (make_example(), make_broken_example(), make_broken_example("B-2"))]
    preview = look(tmp_path, *[bytes(row) for row in rows])
    worst = preview.findings[0]
    assert (worst.severity, worst.line) == (Severity.ERROR, 2)
    assert worst.n_rows == 2
    assert worst.message


def test_what_reading_mends_is_said_before_and_kept_after(tmp_path: Path, desk: Desk):
    preview = look(tmp_path, XLAM)
    assert [one.code for one in preview.repairs] == ["T17"]
    report = importing.import_file(desk.ws, desk.actor, desk.project_id, tmp_path / "rows.jsonl", nonce="in")
    assert (report.n_imported, report.n_mended) == (1, 1)
    (source,) = importing.list_sources(desk.ws, desk.project_id)
    assert source.n_mended == 1
    (row,) = list_examples(desk.ws, desk.project_id).rows
    kept = import_reports.read_notes(desk.ws, row.id)
    assert kept is not None
    assert (kept.file, kept.line, [note.code for note in kept.notes]) == ("rows.jsonl", 1, ["T17"])
    (line,) = [json.loads(one) for one in import_reports.write_report(desk.ws, source.id).splitlines()]
    assert (line["file"], line["line"], line["example"]) == ("rows.jsonl", 1, row.number)
    assert line["notes"][0]["message"] == kept.notes[0].message


def test_row_that_needed_no_mending_has_no_notes(desk: Desk):
    view = desk.write()
    assert import_reports.read_notes(desk.ws, view.id) is None


def test_many_notes_of_one_row_are_cut_and_say_so(tmp_path: Path, desk: Desk):
    tools = [{"name": f"t{n}", "description": "", "parameters": {"a": {"type": "str"}}} for n in range(30)]
    look(tmp_path, {**XLAM, "tools": tools})
    importing.import_file(desk.ws, desk.actor, desk.project_id, tmp_path / "rows.jsonl", nonce="in")
    (row,) = list_examples(desk.ws, desk.project_id).rows
    kept = import_reports.read_notes(desk.ws, row.id)
    assert kept is not None
    assert len(kept.notes) == 21
    assert kept.notes[-1].message == "10 more like these."


def test_notes_go_with_the_import_and_stay_with_the_example(tmp_path: Path, desk: Desk):
    look(tmp_path, XLAM)
    report = importing.import_file(desk.ws, desk.actor, desk.project_id, tmp_path / "rows.jsonl", nonce="in")
    (row,) = list_examples(desk.ws, desk.project_id).rows
    writing.save_example(desk.ws, desk.actor, row.id, 1, make_example(), nonce="save")
    assert import_reports.read_notes(desk.ws, row.id) is not None
    importing.undo_import(desk.ws, desk.actor, report.batch_id, nonce="undo")
    assert import_reports.read_notes(desk.ws, row.id) is not None, "it was worked on, so it stays with its notes"


def test_tools_of_the_first_rows_are_counted_with_their_definitions(tmp_path: Path):
    other = TRACK_ORDER.text.replace("Look up", "Find")
    rows = [encode(make_example(f"A-{n}0")) for n in range(2)]
    preview = look(tmp_path, *rows, rows[0].replace(b"Look up where", other[other.index("Find") :][:10].encode()))
    (tool,) = preview.tools
    assert (tool.name, tool.n_rows, tool.n_definitions) == ("track_order", 3, 2)


def test_project_says_what_its_rows_are_checked_by(tmp_path: Path, desk: Desk):
    look(tmp_path, XLAM)
    of_project = importing.preview_import(tmp_path / "rows.jsonl", ws=desk.ws, project_id=desk.project_id)
    assert of_project.format == "xlam"


def test_mended_reject_keeps_what_reading_it_mended(tmp_path: Path, desk: Desk):
    sound = json.dumps(XLAM)
    look(tmp_path, sound[:-1].encode())
    report = importing.import_file(
        desk.ws, desk.actor, desk.project_id, tmp_path / "rows.jsonl", format_name="xlam", nonce="in"
    )
    (reject,) = importing.list_rejects(desk.ws, report.source_id)
    view = importing.mend_reject(desk.ws, desk.actor, reject.id, sound, nonce="mend")
    kept = import_reports.read_notes(desk.ws, view.id)
    assert kept is not None
    assert (kept.file, kept.line, [note.code for note in kept.notes]) == ("rows.jsonl", 1, ["T17"])
