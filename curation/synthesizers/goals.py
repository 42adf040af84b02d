"""What a request is about: arguments drawn from a tool's schema, and the values a person must therefore say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from random import Random

import msgspec

from curation.execution.failures import explain_arguments
from curation.model.candidate import Deed
from curation.model.definition import Tool
from curation.model.values import Json
from curation.rules.folding import fold, plain_letters
from curation.rules.numerals import find_runs, read_counts, read_run
from curation.synthesizers.arguments import ArgumentDraws
from curation.synthesizers.contract import Order
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.speech import choose_speech
from curation.synthesizers.wordings import ToolWording, parameters_of, required_of

_UNWORDED = ToolWording("", ())
"""A model finds the words."""
_SMALL = 12
"""Numbers up to this are often said as words."""
_IN_CODES = r"\dA-Za-z\u00c0-\u04ff\uff21-\uff5a"
"""Letters that codes are written with: those of scripts without spaces are words around a figure."""
_FIGURE = re.compile(rf"(?<![{_IN_CODES}])[{_IN_CODES}]*\d[{_IN_CODES}_.,:/@+\u066b\u066c-]*")
_EDGE = ".,:;-/+"
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_LETTER = "[a-z\u00c0-\u04ff]"
"""Of a script that is written with spaces between words."""


class Fact(msgspec.Struct, frozen=True):
    """One value a person knows."""

    name: str
    about: str
    value: Json
    is_choice: bool = False
    """Whether it is one of a fixed list, so that it is said in other words."""


def values_of(order: Order) -> DomainValues:
    """Where an order's values come from, beside the schemas: an expert's list, and the domain the tools belong to."""
    return DomainValues(order.values, choose_speech(order.tools).parts)


def draw_goal(tool: Tool, draws: ArgumentDraws) -> Deed | None:
    """One call of the tool that its schema accepts; None when none can be drawn."""
    drawn = draws.draw(tool, _UNWORDED)
    return Deed(tool.name, drawn.arguments) if drawn is not None else None


def facts_of(tool: Tool, goal: Deed) -> tuple[Fact, ...]:
    """The values of a call as facts that a person knows."""
    return tuple(_fact(name, parameters_of(tool).get(name), value) for name, value in goal.arguments.items())


def _fact(name: str, schema: Json, value: Json) -> Fact:
    known = schema if isinstance(schema, dict) else {}
    described = known.get("description")
    is_choice = isinstance(value, bool) or "enum" in known or "const" in known
    return Fact(name, described if isinstance(described, str) else "", value, is_choice)


def spoil_arguments(tool: Tool, goal: Deed, rng: Random) -> dict[str, Json] | None:
    """The call with one mistake that its schema refuses."""
    mistakes = [one for one in _mistakes(tool, goal) if explain_arguments(tool, one)]
    return rng.choice(mistakes) if mistakes else None


def _mistakes(tool: Tool, goal: Deed) -> Iterator[dict[str, Json]]:
    for name, value in goal.arguments.items():
        if name in required_of(tool) and len(goal.arguments) > 1:
            yield {key: kept for key, kept in goal.arguments.items() if key != name}
        wrong = _wrong(value)
        if wrong is not None:
            yield goal.arguments | {name: wrong}


def _wrong(value: Json) -> Json:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return value.lower() if value.lower() != value else f"#{value}"
    return None


def find_unsaid(facts: Iterable[Fact], text: str) -> str:
    """The first value that a text had to say word for word and does not say; empty when all are there."""
    unsaid = (word for fact in facts if not fact.is_choice for word in words_of(fact.value) if not says(text, word))
    return next(unsaid, "")


def words_of(value: Json) -> list[str]:
    """The words in which a value can only be said."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, str):
        return [value] if fold(value) else []
    if isinstance(value, int | float):
        return [] if abs(value) <= _SMALL and float(value).is_integer() else [_plain_number(value)]
    parts = value.values() if isinstance(value, dict) else value
    return [word for part in parts for word in words_of(part)]


def _plain_number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def find_made_up(text: str, known: str) -> str:
    """The first number, code or date in a text that stands nowhere in what is known; empty when there is none."""
    return next((figure for figure in figures_in(text) if not says(known, figure)), "")


def says(text: str, words: str) -> bool:
    """Whether a text has these words: `b-4821` says `B4821`, `四十五` says `45`, neither `B4815` nor `1.5` says `15`.

    Either may write its figures in another script.
    """
    return any(_saying(said).search(form) for said in _forms(words) for form in _forms(text))


@lru_cache(maxsize=2048)
def _saying(words: str) -> re.Pattern[str]:
    pieces = _PIECE.findall(words)
    if not pieces:
        return re.compile("")
    # What separates two figures inside a number may not be left out, and a unit may stand right behind one.
    gaps = [_gap(words, one.end(), next_.start()) for one, next_ in pairwise(_PIECE.finditer(words))]
    middle = "".join(gap + re.escape(piece) for gap, piece in zip(["", *gaps], pieces, strict=True))
    is_number = words.strip(_EDGE).replace(".", "").isdecimal()
    after = rf"(?![0-9]|[.][0-9]|{_LETTER}+[0-9])" if is_number else f"(?!{_LETTER}|[0-9])"
    return re.compile(f"(?<!{_LETTER})(?<![0-9])(?<![0-9][.]){middle}{after}")


def _gap(words: str, start: int, end: int) -> str:
    is_point = words[start:end] in (".", ",") and words[start - 1].isdecimal() and words[end : end + 1].isdecimal()
    return r"[\W_]+" if is_point else r"[\W_]*"


@lru_cache(maxsize=256)
def _forms(text: str) -> tuple[str, ...]:
    """A text in plain letters, and where it counts in signs of Chinese or Japanese, with those in digits too."""
    plain = plain_letters(text)
    return tuple(dict.fromkeys((plain, read_counts(plain))))


def figures_in(text: str) -> list[str]:
    """The numbers, codes and dates of a text, but for small numbers."""
    figures = [found.group().strip(_EDGE) for found in _FIGURE.finditer(text)]
    counts = (run for run in find_runs(text) if read_run(run))
    return [figure for figure in (*figures, *counts) if not _is_small(figure)]


def _is_small(figure: str) -> bool:
    number = figure if figure.isdecimal() else read_run(figure)
    return number.isdecimal() and int(number) <= _SMALL
