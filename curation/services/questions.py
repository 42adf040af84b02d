"""The questions of a dataset version: one per decision, each with the row a model is asked by and what is right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from curation.formats import get_format
from curation.model.example import Example
from curation.model.states import Portion
from curation.model.values import Exact, Json
from curation.rendering import FORMAT_OF_STYLE, RowStyle
from curation.services.freezing import DatasetItem, read_items
from curation.services.workspace import Workspace

NOT_LEARNT = Exact("0")


class Question(msgspec.Struct, frozen=True):
    """One decision of a frozen example, ready to be asked."""

    example_id: str
    turn: int
    row: bytes
    """The row up to and including the right answer, in the format of the style."""
    gold: Example
    """The example cut off after the decision, labels and acceptable values kept."""
    key: str
    """Names the question by its content: orders a sample alike on every machine, and is kept with each answer."""


class Pool(msgspec.Struct, frozen=True):
    """The questions of a split, and how many decisions that are to be learnt it has."""

    questions: tuple[Question, ...]
    n_decisions: int

    @property
    def n_unasked(self) -> int:
        """Decisions that cannot be asked in this way: nothing that is counted says anything about them."""
        return self.n_decisions - len(self.questions)


def read_pool(ws: Workspace, dataset_id: str, split: Portion, style: RowStyle, *, every_turn: bool = False) -> Pool:
    """All decisions of a split that can be asked, in order.

    Args:
        ws: the workspace.
        dataset_id: a frozen version.
        split: the part of it.
        style: how its rows are written. The router's stop at the first turn that they cannot hold.
        every_turn: whether a conversation is asked at each of its decisions. Looks of old asked it at the first one.
    """
    found: list[Question] = []
    n_decisions = 0
    for item in read_items(ws, dataset_id, split):
        decisions = _decisions(item.example)
        n_decisions += len(decisions)
        if style == "router":
            found += _ask_router(item, decisions)
        else:
            found += _ask_talk(item, decisions if every_turn else decisions[:1])
    return Pool(tuple(found), n_decisions)


def count_decisions(ws: Workspace, dataset_id: str, split: Portion) -> int:
    """How many rows are asked at most: a conversation gives one for each of its decisions."""
    return sum(len(_decisions(item.example)) for item in read_items(ws, dataset_id, split))


def read_questions(
    ws: Workspace,
    dataset_id: str,
    split: Portion,
    style: RowStyle,
    limit: int | None = None,
    *,
    every_turn: bool = False,
) -> tuple[Question, ...]:
    """All decisions of a split, or a sample of them that depends on nothing but their content, in order.

    A sample holds decisions with and without a call in the split's own shares, and from two on at least one of each:
    otherwise the false-call rate of a short look would often count nothing. A larger sample contains the smaller one.
    """
    found = read_pool(ws, dataset_id, split, style, every_turn=every_turn).questions
    return tuple(found[at] for at in draw_sample(found, limit))


def draw_sample(questions: Sequence[Question], limit: int | None) -> list[int]:
    """Positions of the questions that are asked, in order."""
    if limit is None or limit >= len(questions):
        return list(range(len(questions)))
    return sorted(_evenly(questions)[:limit])


def _evenly(questions: Sequence[Question]) -> list[int]:
    """Positions of the questions, both kinds spread evenly over the whole order; inside a kind the key decides."""
    ranked: list[tuple[float, str, int]] = []
    for wants_call in (True, False):
        kind = [at for at, one in enumerate(questions) if bool(one.gold.messages[-1].calls) is wants_call]
        kind.sort(key=lambda at: (questions[at].key, at))
        ranked += [(place / len(kind), questions[at].key, at) for place, at in enumerate(kind)]
    return [at for _, _, at in sorted(ranked)]


def _ask_router(item: DatasetItem, decisions: Sequence[int]) -> Iterator[Question]:
    """The writer makes one row a decision, in order, and stops at the first it cannot write: the rest is unasked."""
    rows = _write(item.example, "router")
    yield from (_question(item, turn, row) for turn, row in zip(decisions, rows, strict=False))


def _ask_talk(item: DatasetItem, decisions: Sequence[int]) -> Iterator[Question]:
    """A row for each decision, which ends with it: the calls and results before it are told."""
    for turn in decisions:
        yield from (_question(item, turn, row) for row in _write(_cut(item.example, turn), "conversation"))


def write_native(question: Question) -> bytes:
    """The turns and tools of a question as hosts take them, without what is right."""
    asked = msgspec.structs.replace(question.gold, messages=question.gold.messages[:-1], acceptable=None)
    write = get_format("openai").write
    return write(asked).rows[0] if write else b""


def _write(example: Example, style: RowStyle) -> tuple[bytes, ...]:
    write = get_format(FORMAT_OF_STYLE[style]).write
    return write(example).rows if write else ()


def _question(item: DatasetItem, turn: int, row: bytes) -> Question:
    key = hashlib.sha256(f"{item.body_hash} {turn}".encode()).hexdigest()
    return Question(item.example_id, turn, row, _cut(item.example, turn), key)


def _decisions(example: Example) -> list[int]:
    """The assistant turns that are to be learnt."""
    return [i for i, m in enumerate(example.messages) if m.role == "assistant" and m.weight != NOT_LEARNT]


def _cut(example: Example, turn: int) -> Example:
    """The example up to this turn, with the acceptable values of the calls in it."""
    return msgspec.structs.replace(
        example, messages=example.messages[: turn + 1], acceptable=_acceptable_of(example, turn)
    )


def _acceptable_of(example: Example, turn: int) -> tuple[dict[str, dict[str, list[Json]]], ...] | None:
    """One object a call: of all calls when there are as many, else of the last turn that calls."""
    counts = [len(message.calls or ()) for message in example.messages]
    listed = example.acceptable
    if not listed or not counts[turn]:
        return None
    if len(listed) == sum(counts):
        start = sum(counts[:turn])
        return listed[start : start + counts[turn]]
    return None if any(counts[turn + 1 :]) else listed
