"""Rows of a list as a page sends them to the browser, and a row picked as the browser tells it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

PICKS = iter(range(1, 1_000_000))


@dataclass(frozen=True)
class ShownRows:
    """What a list shows: its rows in order, and which one is chosen."""

    widget: str
    rows: tuple[dict[str, Any], ...]
    chosen: str | None

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self.rows]

    def words(self, row_id: str) -> str:
        """All a row says, badges and all."""
        row = next(row for row in self.rows if row["id"] == row_id)
        parts = [row["title"], row.get("facts"), row.get("about"), *(one["text"] for one in row.get("badges", ()))]
        return " ".join(part for part in (*parts, row.get("note")) if part)


def rows_of(shown: AppTest, key: str) -> ShownRows:
    """The list with this key."""
    found = [one.proto for one in shown.get("bidi_component") if str(one.proto.id).endswith(f"-{key}")]
    assert len(found) == 1, f"{len(found)} lists with the key {key}"
    data = json.loads(found[0].json)
    return ShownRows(found[0].id, tuple(data["rows"]), data["chosen"])


def text_of(shown: AppTest, key: str) -> dict[str, Any]:
    """What a page sends to the live text field with this key."""
    found = [one.proto for one in shown.get("bidi_component") if str(one.proto.id).endswith(f"-{key}")]
    assert len(found) == 1, f"{len(found)} text fields with the key {key}"
    data = json.loads(found[0].json)
    assert isinstance(data, dict)
    return data


def pick_row(shown: AppTest, key: str, row_id: str) -> AppTest:
    """Choose a row: the browser's message with it, among those of all other widgets."""
    said = json.dumps({"choice": {"id": row_id, "nonce": str(next(PICKS))}})
    states = shown._tree.get_widget_states()
    states.widgets.append(WidgetState(id=rows_of(shown, key).widget, json_value=said))
    return shown._run(states)
