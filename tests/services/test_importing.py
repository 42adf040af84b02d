"""Importing: counts, rejects, duplicates, one undo, and a kill in the middle."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from curation.errors import NotFoundError, StateError, UnreadableError
from curation.model.envelope import encode
from curation.model.states import ExampleState
from curation.services import auditing, batching, cataloguing, importing, projects, writing
from curation.services.browsing import count_states, list_examples
from curation.services.importing import ImportReport
from curation.services.projects import ProjectView
from curation.services.workspace import open_workspace
from tests.shop_rows import Desk, make_broken_example, make_example, make_no_tool_example, make_tool

BAD = {
    b'{"messages": [}': (1, 15, "J03"),
    b"\xff\xfe": (1, 1, "J01"),
    b'{"messages": [], "messages": []}': (1, 18, "J05"),
    b'{"messages": [NaN]}': (1, 15, "J07"),
    b"[" * 300: (1, 257, "J11"),
}


def rows(*examples) -> bytes:
    return b"".join(encode(one) + b"\n" for one in examples)


def bring(desk: Desk, data: bytes, nonce: str | None = None, **named) -> ImportReport:
    return importing.import_stream(
        desk.ws, desk.actor, desk.project_id, io.BytesIO(data), name="rows.jsonl", nonce=nonce or desk.nonce(), **named
    )


def test_every_row_is_counted_once(desk: Desk):
    data = rows(make_example("A-1"), make_example("A-22"), make_broken_example(), make_example("A-22")) + b"nonsense\n"
    report = bring(desk, data)
    assert (report.n_rows, report.n_imported, report.n_duplicates, report.n_rejected) == (5, 3, 1, 1)
    assert report.n_with_errors == 1
    assert count_states(desk.ws, desk.project_id)["draft"] == 3
    (source,) = importing.list_sources(desk.ws, desk.project_id)
    assert (source.name, source.n_rows, source.is_undone) == ("rows.jsonl", 5, False)


def test_imported_example_is_the_row(desk: Desk):
    bring(desk, rows(make_no_tool_example(group="thanks")))
    (row,) = list_examples(desk.ws, desk.project_id).rows
    view = writing.open_example(desk.ws, row.id)
    assert (view.example, view.origin, view.group) == (make_no_tool_example(group="thanks"), "import", "thanks")


@pytest.mark.parametrize("bad", BAD, ids=[code for _, _, code in BAD.values()])
def test_bad_row_is_kept_with_its_place_and_the_rest_comes_in(desk: Desk, bad: bytes):
    _, column, code = BAD[bad]
    report = bring(desk, rows(make_example("A-11")) + bad + b"\n" + rows(make_example("A-22")))
    assert (report.n_imported, report.n_rejected) == (2, 1)
    (reject,) = importing.list_rejects(desk.ws, report.source_id)
    assert (reject.line, reject.column, reject.code, reject.bytes) == (2, column, code, bad)
    assert reject.reason.endswith(".")


def test_blank_lines_between_rows_are_no_rows(desk: Desk):
    report = bring(desk, b"\n" + rows(make_example()) + b"\n\r\n  \n")
    assert (report.n_rows, report.n_imported, report.n_rejected) == (1, 1, 0)


def test_same_file_again_brings_nothing_new(desk: Desk):
    bring(desk, rows(make_example()))
    again = bring(desk, rows(make_example()))
    assert (again.n_imported, again.n_duplicates) == (0, 1)


def test_same_nonce_imports_once(desk: Desk):
    first = bring(desk, rows(make_example()), nonce="import")
    assert bring(desk, rows(make_example("A-99")), nonce="import") == first
    assert count_states(desk.ws, desk.project_id)["draft"] == 1


def test_undo_removes_the_import_and_keeps_what_was_worked_on(desk: Desk):
    report = bring(desk, rows(make_example("A-11"), make_example("A-22"), make_example("A-33")))
    touched = list_examples(desk.ws, desk.project_id).rows[0]
    writing.save_example(desk.ws, desk.actor, touched.id, 1, make_example("A-44"), nonce=desk.nonce())
    undone = importing.undo_import(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert (undone.n_removed, undone.n_kept) == (2, 1)
    assert [row.id for row in list_examples(desk.ws, desk.project_id).rows] == [touched.id]
    assert importing.list_sources(desk.ws, desk.project_id)[0].is_undone
    with pytest.raises(StateError, match="nothing to undo"):
        importing.undo_import(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert bring(desk, rows(make_example("A-11"))).n_imported == 1


def test_reject_is_mended_once(desk: Desk):
    report = bring(desk, b'{"messages": [}\n')
    (reject,) = importing.list_rejects(desk.ws, report.source_id)
    with pytest.raises(UnreadableError, match="column 15"):
        importing.mend_reject(desk.ws, desk.actor, reject.id, '{"messages": [}', nonce=desk.nonce())
    view = importing.mend_reject(desk.ws, desk.actor, reject.id, encode(make_example()).decode(), nonce=desk.nonce())
    assert (view.state, view.example) == (ExampleState.DRAFT, make_example())
    assert importing.list_rejects(desk.ws, report.source_id)[0].example_id == view.id
    with pytest.raises(StateError, match="mended before"):
        importing.mend_reject(desk.ws, desk.actor, reject.id, "{}", nonce=desk.nonce())


def test_preview_stores_nothing_and_tells_format_and_faults(tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(rows(make_no_tool_example()) + b"{\n")
    preview = importing.preview_import(path)
    assert (preview.format, preview.n_rows, preview.n_rejected, preview.is_whole) == ("callwright", 2, 1, True)
    assert preview.titles == ("Thank you!",)
    assert (preview.rejects[0].line, preview.rejects[0].code) == (2, "J03")


def test_missing_file_and_unknown_format_are_told(desk: Desk, tmp_path: Path):
    with pytest.raises(UnreadableError, match=r"none\.jsonl cannot be read"):
        importing.import_file(desk.ws, desk.actor, desk.project_id, tmp_path / "none.jsonl", nonce=desk.nonce())
    with pytest.raises(NotFoundError, match="no format `xml`"):
        bring(desk, b"{}", format_name="xml")
    assert importing.list_sources(desk.ws, desk.project_id) == ()


class FailingStream(io.BytesIO):
    """A stream that breaks after its first megabytes."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise OSError("the disk is gone")
        return data


def test_import_that_breaks_off_leaves_nothing(desk: Desk):
    data = rows(*(make_example(f"A-{i}00") for i in range(batching.CHUNK + 10)))
    with pytest.raises(OSError, match="gone"):
        importing.import_stream(
            desk.ws, desk.actor, desk.project_id, FailingStream(data), name="rows.jsonl", nonce="import"
        )
    assert sum(count_states(desk.ws, desk.project_id).values()) == 0
    assert importing.list_sources(desk.ws, desk.project_id) == ()
    assert bring(desk, data, nonce="import").n_imported == batching.CHUNK + 10


IMPORT_AND_HANG = """
import itertools, sys, time
from pathlib import Path
from curation.services import batching, people, projects
from curation.services.workspace import open_workspace
from tests.shop_rows import make_example
ws = open_workspace(Path(sys.argv[1]))
def endless():
    for i in itertools.count():
        if i == 450:
            print("stored", flush=True)
            time.sleep(60)
        yield make_example(f"A-{i}00")
project = projects.find_project(ws, "Shop")
batching.add_examples(ws, people.local_actor(ws), project.id, endless(), origin="x", name="x", nonce="n")
"""


def test_killed_import_is_swept_away_when_the_workspace_opens_again(desk: Desk):
    process = subprocess.Popen([sys.executable, "-c", IMPORT_AND_HANG, str(desk.ws.home)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert count_hidden(desk) == 400
    open_workspace(desk.ws.home).close()
    assert count_hidden(desk) == 400, "a living import is left alone"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert sum(count_states(desk.ws, desk.project_id).values()) == 0
    open_workspace(desk.ws.home).close()
    assert count_hidden(desk) == 0


def count_hidden(desk: Desk) -> int:
    with desk.ws.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM example WHERE staged = 1")).scalar_one()


def test_six_hundred_candidates_take_seconds(desk: Desk):
    started = time.perf_counter()
    report = batching.add_examples(
        desk.ws,
        desk.actor,
        desk.project_id,
        (make_example(f"A-{i}00") for i in range(600)),
        origin="synthesis",
        name="600",
        nonce=desk.nonce(),
    )
    assert report.n_added == 600
    assert count_states(desk.ws, desk.project_id)["candidate"] == 600
    assert time.perf_counter() - started < 10


def test_project_made_for_a_file_is_given_up_with_it_and_may_be_made_again(desk: Desk):
    data = rows(*(make_example(f"A-{n}00") for n in range(batching.CHUNK + 10)))

    def bring_in(stream: io.BytesIO) -> ProjectView:
        return importing.import_as_project(desk.ws, desk.actor, "Imported", stream, name="rows.jsonl", nonce="import")[
            0
        ]

    with pytest.raises(OSError, match="gone"):
        bring_in(FailingStream(data))
    assert [one.name for one in projects.list_projects(desk.ws)] == ["Shop"]
    assert auditing.find_tampering(desk.ws) is None
    made = bring_in(io.BytesIO(data))
    assert count_states(desk.ws, made.id)["draft"] == batching.CHUNK + 10


def test_project_somebody_has_put_something_into_stays_when_its_import_fails(desk: Desk):
    made = projects.create_project(desk.ws, desk.actor, "Imported", nonce="import.project")
    cataloguing.import_tools(desk.ws, desk.actor, made.id, [make_tool()], nonce=desk.nonce())
    assert not projects.give_up_project(desk.ws, desk.actor, made.id, nonce="import.project")
    assert projects.find_project(desk.ws, "Imported") == made
