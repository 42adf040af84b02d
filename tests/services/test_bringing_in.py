"""Ordered imports: the keeper brings them in chunk by chunk; no kill and no cancel leaves anything half done."""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from curation.errors import StateError, UnreadableError
from curation.formats import get_format
from curation.formats.contract import Format
from curation.model.envelope import encode
from curation.services import bringing_in, import_orders, importing, intake, projects
from curation.services.browsing import count_states
from curation.services.import_orders import ImportView, Second
from curation.services.importing import SourceView
from curation.services.keeping import run_keeper
from curation.services.workspace import open_workspace
from tests.services.test_faults import PulledPlugError, fault_at
from tests.shop_rows import Desk, make_example

N = 3 * intake.CHUNK + 7


def rows(n: int = N) -> bytes:
    return b"".join(encode(make_example(f"A-{i}00")) + b"\n" for i in range(n))


def order(desk: Desk, data: bytes, nonce: str = "order", name: str = "rows.jsonl", **named: object) -> ImportView:
    return import_orders.begin_import(
        desk.ws, desk.actor, desk.project_id, io.BytesIO(data), name=name, nonce=nonce, **named
    )


def source_of(desk: Desk) -> SourceView:
    (source,) = importing.list_sources(desk.ws, desk.project_id)
    return source


def count_all(desk: Desk) -> int:
    with desk.ws.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM example")).scalar_one())


def uploads(desk: Desk) -> list[Path]:
    return list((desk.ws.home / "uploads").glob("*/*"))


def watch_reading(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The rows that the format read from now on."""
    read: list[bytes] = []

    def get(name: str) -> Format:
        real = get_format(name)

        def count(raw: bytes) -> object:
            read.append(raw)
            return real.read(raw)

        return msgspec.structs.replace(real, read=count)

    monkeypatch.setattr(bringing_in, "get_format", get)
    return read


def stop_after(n: int) -> Callable[[], bool]:
    """Stops at the n-th look."""
    looks = iter(range(1, n))
    return lambda: next(looks, None) is None


def test_ordered_file_comes_in_with_its_counts_and_leaves_nothing_behind(desk: Desk):
    data = rows(N - 1) + b'{"messages": [}\n'
    view = order(desk, data)
    assert (view.is_over, view.n_rows, view.format, len(uploads(desk))) == (False, 0, "openai", 1)
    assert importing.list_sources(desk.ws, desk.project_id) == ()
    assert bringing_in.bring_in_next(desk.ws)
    source = source_of(desk)
    assert (source.n_rows, source.n_imported, source.n_rejected) == (N, N - 1, 1)
    assert count_states(desk.ws, desk.project_id)["draft"] == N - 1
    assert importing.rejects_path(desk.ws, source.id).is_file()
    assert uploads(desk) == []
    assert import_orders.list_imports(desk.ws, desk.project_id) == ()
    assert not bringing_in.bring_in_next(desk.ws)


def test_order_is_the_same_import_as_the_one_at_once(desk: Desk):
    data = rows() + b"nonsense\n"
    order(desk, data)
    bringing_in.bring_in_next(desk.ws)
    ordered = source_of(desk)
    other = projects.create_project(desk.ws, desk.actor, "Other", nonce="other")
    importing.import_stream(desk.ws, desk.actor, other.id, io.BytesIO(data), name="rows.jsonl", nonce="at once")
    (at_once,) = importing.list_sources(desk.ws, other.id)
    for name in ("name", "format", "sha256", "n_rows", "n_imported", "n_duplicates", "n_rejected", "n_with_errors"):
        assert getattr(ordered, name) == getattr(at_once, name)


def test_same_nonce_orders_once(desk: Desk):
    first, again = order(desk, rows(3)), order(desk, rows(3))
    assert first.id == again.id
    assert len(import_orders.list_imports(desk.ws, desk.project_id)) == len(uploads(desk)) == 1


def as_table(data: bytes) -> pa.Table:
    found = [msgspec.json.decode(line, type=dict[str, msgspec.Raw]) for line in data.splitlines()]
    return pa.table({key: [bytes(row[key]).decode() for row in found] for key in ("messages", "tools")})


def pack(kind: str) -> bytes:
    """The rows as another kind of file."""
    data, out = rows(), io.BytesIO()
    if kind == "list":
        return b"[" + data.strip().replace(b"\n", b",") + b"]"
    if kind == "gzip":
        return gzip.compress(data)
    if kind == "csv":
        pa_csv.write_csv(as_table(data), out)
    if kind == "parquet":
        pq.write_table(as_table(data), out)
    return out.getvalue() or data


@pytest.mark.parametrize("kind", ["lines", "list", "gzip", "csv", "parquet"])
def test_stopped_import_goes_on_behind_the_last_stored_row(desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str):
    view = order(desk, pack(kind), name=f"rows.{kind}")
    assert not bringing_in.bring_in_next(desk.ws, is_stopped=stop_after(2))
    now = import_orders.view_import(desk.ws, view.id)
    assert now.n_rows == 2 * intake.CHUNK
    assert 0 < now.share <= 1
    assert sum(count_states(desk.ws, desk.project_id).values()) == 0, "nothing of it shows"
    read = watch_reading(monkeypatch)
    assert bringing_in.bring_in_next(desk.ws)
    assert len(read) == N - 2 * intake.CHUNK
    source = source_of(desk)
    assert (source.n_rows, source.n_imported, source.n_duplicates) == (N, N, 0)


def test_cancelled_import_leaves_nothing(desk: Desk):
    view = order(desk, rows() + b"nonsense\n")
    bringing_in.bring_in_next(desk.ws, is_stopped=stop_after(2))
    import_orders.cancel_import(desk.ws, desk.actor, view.id, nonce="cancel")
    assert uploads(desk) == []
    assert import_orders.list_imports(desk.ws, desk.project_id) == ()
    open_workspace(desk.ws.home).close()
    assert (count_all(desk), importing.list_sources(desk.ws, desk.project_id)) == (0, ())


def test_cancel_while_rows_come_in_takes_them_away_at_once(desk: Desk):
    view = order(desk, rows())

    def cancel() -> bool:
        import_orders.cancel_import(desk.ws, desk.actor, view.id, nonce="cancel")
        return False

    assert bringing_in.bring_in_next(desk.ws, is_stopped=cancel)
    assert (count_all(desk), uploads(desk)) == (0, [])


def test_what_is_in_cannot_be_cancelled(desk: Desk):
    view = order(desk, rows(3))
    bringing_in.bring_in_next(desk.ws)
    with pytest.raises(StateError, match="all there"):
        import_orders.cancel_import(desk.ws, desk.actor, view.id, nonce="cancel")


def test_damaged_file_says_why_nothing_came_of_it(desk: Desk):
    long = b"".join(encode(make_example(f"A-{i}-" + "x" * 3_000)) + b"\n" for i in range(250))
    view = order(desk, gzip.compress(long)[:-400], name="rows.jsonl.gz")
    assert bringing_in.bring_in_next(desk.ws)
    (failed,) = import_orders.list_imports(desk.ws, desk.project_id)
    assert (failed.id, failed.is_over) == (view.id, True)
    assert "cut off in the middle" in failed.error
    assert (count_all(desk), uploads(desk)) == (0, [])
    order(desk, rows(2), nonce="another")
    bringing_in.bring_in_next(desk.ws)
    assert import_orders.list_imports(desk.ws, desk.project_id) == ()


def test_file_of_no_known_format_is_refused_before_it_is_ordered(desk: Desk):
    with pytest.raises(UnreadableError, match="No format recognises"):
        order(desk, b'{"a": 1}\n')
    assert uploads(desk) == []
    assert order(desk, b'{"a": 1}\n', format_name="openai").format == "openai"


def test_second_file_with_answers_comes_in_too(desk: Desk):
    question = {"id": "simple_0", "question": [[{"role": "user", "content": "Track A-7"}]], "function": []}
    answer = {"id": "simple_0", "ground_truth": [{"track_order": {"order_id": ["A-7", "7"]}}]}
    second = Second(io.BytesIO(msgspec.json.encode(answer) + b"\n"), "answers.json")
    order(desk, msgspec.json.encode(question) + b"\n", name="questions.json", format_name="bfcl", answers=second)
    bringing_in.bring_in_next(desk.ws)
    with desk.ws.reading() as connection:
        body = connection.execute(text("SELECT bytes FROM body")).scalar_one()
    assert b'"A-7"' in body
    assert b'"7"' in body


def test_import_cut_off_anywhere_comes_in_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(intake, "CHUNK", 4)
    monkeypatch.setattr(intake, "SLICE", 2)
    data = rows(11) + b"nonsense\n"
    n_cut = 0
    for point in range(1, 400, 13):
        project = projects.create_project(desk.ws, desk.actor, f"P{point}", nonce=f"p{point}")
        desk.project_id = project.id
        order(desk, data, nonce=f"order {point}")
        try:
            with fault_at(desk, point):
                assert bringing_in.bring_in_next(desk.ws) in (True, False)
        except PulledPlugError:
            pass
        n_cut += bool(import_orders.list_imports(desk.ws, project.id))
        open_workspace(desk.ws.home).close()
        while bringing_in.bring_in_next(desk.ws):
            pass
        source = source_of(desk)
        assert (source.n_rows, source.n_imported, source.n_duplicates, source.n_rejected) == (12, 11, 0, 1)
        assert count_states(desk.ws, project.id)["draft"] == 11
    assert n_cut > 5


BRING_IN = """
import sys, time
from pathlib import Path
from curation.services import bringing_in, landing
from curation.services.workspace import open_workspace
ws = open_workspace(Path(sys.argv[1]))
n = 0
def look():
    global n
    n += 1
    if n == 2:
        print("stored", flush=True)
        time.sleep(60)
    return False
bringing_in.bring_in_next(ws, is_stopped=look)
"""


def test_killed_import_goes_on_in_the_next_process(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    order(desk, rows())
    process = subprocess.Popen([sys.executable, "-c", BRING_IN, str(desk.ws.home)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert count_all(desk) == 2 * intake.CHUNK
    again = open_workspace(desk.ws.home)
    assert count_all(desk) == 2 * intake.CHUNK, "what came in is not swept away"
    read = watch_reading(monkeypatch)
    assert bringing_in.bring_in_next(again)
    assert len(read) == N - 2 * intake.CHUNK
    again.close()
    assert count_states(desk.ws, desk.project_id)["draft"] == N


def test_paused_keeper_writes_nothing_once_another_has_taken_over(desk: Desk):
    order(desk, rows())

    def lose() -> bool:
        with desk.ws.unit() as unit:
            unit.connection.execute(text("UPDATE batch SET owner = 'another' WHERE state = 'arriving'"))
            unit.commit()
        return False

    assert not bringing_in.bring_in_next(desk.ws, is_stopped=lose)
    assert count_all(desk) == intake.CHUNK
    assert len(import_orders.list_imports(desk.ws, desk.project_id)) == 1


def test_keeper_brings_in_what_is_ordered(desk: Desk):
    view = order(desk, rows(5))
    stop = threading.Event()
    keeper = threading.Thread(target=run_keeper, args=(desk.ws, stop))
    keeper.start()
    try:
        for _ in range(400):
            if import_orders.view_import(desk.ws, view.id).is_over:
                break
            stop.wait(0.05)
    finally:
        stop.set()
        keeper.join()
    assert source_of(desk).n_imported == 5


def test_stored_files_nobody_needs_go_and_young_ones_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    order(desk, rows(2))
    lost = desk.ws.home / "uploads" / "lost"
    lost.mkdir()
    (lost / "rows").write_bytes(b"{}")
    import_orders.drop_orphans(desk.ws)
    assert lost.is_dir()
    monkeypatch.setattr(import_orders, "ORPHAN_S", -1.0)
    import_orders.drop_orphans(desk.ws)
    assert not lost.exists()
    assert len(uploads(desk)) == 1
