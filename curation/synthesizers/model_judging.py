"""How a model is asked for its judgement of a drafted conversation; what it says is advice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.synthesizers.asking import read_answer, write_schema
from curation.synthesizers.contract import Drafter, Question
from curation.synthesizers.telling import standing_of, tell_tools, tell_turns

Fault = Literal[
    "none",
    "wrong_tool",
    "value_not_said",
    "not_asked",
    "should_ask",
    "should_call",
    "wrong_reason",
    "contradicts_result",
    "unnatural",
]
_SCHEMA = write_schema(
    {
        "fault": {"type": "string", "enum": list(Fault.__args__)},  # type: ignore[attr-defined]
        "turn": {"type": "integer"},
        "quote": {"type": "string"},
        "why": {"type": "string"},
    }
)


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the judge's prompt is answered with."""

    fault: Fault
    turn: int
    quote: str
    why: str


def judge_with(drafter: Drafter, tools: Mapping[str, Tool]) -> Callable[[Candidate], Judgement | None]:
    """What puts a candidate to the judge; None where there is no usable answer.

    Args:
        drafter: who is asked.
        tools: the tools by their names, for their policies.
    """

    def judge(candidate: Candidate) -> Judgement | None:
        definitions = candidate.example.tools if isinstance(candidate.example.tools, tuple) else ()
        data = {
            "standing": standing_of(candidate.example),
            "tools": tell_tools([tools.get(one.view.name or "", Tool(one)) for one in definitions]),
            "conversation": tell_turns(candidate.example.messages),
        }
        return read_answer(drafter.ask([Question("judge", data, _SCHEMA)])[0], Judgement)

    return judge
