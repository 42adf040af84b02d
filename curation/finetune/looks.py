"""Looks at validation rows while training: how well does the model call tools now, and is it the best so far?"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from curation.files import PRIVATE_MODE, put_whole
from curation.finetune.answer_lengths import LEAST
from curation.finetune.folders import filled_at_once
from curation.finetune.journal import Journal
from curation.finetune.rows import ask, cut_decisions, is_question
from curation.formats import get_format
from curation.formats.files import read_rows
from curation.llm.contract import ChatClient
from curation.metrics.answers import Answer
from curation.metrics.score import score_answers
from curation.model.example import Example
from curation.model.reading import Reading
from curation.rendering import FORMAT_OF_STYLE, ChatRow, RowStyle, read_chat_row

WATCHED = ("valid_call_rate", "tool_name_accuracy", "argument_match", "false_call_rate")
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


class Sampled(NamedTuple):
    """The questions of all looks, and how many decisions of the validation rows are none."""

    questions: tuple[Question, ...] = ()
    n_unasked: int = 0
    n_decisions: int = 0


def read_questions(
    path: Path, style: RowStyle, limit: int, can_ask: Callable[[ChatRow], bool] = is_question
) -> Sampled:
    """A sample of the decisions that can be asked; it depends on nothing but their content."""
    if not path.exists() or not limit:
        return Sampled()
    with path.open("rb") as stream:
        rows = list(read_rows(stream, get_format(FORMAT_OF_STYLE[style])))
    found = [one for row in rows if isinstance(row.result, Reading) for one in _cut(row.raw, row.result, style)]
    asked = [(key, question) for key, question in found if can_ask(question.row)]
    sample = sorted(asked, key=lambda one: one[0])[:limit]
    return Sampled(tuple(question for _, question in sample), len(found) - len(asked), len(found))


def _cut(raw: bytes, reading: Reading, style: RowStyle) -> Iterator[tuple[bytes, Question]]:
    """A question for each decision of a row, with what a sample is drawn by; what is right is its last turn."""
    for row in cut_decisions(read_chat_row(raw, style)):
        n_turns = len(row.messages)
        named = raw if style == "router" else b"%d %s" % (n_turns, raw)
        messages = reading.example.messages[:n_turns]
        yield hashlib.sha256(named).digest(), Question(row, msgspec.structs.replace(reading.example, messages=messages))


def take_look(client: ChatClient, questions: Sequence[Question], step: int, longest: int = LEAST) -> Look:
    """Ask every question and score the answers, of so many tokens at most, with the metrics everybody uses."""
    prompts = [ask(question.row) for question in questions]
    replies = client.answer(prompts, longest, BATCH_SIZE)
    answers = [Answer(text=reply.text) for reply in replies]
    is_router = questions[0].row.style == "router"
    report = score_answers([question.gold for question in questions], answers, router=is_router)
    found = {name: report.overall.metrics[name].value for name in WATCHED}
    metrics = {name: value for name, value in found.items() if value is not None}
    return Look(step, overall(metrics), metrics)


def overall(metrics: dict[str, float]) -> float:
    """One figure to choose a checkpoint by.

    A false call already costs tool-name accuracy, over all rows of the look. Its own rate stands on a handful of rows,
    so that one row more or less would outweigh everything learned since.
    """
    return sum(value for name, value in metrics.items() if name != "false_call_rate")


class BestSoFar:
    """Keeps the adapter of each look that was the best when it was taken; survives a killed worker.

    One folder a look: a resumed run may have to fall back to an earlier one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._record = folder.with_name("looks.json")
        self.looks = self._read()

    @property
    def best(self) -> Look | None:
        """The highest score; of equals the later, which has seen more."""
        return max(self.looks, key=lambda look: (look.score, look.step), default=None)

    def adapter_of(self, look: Look) -> Path:
        return self._folder / f"step-{look.step}"

    def add(self, look: Look, save: Callable[[Path], Any]) -> bool:
        """Note a look; True when its adapter was kept because none was better."""
        earlier = self.best
        is_best = earlier is None or look.score >= earlier.score
        if is_best:
            with filled_at_once(self.adapter_of(look)) as half_made:
                save(half_made)
        self.looks = [one for one in self.looks if one.step < look.step] + [look]
        put_whole(self._record, msgspec.json.encode(self.looks), PRIVATE_MODE)
        return is_best

    def tidy(self) -> None:
        """Remove the adapters kept; the chosen one is part of the model by now."""
        shutil.rmtree(self._folder, ignore_errors=True)

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
