"""Rows of a run folder as the trainer takes them, and as questions to a model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from curation.errors import JobError, UnreadableError
from curation.llm.contract import Prompt, Turn
from curation.rendering import ChatRow, RowStyle, Template, loss_mask, read_chat_rows

TRAIN, VALIDATION = "train.jsonl", "validation.jsonl"


class Encoded(NamedTuple):
    """Token ids and labels of the rows that fit, and how many did not."""

    rows: list[dict[str, list[int]]]
    n_too_long: int


def encode_rows(template: Template, rows: Iterable[ChatRow], max_length: int) -> Encoded:
    """Mask every row; one that is too long is left out whole, since cutting it would cut its answer."""
    fitting, n_too_long = [], 0
    for row in rows:
        mask = loss_mask(template, row)
        if len(mask.ids) > max_length:
            n_too_long += 1
        else:
            fitting.append({"input_ids": mask.ids, "labels": mask.labels})
    return Encoded(fitting, n_too_long)


def read_training_rows(path: Path, style: RowStyle) -> list[ChatRow]:
    """The rows to learn from; none is an error worth a sentence."""
    rows = list(read_chat_rows(path, style))
    if not rows:
        raise JobError(f"The file {path.name} has no rows to learn from.", hint="Freeze a version with training rows.")
    return rows


def is_question(row: ChatRow) -> bool:
    """Whether everything before the expected answer is plain text, so that any chat client can be asked."""
    return bool(row.trained_turns()) and all(_is_text(message) for message in row.messages[: answer_turn(row)])


def ask(row: ChatRow, shown: Iterable[ChatRow] = ()) -> Prompt:
    """The turns before the expected answer, after the turns of the examples shown."""
    if not is_question(row):
        raise UnreadableError("The row has no plain question to ask.", hint="Use rows in the router format.")
    asked = row.messages[: answer_turn(row)]
    system = [message for message in asked if message.get("role") == "system"]
    rest = [message for message in asked if message.get("role") != "system"]
    examples = [message for one in shown for message in one.messages if message.get("role") != "system"]
    turns = tuple(Turn(str(m["role"]), str(m["content"])) for m in (*system, *examples, *rest))
    return Prompt(turns, tuple(msgspec.json.encode(tool).decode() for tool in row.tools))


def answer_turn(row: ChatRow) -> int:
    """Router rows expect their last turn; a conversation is asked at its first decision."""
    turns = row.trained_turns()
    return turns[-1] if row.style == "router" else turns[0]


def _is_text(message: dict[str, object]) -> bool:
    return isinstance(message.get("content"), str) and not message.get("tool_calls") and message.get("role") != "tool"
