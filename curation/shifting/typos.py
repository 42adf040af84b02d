"""Slips of the finger in what the user says; words that carry a value are typed right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import msgspec

from curation.model.example import Example, Message
from curation.model.values import Arguments, Json
from curation.reading.strict import parse_strict
from curation.shifting.words import KEPT_WORDS, NEIGHBOURS

RATE = 0.12
"""The share of words that may be typed wrong and are."""
SHORTEST = 4
_WORD = re.compile(r"[^\W\d_]+")
_APART = re.compile(r"\S*[@/\\_`\"<>{}\[\]=#0-9]\S*")
"""Addresses, names, numbers, code: what nobody reads past a slip in."""
LAST_LATIN = "\u024f"


def mistype(example: Example, seed: str) -> Example:
    """The example with slips in its user turns, the same for the same seed."""
    kept = KEPT_WORDS | _words_of_values(example)
    messages = tuple(_mistype_turn(one, kept, Random(f"{seed} {turn}")) for turn, one in enumerate(example.messages))
    return msgspec.structs.replace(example, messages=messages)


def _mistype_turn(message: Message, kept: frozenset[str], chooser: Random) -> Message:
    text = message.content
    if message.role != "user" or not isinstance(text, str) or text.lstrip()[:1] in ("{", "["):
        return message
    places = [one for one in _WORD.finditer(text) if _may_slip(one, text, kept)]
    hit = [one for one in places if chooser.random() < RATE] or places[:1]
    for one in reversed(hit):
        text = text[: one.start()] + _slip(one.group(), chooser) + text[one.end() :]
    return msgspec.structs.replace(message, content=text)


def _may_slip(word: re.Match[str], text: str, kept: frozenset[str]) -> bool:
    said = word.group()
    if len(said) < SHORTEST or not said.islower() or max(said) > LAST_LATIN or said in kept:
        return False
    around = text[: word.start()].rpartition(" ")[2] + said + text[word.end() :].partition(" ")[0]
    return _APART.fullmatch(around) is None


def _slip(word: str, chooser: Random) -> str:
    """One slip inside the word: its first letter is what people read by."""
    at = chooser.randrange(1, len(word) - 1)
    near = NEIGHBOURS.get(word[at])
    kinds = ["drop", "double", *(["swap"] if word[at] != word[at + 1] else []), *(["near"] if near else [])]
    match chooser.choice(kinds):
        case "swap":
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case "near":
            return word[:at] + chooser.choice(near or word[at]) + word[at + 1 :]
        case "double":
            return word[: at + 1] + word[at:]
        case _:
            return word[:at] + word[at + 1 :]


def _words_of_values(example: Example) -> frozenset[str]:
    """Every word of an argument, of an acceptable value, and of the values a schema lists."""
    said: list[Json] = [example.acceptable]
    for message in example.messages:
        calls = (call.arguments for call in message.calls or ())
        said += [parse_strict(one.text).value for one in calls if isinstance(one, Arguments)]
    for definition in example.tools if isinstance(example.tools, tuple) else ():
        said.append(list(_listed(definition.view.parameters)))
    return frozenset(word.lower() for text in _strings(said) for word in _WORD.findall(text))


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)


def _listed(schema: Json) -> Iterator[Json]:
    if isinstance(schema, dict):
        yield from (schema[word] for word in ("enum", "const") if word in schema)
        for one in schema.values():
            yield from _listed(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from _listed(one)
