"""Backup and restore through the database's own call."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from curation.errors import UnreadableError, UnwritableError
from curation.services.auditing import find_tampering
from curation.services.backing_up import back_up, restore
from curation.services.browsing import count_states
from curation.services.projects import list_projects
from db.backup import find_damage
from db.migrations import file_version, newest_version
from tests.db.old_file import write_old_file
from tests.shop_rows import Desk, make_example, open_desk


@pytest.fixture
def desk(tmp_path: Path):
    with open_desk(tmp_path / "home") as opened:
        yield opened


def test_restore_brings_back_what_was_there(desk: Desk, tmp_path: Path):
    desk.write()
    report = back_up(desk.ws, desk.actor, tmp_path / "safe.db")
    desk.write(make_example("A-78"))
    before = restore(desk.ws, desk.actor, tmp_path / "safe.db")
    assert count_states(desk.ws, desk.project_id)["draft"] == 1
    assert report.size_bytes == Path(report.path).stat().st_size
    assert find_tampering(desk.ws, report.audit) is None
    restore(desk.ws, desk.actor, Path(before.path))
    assert count_states(desk.ws, desk.project_id)["draft"] == 2


def test_backup_never_overwrites(desk: Desk, tmp_path: Path):
    (tmp_path / "safe.db").write_text("precious")
    with pytest.raises(UnwritableError, match="already a file"):
        back_up(desk.ws, desk.actor, tmp_path / "safe.db")


def test_damaged_or_foreign_file_is_refused(desk: Desk, tmp_path: Path):
    desk.write()
    report = back_up(desk.ws, desk.actor, tmp_path / "safe.db")
    damaged = Path(shutil.copy(report.path, tmp_path / "damaged.db"))
    content = bytearray(damaged.read_bytes())
    content[8192:16384] = b"\xff" * 8192
    damaged.write_bytes(content)
    (tmp_path / "text.db").write_text("not a database at all, but long enough to be looked at")
    for name in ("damaged.db", "text.db"):
        with pytest.raises(UnreadableError, match="not a sound Callwright database"):
            restore(desk.ws, desk.actor, tmp_path / name)
    assert count_states(desk.ws, desk.project_id)["draft"] == 1
    assert find_damage(desk.ws.database) is None


def test_backup_of_an_older_version_is_brought_up_to_date(desk: Desk, tmp_path: Path):
    write_old_file(tmp_path / "old.db")
    restore(desk.ws, desk.actor, tmp_path / "old.db")
    with desk.ws.reading() as connection:
        assert file_version(connection) == newest_version()
    assert [project.name for project in list_projects(desk.ws)] == ["Old"]
    assert len(list(desk.ws.backups.iterdir())) == 2


def test_what_was_saved_while_a_restore_waited_is_in_the_safety_copy(desk: Desk, tmp_path: Path):
    back_up(desk.ws, desk.actor, tmp_path / "safe.db")
    restored = []
    waiting = threading.Thread(
        target=lambda: restored.append(restore(desk.ws, desk.actor, tmp_path / "safe.db")), daemon=True
    )
    with desk.ws.unit() as unit:
        waiting.start()
        time.sleep(0.2)
        unit.connection.execute(text("UPDATE project SET name = 'Bank'"))
        unit.commit()
    waiting.join()
    restore(desk.ws, desk.actor, Path(restored[0].path))
    assert [project.name for project in list_projects(desk.ws)] == ["Bank"]
