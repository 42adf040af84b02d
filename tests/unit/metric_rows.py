"""Gold rows and answers in a few words, for tests of metrics."""

from __future__ import annotations

import json
from collections.abc import Sequence

from curation.formats import get_format
from curation.metrics.answers import Answer, read_answer_line
from curation.metrics.report import Report
from curation.metrics.score import score_answers
from curation.model.example import Example
from curation.model.reading import Reading
from curation.reading.rows import read_row

TRACK = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "verbose": {"type": "boolean", "default": False},
        "carrier": {"type": "string"},
        "filter": {"type": "object", "properties": {"limit": {"type": "integer", "default": 10}}},
    },
    "required": ["order_id"],
    "additionalProperties": False,
}
REFUND = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "reason": {"type": "string", "enum": ["damaged", "late"]},
        "amount": {"type": "number", "description": "Amount in euros."},
        "at": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["order_id"],
}
TOOLS = [
    {"type": "function", "function": {"name": "track_order", "description": "Track.", "parameters": TRACK}},
    {"type": "function", "function": {"name": "request_refund", "description": "Refund.", "parameters": REFUND}},
    {"type": "function", "function": {"name": "ping", "description": "Takes nothing."}},
]
Call = tuple[str, object]


def message(*calls: Call, content: str | None = None, **more: object) -> dict[str, object]:
    """An assistant turn with calls, or with text."""
    turn: dict[str, object] = {"role": "assistant", "content": content, **more}
    if calls:
        turn["tool_calls"] = [
            {
                "id": f"call_{i}",
                "type": "function",
                "function": {"name": name, "arguments": value if isinstance(value, str) else json.dumps(value)},
            }
            for i, (name, value) in enumerate(calls)
        ]
    return turn


def gold(*calls: Call, content: str | None = None, label: object = None, before: object = (), **row: object) -> Example:
    """A gold row whose last turn makes these calls, or says this text."""
    turn = message(*calls, content=content, **({"label": label} if label else {}))
    body = {"messages": [{"role": "user", "content": "Please help."}, *before, turn], "tools": TOOLS, **row}
    reading = read_row(json.dumps(body).encode())
    assert isinstance(reading, Reading)
    return reading.example


def router_gold(answer: object, *, before: Sequence[object] = (), label: object = None, **row: object) -> Example:
    """A gold row in router form; `before` holds earlier answers and results in turn."""
    roles = ["assistant", "user"] * len(before)
    earlier = [{"role": role, "content": json.dumps(one)} for role, one in zip(roles, before, strict=False)]
    last = {"role": "assistant", "content": json.dumps(answer), **({"label": label} if label else {})}
    turns = [{"role": "user", "content": "Please help."}, *earlier, last]
    reading = get_format("router").read(json.dumps({"messages": turns, "tools": TOOLS, **row}).encode())
    assert isinstance(reading, Reading)
    return reading.example


def native(*calls: Call, content: str | None = None) -> Answer:
    """An answer as a chat model gives it."""
    return read_answer_line(json.dumps({"message": message(*calls, content=content)}).encode())


def text(value: object) -> Answer:
    """An answer as plain text; anything but a string is written as JSON."""
    return Answer(text=value if isinstance(value, str) else json.dumps(value))


def score(*pairs: tuple[Example, Answer], router: bool | None = None) -> Report:
    return score_answers([one for one, _ in pairs], [other for _, other in pairs], router=router)


def value(report: Report, metric: str) -> float | None:
    return report.overall.metrics[metric].value
