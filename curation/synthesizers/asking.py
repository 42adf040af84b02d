"""Puts a strategy's questions to a model: prompt and data become one text, and what comes back is counted.

Who is asked, at which pace and within which budget is the business of the desk behind `ask_all`. Nothing in here holds
a key or a tool: a model's answer is a value to be read, and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from curation.errors import BudgetSpentError
from curation.llm.contract import Prompt
from curation.model.values import Json
from curation.synthesizers.contract import Answer, Question
from curation.synthesizers.prompts import Prompts

Shape = TypeVar("Shape")


class Outcome(Protocol):
    """What the desk brings back for one prompt."""

    @property
    def exchange(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def value(self) -> Json: ...
    @property
    def trouble(self) -> str: ...


REPEATED = "The answer repeats the instructions it was given."
_MARK = re.compile(r"\[\[end of name ([0-9a-f]+)\]\]")
_SENTENCE = re.compile(r"[.\n]")
_TELLING = 50
"""Characters from which on a sentence is nobody's by chance."""
AskAll = Callable[[Sequence[Prompt]], Sequence[Outcome]]


class PromptDrafter:
    """The drafter of one order."""

    def __init__(self, ask_all: AskAll, prompts: Prompts, *, seed: int = 0) -> None:
        """Prepare.

        Args:
            ask_all: puts prompts to a model, within pace and budget.
            prompts: the project's.
            seed: the order's, for the fence around data.
        """
        self._ask_all = ask_all
        self._prompts = prompts
        self._seed = seed
        self.n_asked = 0
        self.troubles: Counter[str] = Counter()
        """Why answers or conversations were given up → how often."""

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """The answers, in order.

        Raises:
            BudgetSpentError: nothing more may be asked; its `came` holds the answers to the first of them.
        """
        filled = [
            self._prompts.fill(question.prompt, question.data, seed=self._seed, schema=question.schema)
            for question in questions
        ]
        try:
            return self._read(filled, self._ask_all(filled) if filled else [])
        except BudgetSpentError as spent:
            spent.came = tuple(self._read(filled[: len(spent.came)], spent.came))
            raise

    def _read(self, filled: Sequence[Prompt], outcomes: Sequence[Outcome]) -> list[Answer]:
        self.n_asked += len(outcomes)
        answers = [_answer(prompt, one) for prompt, one in zip(filled, outcomes, strict=True)]
        self.troubles.update(answer.trouble for answer in answers if answer.trouble)
        return answers

    def give_up(self, why: str) -> None:
        """Count a draft that came to nothing by its reason."""
        self.troubles[why] += 1


def _answer(prompt: Prompt, outcome: Outcome) -> Answer:
    """The answer, unless it hands out what it was told: a draft is no place for instructions."""
    if not outcome.trouble and repeats_instructions(prompt, outcome.text):
        return Answer(outcome.exchange, outcome.text, trouble=REPEATED)
    return Answer(outcome.exchange, outcome.text, outcome.value, outcome.trouble)


def repeats_instructions(prompt: Prompt, text: str) -> bool:
    """Whether a text holds a sentence of the prompt's instructions, or the mark of its fence."""
    instructions = prompt.turns[0].content or ""
    marks = set(_MARK.findall(instructions))
    sentences = (part.strip() for part in _SENTENCE.split(instructions))
    said = " ".join(text.split()).casefold()
    return any(mark in said for mark in marks) or any(
        len(one) >= _TELLING and " ".join(one.split()).casefold() in said for one in sentences
    )


def read_answer(answer: Answer, shape: type[Shape]) -> Shape | None:
    """The answer as its typed shape; None when it has another one. Nothing is guessed or mended."""
    if answer.trouble:
        return None
    try:
        return msgspec.convert(answer.value, shape)
    except msgspec.ValidationError:
        return None


def object_of(properties: dict[str, Json]) -> dict[str, Json]:
    """JSON schema of an object that has exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def write_schema(properties: dict[str, Json]) -> str:
    """The same as text, for a question."""
    return msgspec.json.encode(object_of(properties)).decode()
