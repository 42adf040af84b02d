"""A file appears whole, keeps what it is, and what is no file is never replaced by one."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.files import PRIVATE_MODE, is_stream, put_whole, write_whole


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def put(path: Path, content: bytes = b"new") -> None:
    put_whole(path, content)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_file_gets_what_the_umask_allows(tmp_path: Path, umask: None) -> None:
    put(tmp_path / "new")
    assert mode(tmp_path / "new") == 0o640


def test_what_a_job_keeps_to_itself_is_private_and_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "state"
    for content in (b"one", b"two"):
        put_whole(path, content, PRIVATE_MODE)
        assert (path.read_bytes(), mode(path)) == (content, 0o600)


def test_existing_file_keeps_its_mode(tmp_path: Path, umask: None) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(0o606)
    put(path)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o606)


def test_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    link = tmp_path / "link"
    link.symlink_to("deep/target")
    for content in (b"first", b"second"):
        put(link, content)
        assert link.is_symlink()
        assert (tmp_path / "deep/target").read_bytes() == content
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["deep", "link", "target"]


@pytest.mark.parametrize("through_link", [False, True])
def test_pipe_stays_and_its_reader_gets_the_bytes(tmp_path: Path, through_link: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    name = pipe
    if through_link:
        name = tmp_path / "link"
        name.symlink_to(pipe)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    put(name)
    reader.join()
    assert heard == [b"new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_file_that_is_open_already_is_written_through(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as stream:
        put(Path(f"/proc/self/fd/{stream.fileno()}"))
        assert os.fstat(stream.fileno()).st_size == 3


def test_failed_write_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), write_whole(path) as stream:
        stream.write(b"half" * (1 // 0))
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("old", b"old")]


def test_folders_and_missing_names_are_no_streams(tmp_path: Path) -> None:
    assert not is_stream(tmp_path)
    assert not is_stream(tmp_path / "missing")
    with pytest.raises(IsADirectoryError):
        put(tmp_path)
    assert list(tmp_path.iterdir()) == []
