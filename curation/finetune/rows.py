"""Rows of a run folder as the trainer takes them, and as questions to a model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from curation.errors import JobError, UnreadableError
from curation.finetune.knobs import LearnFrom
from curation.llm.contract import Prompt, Turn, write_turn
from curation.model.values import Json
from curation.rendering import (
    ChatRow,
    LossMask,
    RowStyle,
    Template,
    loss_mask,
    read_chat_rows,
    read_pair,
)

Row = TypeVar("Row")
TRAIN, VALIDATION = "train.jsonl", "validation.jsonl"


class Encoded(NamedTuple):
    """Token ids of the rows that fit, and how many did not."""

    rows: list[dict[str, list[int]]]
    n_too_long: int
    n_unlike: int = 0
    """Pairs whose two answers the template does not write behind one prompt."""


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


def encode_pairs(template: Template, pairs: Iterable[tuple[ChatRow, ChatRow]], max_length: int) -> Encoded:
    """Prompt, chosen and rejected answer of every pair, cut where the mask of the chosen one begins and ends."""
    fitting, n_too_long, n_unlike = [], 0, 0
    for chosen, rejected in pairs:
        masks = loss_mask(template, chosen), loss_mask(template, rejected)
        if any(len(mask.ids) > max_length for mask in masks):
            n_too_long += 1
        elif (row := pair_ids(*masks)) is None:
            n_unlike += 1
        else:
            fitting.append(row)
    return Encoded(fitting, n_too_long, n_unlike)


def pair_ids(chosen: LossMask, rejected: LossMask) -> dict[str, list[int]] | None:
    """The ids as TRL's collator for preferences takes them; None where the answers stand behind different words."""
    answers = [_answer_of(mask) for mask in (chosen, rejected)]
    if answers[0] is None or answers[1] is None or answers[0].start != answers[1].start:
        return None
    start = answers[0].start
    if chosen.ids[:start] != rejected.ids[:start]:
        return None
    return {
        "prompt_ids": chosen.ids[:start],
        "chosen_ids": chosen.ids[answers[0]],
        "rejected_ids": rejected.ids[answers[1]],
    }


def _answer_of(mask: LossMask) -> slice | None:
    """Where the answer stands, when it is one stretch."""
    trained = [i for i, on in enumerate(mask.trained) if on]
    is_whole = bool(trained) and trained[-1] - trained[0] == len(trained) - 1
    return slice(trained[0], trained[-1] + 1) if is_whole else None


def encode_file(template: Template, path: Path, style: RowStyle, learn_from: LearnFrom, max_length: int) -> Encoded:
    """The rows of a training file, as the trainer for them takes them."""
    if learn_from == "pairs":
        return encode_pairs(template, _some(read_pairs(path, style), path), max_length)
    return encode_rows(template, _some(list(read_chat_rows(path, style)), path), max_length)


def read_pairs(path: Path, style: RowStyle) -> list[tuple[ChatRow, ChatRow]]:
    """A whole file of preferences, one pair a line."""
    try:
        return [read_pair(line, style) for line in path.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise UnreadableError(f"The pairs in {path.name} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise UnreadableError(f"The file {path.name} is no file of pairs: {error}.") from error


def _some(rows: list[Row], path: Path) -> list[Row]:
    """None is an error worth a sentence."""
    if not rows:
        raise JobError(f"The file {path.name} has no rows to learn from.", hint="Freeze a version with training rows.")
    return rows


def is_question(row: ChatRow) -> bool:
    """Whether everything before the expected answer can be said: plain text, in a conversation calls and results too.

    Content in parts is no question: a template would read it otherwise than it was learnt.
    """
    is_sayable = _is_text if row.style == "router" else _is_text_or_call
    return bool(row.trained_turns()) and all(is_sayable(message) for message in row.messages[: answer_turn(row)])


def can_ask(template: Template, row: ChatRow, shown: Iterable[ChatRow] = ()) -> bool:
    """Whether a row is a question that this template writes; some refuse two calls at once, or a role.

    Raises:
        UnusableTemplateError: the template writes nothing at all.
    """
    return is_question(row) and template.takes(row_asked(ask(row, shown), row.style), prompt=True)


def ask(row: ChatRow, shown: Iterable[ChatRow] = ()) -> Prompt:
    """The turns before the expected answer, after the turns of the examples shown."""
    if not is_question(row):
        raise UnreadableError(
            "The row has no plain question to ask.",
            hint="Router rows hold text only; a conversation holds text, calls and results, and a decision to learn.",
        )
    asked = row.messages[: answer_turn(row)]
    system = [message for message in asked if message.get("role") == "system"]
    rest = [message for message in asked if message.get("role") != "system"]
    examples = [message for one in shown for message in one.messages if message.get("role") != "system"]
    turns = tuple(turn_of(message) for message in (*system, *examples, *rest))
    return Prompt(turns, tuple(msgspec.json.encode(tool).decode() for tool in row.tools))


def row_asked(prompt: Prompt, style: RowStyle) -> ChatRow:
    """What a prompt asks, as a row that a template writes."""
    tools = tuple(msgspec.json.decode(tool) for tool in prompt.tools)
    return ChatRow(tuple(write_turn(turn) for turn in prompt.turns), tools, style)


def turn_of(message: dict[str, Json]) -> Turn:
    """A turn with what a template reads of it: text, the calls it makes, the call it answers."""
    calls, content = message.get("tool_calls"), message.get("content")
    return Turn(
        role=str(message["role"]),
        content=content if isinstance(content, str) or content is None else msgspec.json.encode(content).decode(),
        calls=tuple(msgspec.json.encode(call).decode() for call in calls) if isinstance(calls, list) else (),
        call_id=_text_of(message, "tool_call_id"),
        name=_text_of(message, "name"),
    )


def _text_of(message: dict[str, Json], key: str) -> str | None:
    value = message.get(key)
    return value if isinstance(value, str) else None


def answer_turn(row: ChatRow) -> int:
    """A row is asked at its last decision: what was decided before is told."""
    return row.trained_turns()[-1]


def cut_decisions(row: ChatRow) -> tuple[ChatRow, ...]:
    """One row for each decision that is learnt, with all turns before it; a router's row is one already."""
    if row.style == "router":
        return (row,) if row.trained_turns() else ()
    return tuple(msgspec.structs.replace(row, messages=row.messages[: turn + 1]) for turn in row.trained_turns())


def _is_text(message: dict[str, object]) -> bool:
    return isinstance(message.get("content"), str) and not message.get("tool_calls") and message.get("role") != "tool"


def _is_text_or_call(message: dict[str, object]) -> bool:
    """A turn that calls may say nothing beside its calls."""
    content = message.get("content")
    return isinstance(content, str) or (content is None and bool(message.get("tool_calls")))
