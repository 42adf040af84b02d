"""The unit of work: what commits, what rolls back, and how writers wait for each other."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from curation.errors import NotSavedError
from curation.services.workspace import Workspace, open_workspace
from db.engine import CHECKPOINT_BYTES, has_wal_reset_bug, is_log_long, log_path
from db.locking import WriteLock
from db.tables import body, counter


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path)
    yield opened
    opened.close()


def put(ws: Workspace, key: str, *, commit: bool) -> None:
    with ws.unit() as unit:
        unit.connection.execute(insert(counter).values(project_id="p", name="x", key=key, n=0))
        if commit:
            unit.commit()


def keys(ws: Workspace) -> list[str]:
    with ws.reading() as connection:
        return list(connection.execute(select(counter.c.key).where(counter.c.name == "x")).scalars())


def test_only_commit_makes_it_last(ws: Workspace):
    put(ws, "kept", commit=True)
    put(ws, "dropped", commit=False)
    assert keys(ws) == ["kept"]


def test_error_inside_the_block_rolls_back(ws: Workspace):
    def fail_after_writing() -> None:
        with ws.unit() as unit:
            unit.connection.execute(insert(counter).values(project_id="p", name="x", key="k", n=0))
            raise ValueError

    with pytest.raises(ValueError):
        fail_after_writing()
    assert keys(ws) == []


def test_unit_inside_a_unit_is_a_mistake_found_at_once(ws: Workspace):
    with ws.unit(), pytest.raises(RuntimeError, match="inside another"), ws.unit():
        pass


def test_every_connection_is_durable_and_checks_links(ws: Workspace):
    with ws.reading() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "page_size")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "wal_autocheckpoint": 0,
        "page_size": 8192,
    }


def test_reader_keeps_its_picture_while_somebody_writes(ws: Workspace):
    with ws.reading() as connection:
        before = connection.execute(select(counter.c.key)).all()
        put(ws, "new", commit=True)
        assert connection.execute(select(counter.c.key)).all() == before
    assert keys(ws) == ["new"]


def test_waiting_writer_gives_up_with_a_sentence(ws: Workspace):
    impatient = WriteLock(ws.database, wait_s=0.05)
    with ws.unit(), pytest.raises(NotSavedError, match="busy"), impatient.held():
        pass


def test_log_is_folded_back_when_it_grows_long(ws: Workspace):
    for i in range(3):
        with ws.unit() as unit:
            unit.connection.execute(insert(body).values(hash=str(i), bytes=bytes(CHECKPOINT_BYTES // 2 + 1)))
            unit.commit()
    assert ws.database.stat().st_size > CHECKPOINT_BYTES
    assert log_path(ws.database).stat().st_size < 3 * CHECKPOINT_BYTES


def test_log_is_short_again_at_the_next_commit_after_it_was_folded_back(ws: Workspace) -> None:
    with ws.unit() as unit:
        unit.connection.execute(insert(body).values(hash="large", bytes=bytes(2 * CHECKPOINT_BYTES)))
        unit.commit()
    put(ws, "next", commit=True)
    assert not is_log_long(ws.database)


def test_full_disk_is_told_in_a_sentence_and_nothing_is_half_written(ws: Workspace):
    def fill(size: int) -> None:
        with ws.unit() as unit:
            pages = unit.connection.execute(text("PRAGMA page_count")).scalar_one()
            unit.connection.execute(text(f"PRAGMA max_page_count = {pages + 20}"))
            try:
                unit.connection.execute(insert(counter).values(project_id="p", name="x", key="k", n=0))
                unit.connection.execute(insert(body).values(hash="big", bytes=bytes(size)))
                unit.commit()
            finally:
                unit.connection.execute(text("PRAGMA max_page_count = 1073741823"))

    with pytest.raises(NotSavedError, match="Not saved: the disk is full"):
        fill(1_000_000)
    assert keys(ws) == []
    fill(1_000)
    assert keys(ws) == ["k"]


ADD_ONE = """
import sys
from pathlib import Path
from sqlalchemy import text
from curation.services.workspace import Workspace
ws = Workspace(Path(sys.argv[1]))
for _ in range(25):
    with ws.unit() as unit:
        n = unit.connection.execute(text("SELECT n FROM counter WHERE key = 'shared'")).scalar_one()
        unit.connection.execute(text("UPDATE counter SET n = :n WHERE key = 'shared'"), {"n": n + 1})
        unit.commit()
ws.close()
"""


def test_writers_in_threads_and_processes_lose_no_update(ws: Workspace):
    put(ws, "shared", commit=True)
    processes = [subprocess.Popen([sys.executable, "-c", ADD_ONE, str(ws.home)]) for _ in range(2)]

    def add() -> None:
        for _ in range(25):
            with ws.unit() as unit:
                n = unit.connection.execute(select(counter.c.n).where(counter.c.key == "shared")).scalar_one()
                unit.connection.execute(update(counter).where(counter.c.key == "shared").values(n=n + 1))
                unit.commit()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in processes] == [0, 0]
    with ws.reading() as connection:
        assert connection.execute(select(counter.c.n).where(counter.c.key == "shared")).scalar_one() == 150


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET act = 'nothing'",
        "DELETE FROM audit",
        "UPDATE catalogue_version SET hash = ''",
        "DELETE FROM catalogue_item",
        "UPDATE dataset_version SET hash = ''",
        "DELETE FROM dataset_item",
        "UPDATE revision SET rev = 9",
        "UPDATE definition SET text = ''",
        "UPDATE body SET bytes = ''",
        "UPDATE split_group SET split = 'test'",
        "DELETE FROM body",
        "DELETE FROM definition",
        "DELETE FROM tool_version",
        "DELETE FROM revision",
        "DELETE FROM example",
    ],
)
def test_what_never_changes_is_kept_by_the_database_itself(full_home: Workspace, statement: str):
    with full_home.unit() as unit, pytest.raises(IntegrityError, match=r"never|append-only|keeps"):
        unit.connection.execute(text(statement))


def test_versions_with_the_wal_reset_bug_are_known():
    assert has_wal_reset_bug((3, 40, 1))
    assert has_wal_reset_bug((3, 51, 2))
    assert not has_wal_reset_bug((3, 50, 7))
    assert not has_wal_reset_bug((3, 51, 3))
