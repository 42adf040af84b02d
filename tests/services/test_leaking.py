"""Examples that repeat the rows of a file, whatever its format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.errors import CurationError, UnreadableError
from curation.formats import get_format
from curation.model.example import Message
from curation.model.states import Split
from curation.services.leaking import check_leakage
from db import datasets
from tests.services.test_near_duplicates import ask, retold, told
from tests.shop_rows import Desk


def write_rows(path: Path, requests: list[str]) -> Path:
    rows = [
        {"messages": [{"role": "user", "content": one}, {"role": "assistant", "content": "No."}]} for one in requests
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_rows_that_examples_repeat_are_named_with_their_splits(desk: Desk, tmp_path: Path) -> None:
    views = [desk.write(ask(told(n), group=f"g{n}")) for n in range(6)]
    with desk.ws.unit() as unit:
        drawn = {"g0": Split.TRAIN, "g1": Split.TEST}
        datasets.add_splits(unit.connection, desk.project_id, drawn, desk.ws.now())
        unit.commit()
    path = write_rows(tmp_path / "benchmark.jsonl", [told(90), retold(0), told(1), retold(2), told(91)])
    seen: list[int] = []
    report = check_leakage(desk.ws, desk.project_id, path, progress=seen.append)
    assert (report.format, report.n_rows, report.n_unreadable, report.n_leaks) == ("openai", 5, 0, 3)
    assert report.n_by_split == {"train": 1, "test": 1, "": 1}
    assert [(leak.line, [one.example_id for one in leak.alike]) for leak in report.leaks] == [
        (2, [views[0].id]),
        (3, [views[1].id]),
        (4, [views[2].id]),
    ]
    assert seen == [5]


@pytest.mark.parametrize("name", ["openai", "trl", "callwright", "router"])
def test_any_format_that_can_be_read_will_do(desk: Desk, tmp_path: Path, name: str) -> None:
    desk.write(ask(told(1)))
    write = get_format(name).write
    assert write is not None
    path = tmp_path / "rows.jsonl"
    answered = [*ask(retold(1)).messages, Message(role="tool", content="{}", tool_call_id="call_1")]
    row = type(ask(""))(messages=(*answered, Message(role="assistant", content="Sent.")), tools=ask("").tools)
    path.write_bytes(b"".join(one + b"\n" for one in write(row).rows))
    report = check_leakage(desk.ws, desk.project_id, path, format_name=name)
    assert report.format == name
    assert report.n_leaks >= 1


def test_short_requests_that_everybody_makes_are_no_leak(desk: Desk, tmp_path: Path) -> None:
    desk.write(ask("Thank you!"))
    path = write_rows(tmp_path / "rows.jsonl", ["Thank you!"])
    assert check_leakage(desk.ws, desk.project_id, path).n_leaks == 0


def test_a_broken_row_is_counted_and_a_missing_file_told(desk: Desk, tmp_path: Path) -> None:
    desk.write(ask(told(1)))
    path = write_rows(tmp_path / "rows.jsonl", [told(1)])
    path.write_text(path.read_text() + "{broken\n")
    report = check_leakage(desk.ws, desk.project_id, path)
    assert (report.n_rows, report.n_unreadable, report.n_leaks) == (2, 1, 1)
    with pytest.raises(UnreadableError, match="cannot be read"):
        check_leakage(desk.ws, desk.project_id, tmp_path / "missing.jsonl")
    with pytest.raises(CurationError):
        check_leakage(desk.ws, "no project", path)
