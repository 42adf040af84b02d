"""A person's request in other words, with the calls kept: every value that is called with is still said."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import msgspec

from curation.model.example import Example
from curation.model.parameter import Parameter
from curation.rules.folding import fold
from curation.synthesizers.asking import read_answer, write_schema
from curation.synthesizers.contract import Answer, Asks, Candidate, Order, Question, Synthesizer
from curation.synthesizers.goals import find_made_up, says
from curation.synthesizers.retelling import candidate_of, put_anew, take_in_turn, values_to_keep
from curation.synthesizers.rounds import ask_in_rounds, require_drafter
from curation.synthesizers.situations import voice_of
from curation.synthesizers.talking import LONGEST_MESSAGE
from curation.synthesizers.telling import said_in, tell_call, tell_lines, tell_turns

NAME = "rewording"
OPENING, ANY = "opening", "any"
_SCHEMA = write_schema({"message": {"type": "string"}})


class _Reworded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    message: str


class _Turn(msgspec.Struct, frozen=True):
    """One turn to be reworded."""

    example: Example
    number: int

    @property
    def text(self) -> str:
        return said_in(self.example.messages[self.number].content)


def draft(order: Order) -> Iterator[Candidate]:
    """The seeds' requests in other words, none of them twice.

    Raises:
        BudgetSpentError: nothing more may be asked.
    """
    drafter = require_drafter(order, NAME)
    seen: set[str] = set()
    for turn, answer in ask_in_rounds(drafter, _questions(order)):
        text, trouble = _read(turn, answer)
        if trouble or fold(text) in seen:
            drafter.give_up(trouble or "said_before")
            continue
        seen.add(fold(text))
        yield candidate_of(put_anew(turn.example, {turn.number: text}), NAME, (answer.exchange,))


def _questions(order: Order) -> Iterator[tuple[_Turn, Question]]:
    for number, example in take_in_turn(order, NAME):
        rng = Random(f"{order.seed}/{NAME}/{number}")
        turns = [at for at, one in enumerate(example.messages) if one.role == "user" and said_in(one.content).strip()]
        if turns:
            turn = _Turn(example, rng.choice(turns) if order.parameters.get("turn") == ANY else turns[0])
            yield turn, _question(turn, voice_of(order.voice, rng))


def _question(turn: _Turn, voice: str) -> Question:
    calls = [tell_call(call) for message in turn.example.messages for call in message.calls or ()]
    data = {
        "message": turn.text,
        "conversation": tell_turns(turn.example.messages[: turn.number]),
        "calls": tell_lines(calls),
        "keep": _listed(values_to_keep(turn.example, turn.text)),
        "voice": voice,
    }
    return Question("reword", data, _SCHEMA)


def _listed(values: tuple[str, ...]) -> str:
    return "\n".join(msgspec.json.encode(value).decode() for value in values) or "(nothing)"


def _read(turn: _Turn, answer: Answer) -> tuple[str, str]:
    """The new words, or why there are none."""
    read = read_answer(answer, _Reworded)
    text = read.message.strip() if read else ""
    if not text:
        return "", "no_answer" if answer.trouble else "unreadable"
    if len(text) > LONGEST_MESSAGE:
        return "", "too_long"
    if fold(text) == fold(turn.text):
        return "", "same_words"
    if any(not says(text, value) for value in values_to_keep(turn.example, turn.text)):
        return "", "value_left_out"
    known = tell_turns(turn.example.messages[: turn.number + 1])
    return text, "value_made_up" if find_made_up(text, known) else ""


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Requests in other words",
    about="More ways to say what accepted examples ask for: a model rewords a turn, the calls stay as they are.",
    needs=frozenset({"model", "examples"}),
    asks=Asks(("reword",)),
    parameters=(
        Parameter(
            "turn",
            "Turn that is reworded",
            "choice",
            OPENING,
            why="The opening decides which tool fits; later turns mostly give a value.",
            choices=(OPENING, ANY),
        ),
    ),
    draft=draft,
)
