"""The app over a damaged database: the keeper says so once, and begins its work when the file is put right."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path

import pytest

from curation.services.keeping import LOCK_FILE


@pytest.fixture
def damaged(home: Path) -> Path:
    (home / "callwright.db").write_bytes(b"garbage")
    return home


def test_keeper_tells_it_once_and_begins_when_the_database_is_back(
    damaged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    launcher = importlib.import_module("app")
    monkeypatch.setattr(launcher, "RETRY_S", 0.01)
    stop = threading.Event()
    keeper = threading.Thread(target=launcher._keep_jobs, args=(stop,))
    keeper.start()
    stop.wait(0.2)
    assert keeper.is_alive()
    (damaged / "callwright.db").unlink()
    for _ in range(200):
        if (damaged / LOCK_FILE).exists():
            break
        stop.wait(0.05)
    stop.set()
    keeper.join()
    assert (damaged / LOCK_FILE).exists()
    said = capsys.readouterr().err
    assert said.count("is damaged") == 1
    assert "callwright restore" in said
