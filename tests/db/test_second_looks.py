"""Agreement is counted from the few blind verdicts, however many examples and other verdicts there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from db import filtering, second_looks
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


def test_looks_are_counted_from_a_few_counters_and_a_judge_s_list_walks_past_what_is_for_others(tmp_path: Path) -> None:
    said: list[tuple[str, Any]] = []
    with open_desk(tmp_path / "home") as desk, desk.ws.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *run: said.append((run[2], run[3])))
        second_looks.count_judged(connection, desk.project_id, desk.actor.person_id, ["a", "b", "c"])
        wanted = ExampleFilter(states=(ExampleState.SUBMITTED,), judge="a", left_in=("",))
        filtering.page(connection, desk.project_id, wanted, "", after=None, limit=50)
        undrawn = ExampleFilter(split="undrawn")
        filtering.page(connection, desk.project_id, undrawn, "", after=None, limit=50)
        plans = [
            " / ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values))
            for query, values in tuple(said)
        ]
    assert len(plans) == 3
    assert "SEARCH counter" in plans[0]
    assert "SEARCH example USING INDEX example_by_look (project_id=? AND state=? AND look=?)" in plans[1]
    assert "USE TEMP B-TREE" not in plans[1]
    assert "example_undrawn" in plans[2]
