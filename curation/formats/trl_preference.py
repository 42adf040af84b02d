"""Preference rows for TRL: one prompt, the answer that is chosen and the one that is rejected, all lists of turns.

`tools` is text and arguments are objects, as in the format `trl`. A row without `prompt` is read too: what both answers
begin with is its prompt.
"""

from __future__ import annotations

import msgspec

from curation.formats.composing import Composition
from curation.formats.context import list_taken_keys
from curation.formats.contract import Format, Loss, Written
from curation.formats.own_keys import PAIR_KEYS, REJECTED
from curation.formats.pairs import GivenPair, Pair, compose_pair, find_pairs, read_pair
from curation.formats.recognising import decoded
from curation.formats.slices import Members, cut_list
from curation.formats.trl import open_tools, tools_member, with_object_arguments
from curation.formats.trl_prompt import PROMPT_ENDS
from curation.formats.turn_sources import write_turns
from curation.model.example import Example
from curation.model.reading import Reading, Reject
from curation.model.source import write_object
from curation.reading.strict import parse_strict

_TAKEN = ("prompt", "chosen", "rejected")


class _Row(msgspec.Struct):
    chosen: list[dict[str, msgspec.Raw]]
    rejected: list[dict[str, msgspec.Raw]]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A row with turns under `chosen` and under `rejected`."""
    return decoded(_decode, raw) is not None


def read(raw: bytes) -> Reading | Reject:
    reading = read_pair(raw, _compose)
    return reading if isinstance(reading, Reject) else open_tools(reading)


def _compose(row: Members) -> Composition | None:
    chosen, rejected = cut_list(row.get("chosen")), cut_list(row.get("rejected"))
    if chosen is None or rejected is None or not row.keys().isdisjoint(("messages", *PAIR_KEYS)):
        return None
    prompt = cut_list(row.get("prompt"))
    if prompt is None:
        return _compose_implicit(row, chosen, rejected)
    given = GivenPair(("/prompt", prompt), ("/chosen", chosen), ("/rejected", rejected))
    return compose_pair(given, {key: source for key, source in row.items() if key not in _TAKEN})


def _compose_implicit(row: Members, chosen: list[str], rejected: list[str]) -> Composition:
    n = _count_shared(chosen, rejected)
    given = GivenPair(("/chosen", chosen[:n]), ("/chosen", chosen[n:]), ("/rejected", rejected), n)
    composition = compose_pair(given, {key: source for key, source in row.items() if key not in _TAKEN[1:]})
    composition.moved |= {f"/messages/{i}": f"/chosen/{i}" for i in range(len(chosen))}
    return composition


def _count_shared(chosen: list[str], rejected: list[str]) -> int:
    """How many turns both lists begin with; the last turn of each is always an answer."""
    n = 0
    for one, other in zip(chosen[:-1], rejected[:-1], strict=False):
        if one != other and parse_strict(one).value != parse_strict(other).value:
            break
        n += 1
    return n


def write(example: Example) -> Written:
    found = find_pairs(example)
    if found.refused is not None:
        return Written(refused=found.refused)
    bare, losses = found.example, found.losses
    tools, tools_losses = tools_member(bare)
    losses += (*tools_losses, *list_taken_keys(bare, _TAKEN))
    rest = [*tools, *((key, bare.extra[key]) for key in sorted(bare.extra) if key not in (*_TAKEN, "tools"))]
    rows: list[bytes] = []
    for pair in found.pairs:
        if pair.prompt[-1].role not in PROMPT_ENDS:
            return Written(refused="The turn before the pair is no turn of a user, a tool or the assistant.")
        members, pair_losses = _write_pair(pair)
        rows.append(write_object([*members, *rest]).encode())
        losses += pair_losses
    return Written(rows=tuple(rows), losses=tuple(dict.fromkeys(losses)))


def _write_pair(pair: Pair) -> tuple[list[tuple[str, str]], tuple[Loss, ...]]:
    turns, losses = with_object_arguments((*pair.prompt, *pair.preferred))
    rejected, changed = with_object_arguments(pair.rejected)
    n = len(pair.prompt)
    members = [
        ("prompt", write_turns(turns[:n])),
        ("chosen", write_turns(turns[n:])),
        ("rejected", write_turns(rejected)),
    ]
    return members, losses + (Loss(f"/{REJECTED}", "spacing of the rejected arguments"),) * bool(changed)


FORMAT = Format(
    name="trl_preference",
    title="TRL: a prompt with a chosen and a rejected answer",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    needs_pair=True,
)
