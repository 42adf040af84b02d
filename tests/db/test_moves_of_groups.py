"""A file from before groups could move: its splits stay, and move by record from then on."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from curation.model.states import Split
from curation.services.workspace import DATABASE, open_workspace
from db import migrations
from db.engine import make_engine
from db.locking import WriteLock
from db.split_moves import MoveRecord, add_moves, read_split_of
from db.unit_of_work import UnitOfWork
from tests.db.old_file import write_old_file

BEFORE = "0017"


def test_split_of_an_older_file_moves_by_record_alone(tmp_path: Path):
    path = tmp_path / DATABASE
    write_old_file(path)
    engine = make_engine(path)
    with UnitOfWork(engine, WriteLock(path), path) as unit:
        migrations.upgrade(unit.connection, BEFORE)
        unit.connection.execute(text("INSERT INTO split_group VALUES ('p', 'e', 'train', '2026-01-01')"))
        unit.commit()
    engine.dispose()
    ws = open_workspace(tmp_path)
    for change in ("split = 'test'", "drawn_at = ''", "group_key = 'other'"):
        with ws.unit() as unit, pytest.raises(IntegrityError, match="keeps the split"):
            unit.connection.execute(text(f"UPDATE split_group SET {change}"))
    with ws.unit() as unit:
        move = MoveRecord("m1", "e", "p", "train", "test", "a leak", None, "local", "2026-02-01")
        add_moves(unit.connection, [move])
        unit.commit()
    with ws.reading() as connection:
        assert read_split_of(connection, "p", ["e"]) == {"e": Split.TEST}
    with ws.unit() as unit, pytest.raises(IntegrityError, match="keeps the split"):
        unit.connection.execute(text("UPDATE split_group SET split = 'validation'"))
    ws.close()
