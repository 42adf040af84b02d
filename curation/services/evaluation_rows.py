"""The rows of an evaluation side by side: what was asked, what is right, and what every model said."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.metrics.answers import Repair
from curation.metrics.report import Report
from curation.metrics.scored import Scored
from curation.model.example import Example, Message
from curation.model.values import Arguments
from curation.services.answer_details import read_answer
from curation.services.questions import Question
from db.evaluations import AnswerRecord


class GivenAnswer(msgspec.Struct, frozen=True):
    """What one model answered to one question."""

    text: str
    verdict: str
    failure: str | None
    """One word for what is wrong; None when it is right."""
    why: str
    latency_ms: float | None
    repairs: tuple[Repair, ...] = ()
    """What it answered when it was told what is wrong; none of it is scored here."""
    is_closed: bool = False
    """Whether a grammar, not the model, wrote the end."""
    is_cut: bool = False
    """Whether it ran out of tokens and has no end."""
    tokens: int | None = None


class AnsweredRow(msgspec.Struct, frozen=True):
    """One question with what is right and what each model said, in the order of `models`."""

    position: int
    example_id: str
    turn: int
    request: str
    expected: str
    answers: tuple[GivenAnswer | None, ...]

    @property
    def differs(self) -> bool:
        """Whether one model is right where another is wrong."""
        return len({one.failure is None for one in self.answers if one}) > 1


def make_rows(
    questions: Sequence[Question], reports: Sequence[Report | None], answers: Sequence[Sequence[AnswerRecord]]
) -> list[AnsweredRow]:
    """Every question with the answers of all models, in the order of their reports."""
    return [
        AnsweredRow(
            position=i,
            example_id=question.example_id,
            turn=question.turn,
            request=_request(question.gold),
            expected=_describe_turn(question.gold.messages[-1]),
            answers=tuple(
                _show_answer(stored[i], report.scored[i]) if report else None
                for report, stored in zip(reports, answers, strict=True)
            ),
        )
        for i, question in enumerate(questions)
    ]


def _show_answer(stored: AnswerRecord, scored: Scored) -> GivenAnswer:
    answer = read_answer(stored)
    return GivenAnswer(
        stored.text,
        scored.verdict.value,
        scored.failure,
        _explain(scored),
        latency_ms=stored.latency_ms,
        repairs=answer.repairs,
        is_closed=answer.is_closed,
        is_cut=answer.is_cut,
        tokens=stored.tokens,
    )


def _explain(scored: Scored) -> str:
    """The sentence of an invalid answer, or the arguments of a valid one that are not right."""
    if scored.given.why:
        return scored.given.why
    wrong = [f"{one.argument}: {one.outcome.value.replace('_', ' ')}" for one in scored.fields if not one.is_right]
    return ", ".join(wrong) if scored.failure == "wrong_arguments" else ""


def _request(example: Example) -> str:
    """What the decision answers: the last thing a person said, and the result that came after it."""
    told = [one for one in example.messages[:-1] if isinstance(one.content, str) and one.role in ("user", "tool")]
    asked = [at for at, one in enumerate(told) if one.role == "user"]
    since = told[asked[-1] :] if asked else told
    # Of several results the last one is what the decision is about.
    return " → ".join(str(one.content) for one in (*since[:1], *since[1:][-1:]))


def _describe_turn(message: Message) -> str:
    """The right answer in one line: calls as name and arguments, or the text with its reason."""
    if message.calls:
        return "; ".join(f"{call.name} {_arguments(call.arguments)}" for call in message.calls)
    reason = message.label.reason if message.label else None
    text = message.content if isinstance(message.content, str) else ""
    return f"no call ({reason}): {text}" if reason else f"no call: {text}"


def _arguments(arguments: object) -> str:
    return arguments.text if isinstance(arguments, Arguments) else ""
