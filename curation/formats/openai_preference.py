"""The preference line of OpenAI and those who took it over: an input with a preferred and a non-preferred output."""

from __future__ import annotations

import msgspec

from curation.formats.composing import Composition
from curation.formats.context import list_taken_keys
from curation.formats.contract import Format, Written
from curation.formats.openai import with_text_arguments
from curation.formats.own_keys import PAIR_KEYS, REJECTED
from curation.formats.pairs import GivenPair, compose_pair, find_pairs, read_pair
from curation.formats.recognising import decoded
from curation.formats.slices import Members, cut_list, cut_object
from curation.formats.turn_sources import write_turns
from curation.model.definition import Definition
from curation.model.example import Example, Message
from curation.model.reading import Reading, Reject
from curation.model.source import one_line, write_list, write_object
from curation.model.values import UnsetType

_PREFERRED = "preferred_output"
_TAKEN = ("input", _PREFERRED)
_OF_INPUT = ("tools", "parallel_tool_calls")
"""What stands beside the turns of the input."""


class _Input(msgspec.Struct):
    messages: list[dict[str, msgspec.Raw]]


class _Row(msgspec.Struct):
    input: _Input
    preferred_output: list[dict[str, msgspec.Raw]]
    non_preferred_output: list[dict[str, msgspec.Raw]]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A row with an input of turns and two outputs."""
    return decoded(_decode, raw) is not None


def read(raw: bytes) -> Reading | Reject:
    return read_pair(raw, _compose)


def _compose(row: Members) -> Composition | None:
    asked = cut_object(row.get("input")) or {}
    prompt, preferred = cut_list(asked.get("messages")), cut_list(row.get(_PREFERRED))
    rejected = cut_list(row.get(REJECTED))
    if prompt is None or preferred is None or rejected is None:
        return None
    around = {key: source for key, source in row.items() if key not in (*_TAKEN, REJECTED)}
    beside = {key: source for key, source in asked.items() if key != "messages"}
    if not around.keys().isdisjoint(beside) or not {"messages", *PAIR_KEYS}.isdisjoint(around | beside):
        return None  # two values under one key: as it stands nothing is lost
    given = GivenPair(("/input/messages", prompt), (f"/{_PREFERRED}", preferred), (f"/{REJECTED}", rejected))
    composition = compose_pair(given, around | beside)
    composition.moved |= {f"/{key}": f"/input/{key}" for key in beside}
    return composition


def write(example: Example) -> Written:
    found = find_pairs(example)
    if found.refused is not None:
        return Written(refused=found.refused)
    bare = found.example
    beside = [*_tools_member(bare.tools), *((key, bare.extra[key]) for key in _OF_INPUT if key in bare.extra)]
    rest = [(key, bare.extra[key]) for key in sorted(bare.extra) if key not in (*_TAKEN, *_OF_INPUT)]
    rows = [
        write_object(
            [
                ("input", write_object([("messages", _write(pair.prompt)), *beside])),
                (_PREFERRED, _write(pair.preferred)),
                (REJECTED, _write(pair.rejected)),
                *rest,
            ]
        )
        for pair in found.pairs
    ]
    losses = (*found.losses, *list_taken_keys(bare, _TAKEN))
    return Written(rows=tuple(row.encode() for row in rows), losses=losses)


def _tools_member(tools: tuple[Definition, ...] | UnsetType | None) -> list[tuple[str, str]]:
    if isinstance(tools, UnsetType):
        return []
    return [("tools", "null" if tools is None else write_list([one_line(tool.text) for tool in tools]))]


def _write(turns: tuple[Message, ...]) -> str:
    return write_turns(with_text_arguments(message) for message in turns)


FORMAT = Format(
    name="openai_preference",
    title="OpenAI: an input with a preferred and a non-preferred output",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    needs_pair=True,
)
