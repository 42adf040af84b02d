"""A damaged database: one sentence with the file and the remedy, and the remedy works."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cli.main import main
from curation.services import projects
from curation.services.backing_up import back_up
from curation.services.workspace import open_workspace
from tests.shop_rows import make_example, open_desk

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workspace `home` and its backup `safe.db`, closed; each test damages a copy."""
    folder = tmp_path_factory.mktemp("sound")
    with open_desk(folder / "home") as desk:
        for n in range(40):
            desk.write(make_example(f"A-{n}"))
        back_up(desk.ws, desk.actor, folder / "safe.db")
    return folder


@pytest.fixture
def home(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALLWRIGHT_HOME", str(tmp_path / "home"))
    shutil.copytree(sound, tmp_path, dirs_exist_ok=True)
    return tmp_path / "home"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["callwright", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), out, err

    return call


def write_garbage(home: Path) -> None:
    (home / "callwright.db").write_bytes(b"garbage")


def overwrite_middle(home: Path) -> None:
    """As a bad disk does it: the first page is whole, the rest is not."""
    path = home / "callwright.db"
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    path.write_bytes(content)


def overwrite_rows(home: Path) -> None:
    """The file opens, and one table cannot be read."""
    path = home / "callwright.db"
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'example'").fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(page - 1) * 8192 : page * 8192] = b"\xa5" * 8192
    path.write_bytes(content)


whole = pytest.mark.parametrize("damage", [write_garbage, overwrite_middle])
every = pytest.mark.parametrize("damage", [write_garbage, overwrite_middle, overwrite_rows])


@every
@pytest.mark.parametrize("words", [["health", "Shop"], ["freeze", "Shop", "--include-unreviewed"], ["demo"]], ids=str)
def test_command_says_which_file_and_what_to_do(
    home: Path, run: Run, damage: Callable[[Path], None], words: list[str]
) -> None:
    damage(home)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    (sentence,) = [line for line in err.splitlines() if line.startswith("callwright: ")]
    assert str(home / "callwright.db") in sentence
    assert "callwright restore" in sentence
    assert "Traceback" not in err


@every
def test_doctor_has_an_error_line_and_the_rest(home: Path, run: Run, damage: Callable[[Path], None]) -> None:
    damage(home)
    code, out, _ = run("doctor", "--json")
    found = {one["name"]: one for one in map(json.loads, out.splitlines())}
    assert code == 1
    assert found["database"]["state"] == "error"
    assert "callwright restore" in found["database"]["text"]
    assert found["python"]["state"] == "ok"


@every
def test_restore_puts_a_backup_in_place_and_keeps_the_damaged_file(
    home: Path, tmp_path: Path, run: Run, damage: Callable[[Path], None]
) -> None:
    damage(home)
    damaged = (home / "callwright.db").read_bytes()
    code, out, err = run("restore", str(tmp_path / "safe.db"), "--yes")
    assert code == 0, err
    kept = [path for path in (home / "backups").iterdir() if path.name in out]
    assert any(path.read_bytes() == damaged for path in kept)
    ws = open_workspace(home)
    assert [project.name for project in projects.list_projects(ws)] == ["Shop"]
    ws.close()
    assert run("doctor")[0] == 0


@whole
def test_unsound_backup_leaves_the_damaged_file_where_it_is(
    home: Path, tmp_path: Path, run: Run, damage: Callable[[Path], None]
) -> None:
    damage(home)
    before = (home / "callwright.db").read_bytes()
    (tmp_path / "text.db").write_text("no database")
    assert run("restore", str(tmp_path / "text.db"), "--yes")[0] == 2
    assert (home / "callwright.db").read_bytes() == before
