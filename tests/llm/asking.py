"""Numbered questions, and desks to put them to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from curation.llm.budget import Budget, Limits, Price
from curation.llm.contract import ChatClient, Prompt, Turn
from curation.llm.desk import Desk, Habits
from curation.llm.record import Record
from tests.llm.fake_chat_host import Body, question_of, say

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"number": {"type": "integer"}},
        "required": ["number"],
        "additionalProperties": False,
    }
)
PRICE = Price(1.0, 10.0)


def ask(number: int, schema: str = SCHEMA) -> Prompt:
    return Prompt((Turn("system", "Say the number."), Turn("user", f"Question {number}")), schema=schema)


def number_of(text: str) -> int:
    found = re.search(r"Question (\d+)", text)
    assert found is not None
    return int(found[1])


def answer_number(body: Body) -> Body:
    text = json.dumps({"number": number_of(question_of(body))})
    return say(text, usage={"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48})


def open_desk(
    client: ChatClient,
    folder: Path,
    limits: Limits | None = None,
    habits: Habits | None = None,
    price: Price | None = None,
    **rest: Any,
) -> Desk:
    """A desk as it stands when a run begins, or is taken up again."""
    return Desk(client, "model", Record(folder), Budget(folder, limits, price), habits=habits, **rest)
