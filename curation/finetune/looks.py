"""Looks at validation rows while training: how well does the model call tools now, and is it the best so far?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from curation.finetune.folders import filled_at_once, write_whole
from curation.finetune.journal import Journal
from curation.finetune.rows import ask, is_question
from curation.formats import get_format
from curation.formats.files import read_rows
from curation.llm.contract import ChatClient
from curation.metrics.answers import Answer
from curation.metrics.score import score_answers
from curation.model.example import Example
from curation.model.reading import Reading
from curation.rendering import ChatRow, RowStyle, read_chat_row

WATCHED = ("valid_call_rate", "tool_name_accuracy", "argument_match", "false_call_rate")
MAX_NEW_TOKENS = 128
BATCH_SIZE = 16


class Look(msgspec.Struct, frozen=True):
    """What one look saw."""

    step: int
    score: float
    metrics: dict[str, float]


class Question(msgspec.Struct, frozen=True):
    """A validation row, to ask and to judge by."""

    row: ChatRow
    gold: Example


def look_steps(steps: int, looks: int) -> frozenset[int]:
    """Evenly spaced steps, the last one among them."""
    if not looks:
        return frozenset()
    return frozenset(max(1, round(steps * (i + 1) / looks)) for i in range(looks))


def read_questions(path: Path, style: RowStyle, limit: int) -> tuple[Question, ...]:
    """The validation rows that can be asked, at most `limit` of them."""
    if not path.exists() or not limit:
        return ()
    with path.open("rb") as stream:
        rows = list(read_rows(stream, get_format("router" if style == "router" else "trl")))
    questions = (
        Question(read_chat_row(row.raw, style), row.result.example) for row in rows if isinstance(row.result, Reading)
    )
    return tuple(question for question in questions if is_question(question.row))[:limit]


def take_look(client: ChatClient, questions: Sequence[Question], step: int) -> Look:
    """Ask every question and score the answers with the metrics everybody uses."""
    prompts = [ask(question.row) for question in questions]
    replies = client.answer(prompts, MAX_NEW_TOKENS, BATCH_SIZE)
    answers = [Answer(text=reply.text) for reply in replies]
    is_router = questions[0].row.style == "router"
    report = score_answers([question.gold for question in questions], answers, router=is_router)
    found = {name: report.overall.metrics[name].value for name in WATCHED}
    metrics = {name: value for name, value in found.items() if value is not None}
    return Look(step, overall(metrics), metrics)


def overall(metrics: dict[str, float]) -> float:
    """One figure to choose a checkpoint by: what should be high, less what should be low."""
    return sum(-value if name == "false_call_rate" else value for name, value in metrics.items())


class BestSoFar:
    """Keeps the adapter of the best look in a folder of its own; survives a killed worker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record = folder.with_name("looks.json")
        self.looks = self._read()

    @property
    def best(self) -> Look | None:
        """The highest score; of equals the later, which has seen more."""
        return max(self.looks, key=lambda look: (look.score, look.step), default=None)

    def add(self, look: Look, save: Callable[[Path], Any]) -> bool:
        """Note a look; True when its adapter was kept because none was better."""
        earlier = self.best
        self.looks = [one for one in self.looks if one.step < look.step] + [look]
        is_best = earlier is None or look.score >= earlier.score
        if is_best:
            with filled_at_once(self.folder) as half_made:
                save(half_made)
        write_whole(self._record, msgspec.json.encode(self.looks))
        return is_best

    def forget_after(self, step: int) -> None:
        """Drop looks a resumed run is going to repeat."""
        self.looks = [look for look in self.looks if look.step <= step]

    def _read(self) -> list[Look]:
        try:
            return msgspec.json.decode(self._record.read_bytes(), type=list[Look])
        except (OSError, msgspec.DecodeError):
            return []


def describe_look(look: Look) -> str:
    shown = ", ".join(f"{name.replace('_', ' ')} {value:.0%}" for name, value in look.metrics.items())
    return f"Look at step {look.step}: {shown or 'nothing to measure'}."


def tell_look(journal: Journal, look: Look) -> None:
    metrics = {f"validation_{name}": value for name, value in look.metrics.items()}
    journal.say(describe_look(look), step=look.step, metrics=metrics)
