"""What the checks of a data set keep of each example."""

from __future__ import annotations

import msgspec

from curation.model.envelope import normal_hash
from curation.model.example import Example
from curation.model.values import Json
from curation.rules.decisions import assistant_turns
from curation.rules.near import Sketch, sketch
from curation.rules.offer import offer_of
from curation.rules.row import text_of


class Digest(msgspec.Struct, frozen=True):
    """What the checks keep of one example."""

    id: str
    split: str
    group: str | None
    normal: str
    request: str
    """User and system texts and the names of the tools: what the model sees before it decides."""
    calls: tuple[tuple[str, str], ...]
    n_decisions: int
    n_without: int
    """Decisions that call nothing."""
    sketch: Sketch
    tools: tuple[tuple[str, str], ...]
    """Name and definition text of each offered tool."""


def digest(identifier: str, example: Example, split: str) -> Digest:
    """What the checks need of one example."""
    calls = tuple((text_of(c.name) or "", _arguments(c)) for m in example.messages for c in m.calls or ())
    offer = offer_of(example)
    decided = [turn.kind for turn in assistant_turns(example) if turn.is_decision]
    asked = [text_of(m.content) or "" for m in example.messages if m.role in ("user", "system", "developer")]
    return Digest(
        id=identifier,
        split=split,
        group=example.group,
        normal=normal_hash(example),
        request="\n".join([*asked, *sorted(offer.names)]),
        calls=calls,
        n_decisions=len(decided),
        n_without=decided.count("abstains"),
        sketch=sketch(_shape(example, calls)),
        tools=tuple((tool.name or "", tool.definition.text) for tool in offer.tools),
    )


def _arguments(call: Json) -> str:
    text = getattr(call.arguments, "text", "")
    try:
        return msgspec.json.encode(msgspec.json.decode(text), order="sorted").decode()
    except (msgspec.DecodeError, ValueError, RecursionError):
        return str(text)


def _shape(example: Example, calls: tuple[tuple[str, str], ...]) -> str:
    texts = [text_of(m.content) or "" for m in example.messages if m.role == "user"]
    return " ".join([*texts, *(f"{name} {arguments}" for name, arguments in calls)])
