"""Examples of a project as something to start from: their request, their first call, and what stands around them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from curation.model.definition import Tool
from curation.model.envelope import encode
from curation.model.example import Example, Message
from curation.model.values import Arguments, Json
from curation.synthesizers.sharing import fits


class Seed(msgspec.Struct, frozen=True):
    """An example that calls, opened at its first call."""

    example: Example
    group: str
    """Its own group, or one made of its text: what comes of it must stay with it."""
    before: tuple[Message, ...]
    """All turns before the first call."""
    asked_at: int
    """The position of the person's last turn among them."""
    request: str
    tool: Tool
    arguments: dict[str, Json]
    called: tuple[Tool, ...]
    """All tools that it calls."""


def read_seeds(examples: Sequence[Example], tools: Mapping[str, Tool]) -> list[Seed]:
    """The examples that a strategy can start from: those whose calls are of these tools and sound."""
    return [seed for example in examples if (seed := _read(example, tools)) is not None]


def _read(example: Example, tools: Mapping[str, Tool]) -> Seed | None:
    at = next((number for number, turn in enumerate(example.messages) if turn.calls), None)
    called = [tools.get(str(call.name)) for turn in example.messages for call in turn.calls or ()]
    if at is None or not isinstance(example.tools, tuple) or any(tool is None for tool in called):
        return None
    before = example.messages[:at]
    asked_at = max((number for number, turn in enumerate(before) if turn.role == "user"), default=None)
    calls = list(arguments_of(example.messages[at]))
    if asked_at is None or not calls or not isinstance(before[asked_at].content, str):
        return None
    tool = tools[calls[0][0]]
    return (
        Seed(
            example=example,
            group=group_of(example),
            before=before,
            asked_at=asked_at,
            request=str(before[asked_at].content),
            tool=tool,
            arguments=calls[0][1],
            called=tuple(one for one in called if one is not None),
        )
        if fits(tool, calls[0][1])
        else None
    )


def arguments_of(turn: Message) -> Iterator[tuple[str, dict[str, Json]]]:
    """Tool and arguments of each call whose arguments are an object."""
    for call in turn.calls or ():
        if isinstance(call.name, str) and isinstance(call.arguments, Arguments):
            try:
                value = msgspec.json.decode(call.arguments.text)
            except msgspec.DecodeError:
                continue
            if isinstance(value, dict):
                yield call.name, value


def group_of(example: Example) -> str:
    """The group of an example; one made of its text where it has none."""
    return example.group or f"seed/{hashlib.sha256(encode(example)).hexdigest()[:16]}"
