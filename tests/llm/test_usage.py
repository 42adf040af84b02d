from __future__ import annotations

from pathlib import Path

import pytest

from curation.errors import UnreadableError
from curation.hosts.troubles import HostTroubleError
from curation.llm.budget import Spent
from curation.llm.desk import Habits
from curation.llm.record import FILE, read_exchanges
from curation.llm.usage import Usage, read_usage
from tests.llm.asking import ask, open_desk
from tests.llm.test_desk import Failing


def test_a_run_that_asked_nobody_has_used_nothing(tmp_path: Path) -> None:
    assert read_usage(tmp_path) == Usage()


def test_usage_counts_failed_requests_and_a_question_once(tmp_path: Path) -> None:
    client = Failing(*[HostTroubleError("The host is ill.", status=503)] * 3)
    desk = open_desk(client, tmp_path, habits=Habits(tries=3), pause=lambda _: None)
    desk.ask_all([ask(1), ask(2)])
    assert read_usage(tmp_path) == Usage(Spent(4, 7, 5), answered=1, unanswered=1)
    open_desk(client, tmp_path).ask_all([ask(1), ask(2)])
    used = read_usage(tmp_path)
    assert (used.answered, used.unanswered, used.requests_each) == (2, 0, 2.5)


def test_looking_on_leaves_a_line_that_is_being_written(tmp_path: Path) -> None:
    open_desk(Failing(), tmp_path).ask_all([ask(1)])
    with (tmp_path / FILE).open("ab") as stream:
        stream.write(b'{"id":"half')
    size = (tmp_path / FILE).stat().st_size
    assert len(list(read_exchanges(tmp_path))) == 1
    assert (tmp_path / FILE).stat().st_size == size


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    open_desk(Failing(), tmp_path).ask_all([ask(1), ask(2)])
    path = tmp_path / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"id": 4}\n')
    with pytest.raises(UnreadableError, match=r"Line 2 of `exchanges\.jsonl`"):
        open_desk(Failing(), tmp_path)
