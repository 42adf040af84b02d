"""Warm children: blind to the folder they start in, given a list of variables, and honest about their own troubles."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from curation.processes.environment import listed_environment, module_command
from curation.processes.warm import ChildUnavailableError, OverrunError, WarmChild
from curation.schemas import compile_schema
from curation.schemas.costly import SANDBOX

LOOK_AHEAD = json.dumps({"type": "string", "pattern": "^(?=a)a+$"})
ENDLESS = json.dumps(
    {"anyOf": [{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": [name]} for name in "qzp"]}
)


def make_child() -> WarmChild:
    return WarmChild("curation.schemas.sandbox")


def nested(depth: int) -> object:
    return {"a": nested(depth - 1)} if depth else {}


def test_module_planted_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "was-run"
    planted = f"import pathlib; pathlib.Path({str(marker)!r}).write_text('')"
    for name in ("msgspec.py", "json.py", "curation.py"):
        (tmp_path / name).write_text(planted)
    monkeypatch.chdir(tmp_path)
    child = make_child()
    assert child.ask({"schema": LOOK_AHEAD, "value": "aa"})[0] == []
    child.close()
    assert not marker.exists()


def test_no_key_of_the_server_travels_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    child = make_child()
    child.ask({"schema": LOOK_AHEAD, "value": "aa"})
    assert child.pid is not None
    environment = Path(f"/proc/{child.pid}/environ").read_bytes()
    child.close()
    assert b"sk-canary" not in environment
    assert set(listed_environment()) <= {"PATH", "LANG", "LC_ALL", "PYTHONPATH"}


def test_every_command_looks_for_modules_in_safe_places_only() -> None:
    assert module_command("curation.worker", "train") == [sys.executable, "-P", "-m", "curation.worker", "train"]


def test_costly_question_is_told_from_a_child_that_was_stopped() -> None:
    child = make_child()
    with pytest.raises(OverrunError):
        child.ask({"schema": ENDLESS, "value": nested(18)})
    child.ask({"schema": LOOK_AHEAD, "value": "aa"})
    assert child.pid is not None
    killer = threading.Timer(0.05, os.kill, (child.pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(ChildUnavailableError, match="was stopped"):
        child.ask({"schema": ENDLESS, "value": nested(18)})
    killer.join()
    assert child.ask({"schema": LOOK_AHEAD, "value": "aa"})[0] == []
    child.close()


def test_child_that_does_not_start_is_said_and_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    SANDBOX.close()
    compiled = compile_schema(LOOK_AHEAD)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nowhere/python")
        (error,) = compiled.errors("bb")
        assert (error.keyword, "just now" in error.message) == ("unchecked", True)
    assert [error.keyword for error in compiled.errors("bb")] == ["pattern"]
    with pytest.raises(ChildUnavailableError, match="did not start"):
        WarmChild("curation.schemas.nowhere").ask(None)
