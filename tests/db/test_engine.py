"""The database file: whatever its folder is called, and when folding the log back fails."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert

from curation.services.backing_up import back_up, restore
from curation.services.browsing import count_states
from curation.services.people import local_actor
from curation.services.workspace import open_workspace
from db import engine
from db.engine import CHECKPOINT_BYTES
from db.tables import body
from tests.shop_rows import make_example, open_desk


@pytest.mark.parametrize("name", ["what?", "50%25 off", "issue #7", "a?mode=memory", "två ord"])
def test_any_folder_name_holds_a_workspace(tmp_path: Path, name: str):
    home = tmp_path / name
    with open_desk(home) as desk:
        desk.write()
        assert [path.name for path in tmp_path.iterdir()] == [name]
        assert (home / "callwright.db").stat().st_size
        report = back_up(desk.ws, desk.actor)
        desk.write(make_example("A-78"))
        restore(desk.ws, desk.actor, Path(report.path))
        assert count_states(desk.ws, desk.project_id)["draft"] == 1


class BrokenConnection(sqlite3.Connection):
    """A connection on a disk that fails as soon as the log is folded back."""

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        if "wal_checkpoint" in sql:
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *parameters)


@pytest.fixture
def broken_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sqlite3.connect
    monkeypatch.setattr(engine.sqlite3, "connect", lambda *a, **named: real(*a, **named, factory=BrokenConnection))


def test_log_that_cannot_be_folded_back_undoes_no_commit(
    tmp_path: Path, broken_fold: None, caplog: pytest.LogCaptureFixture
):
    ws = open_workspace(tmp_path)
    with caplog.at_level(logging.WARNING), ws.unit() as unit:
        unit.connection.execute(insert(body).values(hash="big", bytes=bytes(CHECKPOINT_BYTES + 1)))
        unit.commit()
    ws.close()
    assert "disk I/O error" in caplog.text
    again = open_workspace(tmp_path)
    assert local_actor(again).name
    again.close()
