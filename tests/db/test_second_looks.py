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
