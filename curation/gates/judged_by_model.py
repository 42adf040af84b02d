"""A language model reads each candidate as a reviewer would: its reasons are kept, and decide where a lead says so.

A model can be talked into anything by the text it reads. So it can never let through what another gate refuses, and
by itself it refuses nothing: it gives advice. Where its word is to count, it has to quote what it objects to; but
what no rule can read, such as a translation, does not pass without its good word, whatever it quotes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from curation.gates.contract import PASSED, Bench, Gate, Opinion, Verdict
from curation.model.candidate import Candidate
from curation.model.example import Message

NAME = "judged_by_model"
NO_ANSWER = "no_answer"
"""The judge was silent: nothing is known, and nothing is held against the candidate."""


class Judged(Protocol):
    """What a model said of one candidate."""

    @property
    def fault(self) -> str: ...
    @property
    def turn(self) -> int: ...
    @property
    def quote(self) -> str: ...
    @property
    def why(self) -> str: ...


_UNREAD = "The judge gave no answer, and no rule reads this language; order it again."
Judge = Callable[[Candidate], Judged | None]


def gate_with(judge: Judge, by: str = "a model", *, is_compulsory: bool = False) -> Gate:
    """The gate of one order. A strictness of 1 under its name makes the model's word count.

    Args:
        judge: puts a candidate to the model.
        by: the model's name.
        is_compulsory: whether nothing passes without the model's good word, as no rule can read what is said.
    """
    return Gate(NAME, "A model's judgement", lambda bench: _Look(bench, judge, by, is_compulsory=is_compulsory))


class _Look:
    """The judge at work."""

    def __init__(self, bench: Bench, judge: Judge, by: str, *, is_compulsory: bool) -> None:
        self._judge = judge
        self._by = by
        self._last: tuple[Candidate, Opinion] | None = None
        self._advice: Counter[str] = Counter()
        self._is_compulsory = is_compulsory
        self._decides = is_compulsory or bench.strictness.get(NAME, 0.0) >= 1.0

    def judge(self, candidate: Candidate) -> Verdict:
        """Advice, or a refusal where the judge's word counts and it shows what it objects to.

        Raises:
            BudgetSpentError: nothing more may be asked.
        """
        said = self._judge(candidate)
        self._last = (candidate, self._note(said))
        return self._weigh(candidate, said)

    def opinion(self) -> Opinion:
        return self._last[1] if self._last else Opinion(self._by, NO_ANSWER)

    def _note(self, said: Judged | None) -> Opinion:
        if said is None:
            return Opinion(self._by, NO_ANSWER)
        return (
            Opinion(self._by)
            if said.fault == "none"
            else Opinion(self._by, said.fault, said.why, said.quote, said.turn)
        )

    def _weigh(self, candidate: Candidate, said: Judged | None) -> Verdict:
        if said is None:
            return Verdict(not self._is_compulsory, NO_ANSWER, _UNREAD if self._is_compulsory else "")
        if said.fault == "none":
            return PASSED
        told = f"Turn {said.turn}: {said.why} (“{said.quote}”)"
        refuses = self._is_compulsory or (
            self._decides and _stands_there(candidate.example.messages, said.turn, said.quote)
        )
        return Verdict(not refuses, said.fault, told)

    def keep(self, candidate: Candidate) -> None:
        """What it thinks of those that passed is counted; one candidate says nothing about the next."""
        if self._last and self._last[0] is candidate and self._last[1].fault:
            self._advice[self._last[1].fault] += 1

    def figures(self) -> dict[str, float]:
        """Fault → how many that passed the judge doubts for it."""
        return {reason: float(count) for reason, count in sorted(self._advice.items())}


def _stands_there(messages: tuple[Message, ...], turn: int, quote: str) -> bool:
    """Whether a turn has the words that a judge quotes from it."""
    if not 0 <= turn < len(messages) or not quote.strip():
        return False
    message = messages[turn]
    texts = [message.content if isinstance(message.content, str) else ""]
    texts += [f"{call.name} {getattr(call.arguments, 'text', '')}" for call in message.calls or ()]
    return any(_plain(quote) in _plain(text) for text in texts)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
