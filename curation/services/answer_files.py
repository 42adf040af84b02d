"""Answers that a model gave elsewhere, from a file: every line laid beside the question that it answers."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import msgspec

from curation.errors import UnreadableError
from curation.metrics.answers import Answer, read_answers
from curation.model.example import Message
from curation.services.evaluation_matching import Waiting
from curation.services.questions import Question

MOST_NAMED = 3
"""Rows a sentence names before it counts the others."""
_HOW = (
    "Give one answer a row, in order, or let every line name its row: "
    '"row" (from 1), or "example_id" with "turn" where an example is asked more than once.'
)


class _Place(msgspec.Struct, frozen=True):
    """Which question a line answers, as far as it says."""

    row: int | None = None
    key: str | None = None
    example_id: str | None = None
    turn: int | None = None

    @property
    def is_named(self) -> bool:
        return self.row is not None or self.key is not None or self.example_id is not None


def read_answer_file(content: bytes, name: str, questions: Sequence[Question], *, is_native: bool) -> list[Answer]:
    """One answer to each question, in the order of the questions.

    Args:
        content: the file, as `callwright score` takes it; a line may say which row it answers.
        name: what sentences call it.
        questions: what was asked.
        is_native: whether plain text is what a model says that calls tools of its own.

    Raises:
        UnreadableError: a line is no answer, or the lines are not those of the questions; the sentence names them.
    """
    answers = list(read_answers(io.BytesIO(content), name))
    lines = [line for line in content.split(b"\n") if line.strip()]
    places = [_read_place(line, number, name) for number, line in enumerate(lines, 1)]
    at = _find_rows(places, name, questions) if any(one.is_named for one in places) else list(range(len(answers)))
    _require_all(at, name, questions)
    placed = dict(zip(at, answers, strict=True))
    return [_as_given(placed[row], is_native=is_native) for row in range(len(questions))]


def _as_given(answer: Answer, *, is_native: bool) -> Answer:
    """The words of a model that calls tools of its own are a message without a call."""
    if not is_native or answer.text is None:
        return answer
    return msgspec.structs.replace(answer, text=None, message=Message(role="assistant", content=answer.text))


def _read_place(line: bytes, number: int, name: str) -> _Place:
    try:
        return msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"), type=_Place)
    except msgspec.DecodeError as error:
        raise UnreadableError(
            f"Line {number} of {name} does not say which row it answers: "
            "`row` and `turn` are whole numbers, `example_id` and `key` are texts.",
            hint=_HOW,
        ) from error


def _find_rows(places: Sequence[_Place], name: str, questions: Sequence[Question]) -> list[int]:
    """Position of the question that each line answers."""
    known = _Known(questions)
    seen: dict[int, int] = {}
    for number, place in enumerate(places, 1):
        where = f"Line {number} of {name}"
        if not place.is_named:
            raise UnreadableError(f"{where} does not say which row it answers, and other lines do.", hint=_HOW)
        at = known.find(place, where)
        if at in seen:
            raise UnreadableError(f"{where} answers row {at + 1} again, as line {seen[at]} does.", hint=_HOW)
        seen[at] = number
    return list(seen)


class _Known:
    """The questions by every name they have."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._n = len(questions)
        self._by_key = Waiting([one.key for one in questions])
        self._by_turn = Waiting([(one.example_id, one.turn) for one in questions])
        self._by_example = Waiting([one.example_id for one in questions])

    def find(self, place: _Place, where: str) -> int:
        if place.key is not None:
            return self._need(self._by_key.take(place.key), f"{where} answers no row that is asked")
        if place.row is not None:
            at = place.row - 1
            return self._need(at if 0 <= at < self._n else None, f"{where} answers row {place.row:,}")
        if place.turn is not None:
            found = self._by_turn.take((place.example_id, place.turn))
            return self._need(found, f"{where} answers turn {place.turn} of `{place.example_id}`, which is not asked")
        return self._need(
            self._by_example.take(place.example_id), f"{where} answers `{place.example_id}`, which is not asked (again)"
        )

    def _need(self, at: int | None, why: str) -> int:
        if at is None:
            raise UnreadableError(f"{why}; {self._n:,} rows are asked.", hint=_HOW)
        return at


def _require_all(at: Sequence[int], name: str, questions: Sequence[Question]) -> None:
    """Every row has its answer, and no line is left over."""
    if len(at) > len(questions):
        first, last = len(questions) + 1, len(at)
        which = f"line {first} is" if first == last else f"lines {first} to {last} are"
        raise UnreadableError(
            f"{name} has {len(at):,} answers, and {len(questions):,} rows are asked: {which} left over.", hint=_HOW
        )
    answered = set(at)
    missing = [row for row in range(len(questions)) if row not in answered]
    if missing:
        named = ", ".join(_name_row(row, questions[row]) for row in missing[:MOST_NAMED])
        more = f" and {len(missing) - MOST_NAMED:,} more" if len(missing) > MOST_NAMED else ""
        raise UnreadableError(
            f"{name} has {len(at):,} answers, and {len(questions):,} rows are asked. No answer to {named}{more}.",
            hint=_HOW,
        )


def _name_row(row: int, question: Question) -> str:
    return f"row {row + 1} (example {question.example_id}, turn {question.turn})"


def write_questions(questions: Sequence[Question], rows: Sequence[bytes]) -> Iterator[bytes]:
    """The questions, for a model that answers elsewhere: names, turns and tools, never what is right."""
    for number, (question, row) in enumerate(zip(questions, rows, strict=True), 1):
        named = {"row": number, "key": question.key, "example_id": question.example_id, "turn": question.turn}
        yield msgspec.json.encode(named)[:-1] + b"," + row[1:] + b"\n"
