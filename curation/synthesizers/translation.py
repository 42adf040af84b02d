"""Whole conversations in another language: people and assistant speak it, calls, results and tools stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import msgspec

from curation.errors import CurationError
from curation.model.example import Example
from curation.model.parameter import Parameter
from curation.rules.folding import fold
from curation.rules.languages import OTHER, language_of
from curation.synthesizers.asking import object_of, read_answer, write_schema
from curation.synthesizers.contract import Answer, Asks, Candidate, Order, Question, Synthesizer
from curation.synthesizers.goals import find_made_up, says
from curation.synthesizers.retelling import candidate_of, put_anew, take_in_turn, values_to_keep
from curation.synthesizers.rounds import ask_in_rounds, require_drafter
from curation.synthesizers.talking import LONGEST_MESSAGE
from curation.synthesizers.telling import said_in, tell_lines

NAME = "translation"
DEFAULT_LANGUAGE = "German"
_SPEAKERS = {"user": "person", "assistant": "assistant"}
_SCHEMA = write_schema(
    {
        "messages": {
            "type": "array",
            "items": object_of({"number": {"type": "integer"}, "text": {"type": "string"}}),
        }
    }
)
_QUESTION = re.compile(r"[?？؟\u037e]|;\s*$")
"""How questions end, in Chinese, Arabic and Greek too."""
_LISTED = re.compile(r"\s*[,;]\s*")


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    text: str


class _Translated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    messages: tuple[_Line, ...]


class _Task(msgspec.Struct, frozen=True):
    """One conversation and the language it goes into."""

    example: Example
    language: str

    @property
    def texts(self) -> dict[int, str]:
        """What was said by people and assistant, by turn."""
        return {
            number: text
            for number, message in enumerate(self.example.messages)
            if message.role in _SPEAKERS and (text := said_in(message.content)).strip()
        }


def draft(order: Order) -> Iterator[Candidate]:
    """The seeds in other languages, each pair of seed and language once.

    Raises:
        BudgetSpentError: nothing more may be asked.
    """
    drafter = require_drafter(order, NAME)
    for task, answer in ask_in_rounds(drafter, _questions(order)):
        texts, trouble = _read(task, answer)
        if trouble:
            drafter.give_up(trouble)
            continue
        yield candidate_of(put_anew(task.example, texts), NAME, (answer.exchange,))


def languages_of(order: Order) -> tuple[str, ...]:
    """The languages asked for: of the order's voice, else of its parameter."""
    listed = str(order.parameters.get("languages") or DEFAULT_LANGUAGE)
    languages = order.voice.languages or tuple(name for name in _LISTED.split(listed.strip()) if name)
    if not languages:
        raise CurationError("No language is named to translate into.", hint="Name one, such as German.")
    return languages


def _questions(order: Order) -> Iterator[tuple[_Task, Question]]:
    languages = languages_of(order)
    rng = Random(f"{order.seed}/{NAME}/languages")
    seen: dict[int, list[str]] = {}
    for _, example in take_in_turn(order, NAME):
        left = seen.setdefault(id(example), rng.sample(languages, len(languages)))
        task = _Task(example, left.pop()) if left else None
        if task is not None and task.texts:
            yield task, _question(task)


def _question(task: _Task) -> Question:
    lines = (
        {"number": number, "by": _SPEAKERS[str(task.example.messages[number].role)], "text": text}
        for number, text in task.texts.items()
    )
    kept = values_to_keep(task.example, "\n".join(task.texts.values()))
    data = {
        "messages": tell_lines(lines),
        "language": task.language,
        "keep": "\n".join(msgspec.json.encode(value).decode() for value in kept) or "(nothing)",
    }
    return Question("translate", data, _SCHEMA)


def _read(task: _Task, answer: Answer) -> tuple[dict[int, str], str]:
    """The translated turns, or why there are none."""
    read = read_answer(answer, _Translated)
    if read is None:
        return {}, "no_answer" if answer.trouble else "unreadable"
    texts = {line.number: line.text.strip() for line in read.messages}
    if len(texts) != len(read.messages) or texts.keys() != task.texts.keys() or not all(texts.values()):
        return {}, "turns_left_out"
    return texts, _fault(task, texts)


def _fault(task: _Task, texts: dict[int, str]) -> str:
    if any(len(text) > LONGEST_MESSAGE for text in texts.values()):
        return "too_long"
    for number, old in task.texts.items():
        if any(not says(texts[number], value) for value in values_to_keep(task.example, old)):
            return "value_left_out"
        if find_made_up(texts[number], old):
            return "value_made_up"
        if _asks_back(task, number) and not _QUESTION.search(texts[number]):
            return "question_lost"
    if all(fold(text) == fold(old) for text, old in zip(_in_order(texts), _in_order(task.texts), strict=True)):
        return "not_translated"
    was, told = (language_of(" ".join(lines.values())) for lines in (task.texts, texts))
    return "not_translated" if told == was and told not in (task.language, OTHER) else ""


def _asks_back(task: _Task, number: int) -> bool:
    """Whether a turn asks for what is open, in so many words."""
    label = task.example.messages[number].label
    return label is not None and label.reason == "missing_information" and "?" in task.texts[number]


def _in_order(texts: dict[int, str]) -> list[str]:
    return [text for _, text in sorted(texts.items())]


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Other languages",
    about="Accepted conversations in other languages, with the same calls; values that are called with stay as said.",
    needs=frozenset({"model", "examples"}),
    asks=Asks(("translate",), tokens_out=300),
    is_judged=True,
    parameters=(
        Parameter(
            "languages",
            "Languages",
            "text",
            DEFAULT_LANGUAGE,
            why="English names with commas between them; the languages of the order's voice go first.",
        ),
    ),
    draft=draft,
)
