"""Scenarios: plain records of what happened, told as conversations."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence

import msgspec

from curation.errors import CurationError
from curation.execution.failures import kind_of
from curation.model.candidate import Candidate
from curation.model.example import Label
from curation.model.parameter import Parameter
from curation.model.values import Json
from curation.synthesizers.choices import choices_in
from curation.synthesizers.contract import Cell, Order, Shortfall, Synthesizer
from curation.synthesizers.details import say_choice
from curation.synthesizers.failing import sentence
from curation.synthesizers.filling import SYSTEM, WORDINGS, Wanted, fill, open_stage
from curation.synthesizers.generic import label_of
from curation.synthesizers.outcomes import tell_outcome
from curation.synthesizers.record_matching import BROUGHT, Match, NoMatch, match_record
from curation.synthesizers.recovery_words import action_of, word
from curation.synthesizers.reframing import word_request
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.stage import Stage
from curation.synthesizers.story import Story, deed
from curation.synthesizers.voice import Manner

NAME = "scenarios"
KIND = "scenario"
_SAID = ("request", "utterance", "question", "message", "query")
"""Fields that may hold a person's own words."""
_SPOKEN = re.compile(r"(?i)\b(?:i|my|me|we|our|us|you|your|please|what|when|where|which|who|why|how)\b|[?!]\s*$")
"""What tells words that are said to somebody from search terms, subject lines and codes."""
_FAILED = ("error", "failure")
_MOST_TOLD = 20
"""Records that fit no tool and are told of one by one."""


class _Told(msgspec.Struct, frozen=True):
    """A record with the tool it fits."""

    record: dict[str, Json]
    match: Match
    group: str


def draft(order: Order) -> Iterator[Candidate]:
    """A conversation for each record in turn, as often as the count allows, worded differently each time."""
    if not order.records:
        raise CurationError("There is no scenario record.", hint="Give one JSON object for each thing that happened.")
    scene = open_stage(order)
    mapping = _read_mapping(str(order.parameters.get("mapping") or ""))
    records = list(_match(order, scene, mapping))
    yield from fill(order, NAME, {"positive": (KIND,)}, _Scenarios(scene, records).draft, stage=scene)


def _read_mapping(text: str) -> dict[str, str]:
    """`field = parameter` on each line, or parted by commas."""
    parts = (part.partition("=") for line in text.splitlines() for part in line.split(",") if part.strip())
    pairs = {field.strip(): parameter.strip() for field, _, parameter in parts}
    for field, parameter in pairs.items():
        if not field or not parameter:
            raise CurationError(
                f"The mapping has no pair at `{field or parameter}`.", hint="Write `field = parameter` on each line."
            )
    return pairs


def _match(order: Order, scene: Stage, mapping: dict[str, str]) -> Iterator[_Told]:
    n_short = 0
    for number, record in enumerate(order.records, 1):
        match = match_record(record, scene.tools, mapping)
        if not isinstance(match, NoMatch):
            text = json.dumps(record, sort_keys=True, ensure_ascii=False)
            yield _Told(record, match, f"{NAME}/{hashlib.sha256(text.encode()).hexdigest()[:16]}")
            continue
        n_short += 1
        if order.tell_short is not None and n_short <= _MOST_TOLD:
            fields = ", ".join(list(record)[:6]) or "no field"
            order.tell_short(Shortfall(Cell(1, "positive", KIND), f"Record {number} ({fields}): {match.why}"))


class _Scenarios:
    """The records of an order being told."""

    def __init__(self, scene: Stage, records: Sequence[_Told]) -> None:
        self._scene = scene
        self._records = records

    def draft(self, wanted: Wanted) -> Sequence[Candidate]:
        records = [one for one in self._records if wanted.tool in ("", one.match.tool.name)]
        if not records:
            return ()
        number = self._scene.deck.deal_number(f"record/{wanted.tool}", len(records))
        told = records[number]
        request = word_request(self._scene, told.match.tool, told.match.arguments, "scenario")
        return (self._tell(told, request),) if request else ()

    def _tell(self, told: _Told, request: Request) -> Candidate:
        is_own = self._scene.deck.deal_number(f"own words/{told.group}", 2) == 0
        text = _own_words(told.record, request) if is_own else ""
        if text:
            self._scene.manner = Manner()
        story = Story().ask(text or request.text())
        error, result = _first(told.record, _FAILED), _first(told.record, BROUGHT)
        failed = isinstance(error, str) and bool(error)
        call = story.call(request.tool, request.arguments, trained=not failed)
        if failed:
            story.fail(call, json.dumps({"error": error}, ensure_ascii=False))
            self._end_in_words(story, request, str(error))
        elif isinstance(result, dict | list):
            story.succeed(call, result).answer(
                tell_outcome(self._scene, request, result), Label(reason="answer_directly")
            )
        example = self._scene.example(told.group, story.turns, [request.tool])
        deeds = () if failed else (deed(request.tool, request.arguments),)
        return Candidate(example, "recovery" if failed else "positive", KIND, request.tool.name, deeds=deeds)

    def _end_in_words(self, story: Story, request: Request, error: str) -> None:
        needs_person = kind_of(error) in ("needs_person", "unknown_outcome")
        name = "hand_over" if needs_person else "give_up"
        label = (
            Label(reason="escalate", recovery="escalate")
            if needs_person
            else Label(reason="cannot_be_done", recovery="give_up")
        )
        story.answer(word(self._scene, name, error=sentence(error), action=action_of(self._scene, request)), label)


def _first(record: dict[str, Json], names: Sequence[str]) -> Json:
    return next((record[name] for name in names if name in record), None)


def _own_words(record: dict[str, Json], request: Request) -> str:
    """What the record says the person said, with the facts it leaves out put behind; empty where it says nothing."""
    fields = (record.get(name) for name in _SAID)
    said = next((text.strip() for text in fields if isinstance(text, str) and _is_said(text, request)), "")
    if not said:
        return ""
    known = choices_in(request.tool)
    phrases = {
        name: (say_choice(value) if phrase_of(value) in known else None) or phrase_of(value)
        for name, value in request.arguments.items()
    }
    left_out = [name for name, phrase in phrases.items() if phrase.lower() not in said.lower()]
    facts = [f"The {label_of(name)} is {phrases[name]}." for name in left_out]
    return " ".join([said if said.endswith((".", "!", "?")) or not facts else f"{said}.", *facts])


def _is_said(text: str, request: Request) -> bool:
    """Whether a field holds what somebody said, and not a value that the tool is given."""
    return text not in request.arguments.values() and _SPOKEN.search(text) is not None


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Conversations from scenario records",
    about="Turns records of what happened, such as rows of a ticket system, into conversations: fields become "
    "arguments by name, type and list of values.",
    parameters=(
        WORDINGS,
        SYSTEM,
        Parameter(
            "mapping",
            "Which field is which parameter",
            "text",
            "",
            why="One `field = parameter` a line, for fields whose names do not tell.",
        ),
    ),
    draft=draft,
    needs=frozenset({"records"}),
)
