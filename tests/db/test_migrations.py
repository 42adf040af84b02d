"""Migrations: a new file, an old file with rows in it, and a file from the future."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from curation.errors import StateError
from curation.services.browsing import list_examples
from curation.services.machine_opinions import JudgedView
from curation.services.playground_log import read_log
from curation.services.promoting import DEFAULT_FLOORS, find_alias, read_rules
from curation.services.synthesis_views import find_origin
from curation.services.workspace import DATABASE, Workspace, open_workspace
from db import migrations
from db.aliases import AliasEventRecord, add_event
from db.engine import make_engine
from db.interactions import InteractionRecord, add_interaction
from db.locking import WriteLock
from db.second_looks import Look, count_looks
from db.tables import metadata
from db.unit_of_work import UnitOfWork, reading
from tests.db.old_file import write_old_file


def test_migrated_file_has_exactly_the_tables_of_the_code(tmp_path: Path):
    ws = open_workspace(tmp_path)
    with ws.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: not str(name).startswith("example_search")}
        )
        assert compare_metadata(context, metadata) == []
    ws.close()


def test_old_file_with_rows_is_upgraded_after_a_backup(tmp_path: Path):
    write_old_file(tmp_path / DATABASE)
    ws = open_workspace(tmp_path)
    assert [row.id for row in list_examples(ws, "p", search="parcel").rows] == ["e"]
    assert [row.id for row in list_examples(ws, "p", tool="track_order").rows] == ["e"]
    ws.close()
    (backup,) = (tmp_path / "backups").iterdir()
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert connection.execute("SELECT title FROM example").fetchone() == ("Where is my parcel?",)


def test_looks_and_splits_of_an_older_file_are_told_on_its_examples(tmp_path: Path):
    path = tmp_path / DATABASE
    write_old_file(path)
    engine = make_engine(path)
    with UnitOfWork(engine, WriteLock(path), path) as unit:
        run = unit.connection.exec_driver_sql
        migrations.upgrade(unit.connection, "0014")
        run("INSERT INTO revision VALUES ('e', 1, 'h', 'mara', '', 'edited')")
        run("INSERT INTO second_look (example_id, project_id, rev, state, drawn_at) VALUES ('e', 'p', 1, 'open', '')")
        run(
            "INSERT INTO review (id, example_id, rev, person_id, verdict, at, blind)"
            " VALUES ('r', 'e', 1, 'jon', 'accepted', '', 1)"
        )
        run("INSERT INTO split_group VALUES ('p', 'e', 'train', '')")
        unit.commit()
    engine.dispose()
    ws = open_workspace(tmp_path)
    with ws.reading() as connection:
        (counted,) = count_looks(connection, "p")
        assert (counted.state, counted.look, counted.n) == ("draft", Look("open", ("jon",), ("mara",)), 1)
        assert connection.execute(text("SELECT drawn FROM example")).scalar_one() == 1
    ws.close()


def test_of_an_older_candidate_no_judge_said_anything(tmp_path: Path):
    path = tmp_path / DATABASE
    write_old_file(path)
    engine = make_engine(path)
    with UnitOfWork(engine, WriteLock(path), path) as unit:
        run = unit.connection.exec_driver_sql
        migrations.upgrade(unit.connection, "0023")
        run("PRAGMA defer_foreign_keys = ON")
        run(
            "INSERT INTO job (id, project_id, kind, name, provider, spec, spec_hash, nonce, state, by, created_at)"
            " VALUES ('j', 'p', 'synthesise', '', 'local', '{}', '', 'n', 'succeeded', 'mara', '')"
        )
        run("INSERT INTO candidate_note VALUES ('e', 'j', 0, 'near_misses', 'no_tool', 'refuse', '')")
        unit.commit()
    engine.dispose()
    ws = open_workspace(tmp_path)
    origin = find_origin(ws, "e")
    assert origin is not None
    assert origin.judged == JudgedView()
    ws.close()


def open_with_model(home: Path, version: str) -> Workspace:
    """A workspace whose file had a model in it before it went on from this version."""
    path = home / DATABASE
    write_old_file(path)
    engine = make_engine(path)
    with UnitOfWork(engine, WriteLock(path), path) as unit:
        migrations.upgrade(unit.connection, version)
        unit.connection.exec_driver_sql(
            "INSERT INTO model (id, project_id, name, base, kind, location, created_at)"
            " VALUES ('m', 'p', 'tuned', 'models/small', 'adapter', 'runs/1/model', '')"
        )
        unit.commit()
    engine.dispose()
    return open_workspace(home)


def test_of_an_older_file_nothing_is_in_use_and_its_models_can_be(tmp_path: Path):
    ws = open_with_model(tmp_path, "0024")
    assert find_alias(ws, "p") is None
    assert read_rules(ws, "p").floors == DEFAULT_FLOORS
    with ws.unit() as unit:
        event = AliasEventRecord(project_id="p", name="production", seq=1, to_id="m", by="mara", at="", reason="why")
        add_event(unit.connection, event)
        unit.commit()
    used = find_alias(ws, "p")
    assert used is not None
    assert (used.model.name, used.reason, used.previous) == ("tuned", "why", None)
    for change in ("DELETE FROM alias_event", "UPDATE alias_event SET reason = ''", "DELETE FROM model"):
        with ws.unit() as unit, pytest.raises(IntegrityError):
            unit.connection.execute(text(change))
    ws.close()


def test_a_model_of_an_older_file_is_talked_to_and_its_answers_are_logged(tmp_path: Path):
    ws = open_with_model(tmp_path, "0025")
    assert read_log(ws, "p").n == 0
    with ws.unit() as unit:
        record = InteractionRecord(
            id="i",
            project_id="p",
            model_id="m",
            mode="strict",
            decoding="free",
            request=b"{}",
            answer="{",
            verdict="unparseable",
            by="mara",
            at="",
        )
        add_interaction(unit.connection, record)
        unit.commit()
    (line,) = read_log(ws, "p", is_invalid=True).lines
    assert (line.entry.model_name, line.entry.example_number) == ("tuned", None)
    ws.close()


def test_upgraded_rows_can_be_erased_but_not_deleted(tmp_path: Path):
    write_old_file(tmp_path / DATABASE)
    ws = open_workspace(tmp_path)
    for table in ("example", "body", "definition"):
        with ws.unit() as unit, pytest.raises(IntegrityError, match="never deleted"):
            unit.connection.execute(text(f"DELETE FROM {table}"))
    with ws.unit() as unit:
        unit.connection.execute(text("UPDATE body SET bytes = '', erased_at = '2026-01-02' WHERE hash = 'h'"))
        unit.connection.execute(text("UPDATE example SET staged = 1"))
        assert unit.connection.execute(text("DELETE FROM example")).rowcount == 1, "a row that never appeared may go"
        unit.commit()
    ws.close()


def test_upgrade_that_fails_leaves_the_old_file_as_it_was(tmp_path: Path):
    path = tmp_path / DATABASE
    write_old_file(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TRIGGER example_text_changed AFTER UPDATE ON example_text BEGIN SELECT 1; END")
    with pytest.raises(OperationalError, match="example_text_changed already exists"):
        open_workspace(tmp_path)
    engine = make_engine(path)
    with reading(engine) as connection:
        assert migrations.file_version(connection) == "0001"
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'example_search%'"))
        assert names.all() == []
    engine.dispose()


def test_newer_file_is_refused_with_a_sentence(tmp_path: Path):
    open_workspace(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = shutil.copy(tmp_path / DATABASE, tmp_path / "before.db")
    with pytest.raises(StateError, match=rf"version 9999.*speaks up to {migrations.newest_version()}"):
        open_workspace(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == Path(before).read_bytes()


def test_opening_twice_changes_nothing(tmp_path: Path):
    open_workspace(tmp_path).close()
    first = (tmp_path / DATABASE).read_bytes()
    open_workspace(tmp_path).close()
    assert (tmp_path / DATABASE).read_bytes() == first
    assert list((tmp_path / "backups").iterdir()) == []


def test_many_processes_may_open_a_new_workspace_at_once(tmp_path: Path):
    code = "import sys; from pathlib import Path; from curation.services.workspace import open_workspace; "
    code += "open_workspace(Path(sys.argv[1])).close()"
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "home")]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert list((tmp_path / "home" / "backups").iterdir()) == []
