"""Agreement is counted from the few blind verdicts, however many examples and other verdicts there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event

from db import second_looks
from tests.shop_rows import open_desk


def test_blind_verdicts_are_found_by_their_own_index(tmp_path: Path) -> None:
    said: list[tuple[str, Any]] = []
    with open_desk(tmp_path / "home") as desk, desk.ws.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *run: said.append((run[2], run[3])))
        second_looks.list_blind(connection, desk.project_id)
        query, values = said[0]
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
    assert "review_blind" in plan[0]
    assert not any("SCAN example" in line for line in plan)


def test_what_waits_for_others_is_counted_along_what_one_said_and_wrote(tmp_path: Path) -> None:
    said: list[tuple[str, Any]] = []
    with open_desk(tmp_path / "home") as desk, desk.ws.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *run: said.append((run[2], run[3])))
        second_looks.count_judged(connection, desk.project_id, desk.actor.person_id, ["a", "b", "c"])
        query, values = said[0]
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
    for index in ("second_look_by_state", "review_spoken", "revision_by_writer"):
        assert any(line.startswith("SEARCH") and index in line for line in plan)
    scanned = [line for line in plan if line.startswith("SCAN") and "subquery" not in line.lower()]
    assert all(" p " in f"{line} " for line in scanned), "the few who may judge, and nothing else"
