"""What a model answered, before it is judged, and how such answers are read from a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from curation.errors import UnreadableError
from curation.formats.foreign import refuse_foreign
from curation.metrics.messages import read_message
from curation.model.example import Message
from curation.reading.strict import parse_strict


class Repair(msgspec.Struct, frozen=True, omit_defaults=True):
    """A further answer, after the validator's finding about the one before was said back."""

    text: str
    finding: str = ""
    tokens: int = 0
    latency_ms: float = 0.0
    message: str = ""
    """JSON text of the message, where it was given as one; `text` then says it for people."""
    cost: float | None = None
    is_empty: bool = False
    """Whether it said nothing at all."""
    is_cut: bool = False
    """Whether it ran out of tokens."""

    @property
    def answer(self) -> Answer:
        """It as if it had been the first."""
        if self.message:
            return Answer(message=read_message(self.message.encode()))
        return Answer(text=self.text, is_empty=self.is_empty)


class Answer(msgspec.Struct, frozen=True):
    """One answer: a native message or plain text, with what it cost."""

    text: str | None = None
    message: Message | None = None
    latency_ms: float | None = None
    tokens: int | None = None
    cost: float | None = None
    repairs: tuple[Repair, ...] = ()
    """Nothing here is scored with the answer; see `curation.metrics.repairs`."""
    is_closed: bool = False
    """Whether the answer ran out of tokens and a grammar wrote its end."""
    is_empty: bool = False
    """Whether the model was asked and said nothing at all: that is no decision against calling."""
    is_cut: bool = False
    """Whether the answer ran out of tokens and nothing wrote its end."""


class _Line(msgspec.Struct):
    """One line of anybody's answers file; other keys are ignored, those of a run among them."""

    text: str | None = None
    message: msgspec.Raw = msgspec.Raw(b"")
    latency_ms: float | None = None
    tokens: int | None = None
    cost: float | None = None


class _RunLine(_Line):
    """One line of the answers that a run of ours left."""

    repairs: tuple[Repair, ...] = ()
    is_closed: bool = False
    is_empty: bool = False
    is_cut: bool = False


def read_answers(stream: BinaryIO, name: str = "answers", *, is_run: bool = False) -> Iterator[Answer]:
    """Answers of a file, one a line, in order; blank lines at the end do not count.

    Args:
        stream: the file.
        name: what sentences call it.
        is_run: one of our runs wrote it, so that its repairs are read too.

    Raises:
        UnreadableError: a line is no answer, or the file is of another kind; the sentence names it.
    """
    blanks = 0
    for number, raw in enumerate(stream, 1):
        if number == 1:
            refuse_foreign(raw, name)
        if not raw.strip():
            blanks += 1
            continue
        if blanks:
            raise UnreadableError(f"Line {number - 1} of {name} is blank.", hint="Give one answer a row, in order.")
        yield read_answer_line(raw, f"Line {number} of {name}", is_run=is_run)


def read_answer_line(raw: bytes, where: str = "The answer", *, is_run: bool = False) -> Answer:
    """One answer from its line; `where` opens the sentence when it cannot be read."""
    try:
        line = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=_RunLine if is_run else _Line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"{where} is not an answer: {_say_why(raw, error)}", hint=_SHAPES) from error
    message = bytes(line.message)
    if (line.text is None) == (message in (b"", b"null")):
        raise UnreadableError(f"{where} must have either `text` or `message`.", hint=_SHAPES)
    return Answer(
        text=line.text,
        message=None if line.text is not None else _read_message(message, where),
        latency_ms=line.latency_ms,
        tokens=line.tokens,
        cost=line.cost,
        repairs=line.repairs if isinstance(line, _RunLine) else (),
        is_closed=isinstance(line, _RunLine) and line.is_closed,
        is_empty=isinstance(line, _RunLine) and line.is_empty,
        is_cut=isinstance(line, _RunLine) and line.is_cut,
    )


_OF_RUNS = ("repairs", "is_closed", "is_empty", "is_cut")
_SHAPES = 'Write {"text": "…"} or {"message": {…}}, one object a line.'


def _read_message(raw: bytes, where: str) -> Message:
    try:
        return read_message(raw)
    except UnreadableError as error:
        raise UnreadableError(f"{where} {error.message}", hint=_SHAPES) from error


def _say_why(raw: bytes, error: Exception) -> str:
    """What is wrong with a line that is no answer, as a sentence."""
    parsed = parse_strict(raw)
    if parsed.faults:
        fault = parsed.faults[0]
        return f"at column {fault.column}: {fault.message}"
    if not isinstance(parsed.value, dict):
        return "it is not an object."
    if not isinstance(parsed.value.get("text"), str | None):
        return "`text` is not a text."
    at = str(error).partition("`$.")[2].partition("`")[0]
    if at.startswith(_OF_RUNS):
        return f"`{at}` is not what a run writes there."
    return "`latency_ms`, `tokens` and `cost` must be numbers."
