"""The arguments of a request as words behind what is asked for: "with city Leeds", "The city is Leeds."."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from curation.model.values import Json
from curation.synthesizers.actions import is_plural
from curation.synthesizers.asides import say_aside
from curation.synthesizers.frames import plain_words
from curation.synthesizers.grammar import grammar

_ODD = grammar()["odd_labels"]
"""Words that make no noun: a label that begins or ends with one is named as a setting."""
Shape = Literal["value", "switch", "record", "records", "aside"]
_QUOTED_FROM = 3
"""Words from which on a text stands in quotation marks, so that it is clear where it ends."""
_NEEDS_QUOTES = re.compile(r"[.,;:!?\n]\s|[.,;:!?]$|^\s|\s$")
_ENUM_WORDS = re.compile(r"[a-z]+(?:_[a-z]+)+")
_SWITCHED = {
    "en": ("yes", "no"),
    "de": ("an", "aus"),
    "fr": ("oui", "non"),
    "es": ("sí", "no"),
}
_HEADS = ("name", "title", "label")
_DURATIONS = ("seconds", "minutes", "hours", "days")
_WHOLE_BODY = "body"
_CLASHED = "body_"
"""An OpenAPI body's member that has the name of another argument is read as `body_username`: the new one, to people."""
AND = {"en": "and", "de": "und", "fr": "et", "es": "y"}


class Detail(msgspec.Struct, frozen=True):
    """One argument as it is said."""

    name: str
    label: str
    phrase: str
    shape: Shape = "value"
    """`aside`: the phrase says it all, as "20 per page" does; no name is put before it."""


def detail(name: str, label: str, value: Json, phrase: str, language: str = "en") -> Detail:
    """An argument's words, by what kind of value it is."""
    if isinstance(value, bool):
        return Detail(name, label.removeprefix("is "), _SWITCHED[language][not value], "switch")
    if label == _WHOLE_BODY and (records := _records(value)):
        # Nobody says "the body": what is in it is what they talk of.
        return Detail(name, label, join([say_record(one, language) for one in records], language), "aside")
    if isinstance(value, dict):
        return Detail(name, label, say_record(value, language), "value" if _head_of(value) else "record")
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return Detail(name, label, say_plainly(value, language), "records")
    if language == "en" and (aside := say_aside(label, phrase)):
        return Detail(name, label, aside, "aside")
    return Detail(name, label, phrase)


def say_plainly(value: Json, language: str = "en") -> str:
    """A value in a sentence: long texts in quotation marks, lists as people count things up."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return {"en": ("yes", "no"), "de": ("ja", "nein"), "fr": ("oui", "non"), "es": ("sí", "no")}[language][
            not value
        ]
    if value is None:
        return {"en": "nothing", "de": "nichts", "fr": "rien", "es": "nada"}[language]
    if isinstance(value, list):
        said = [_in_a_row(one, language) if isinstance(one, dict) else say_plainly(one) for one in value]
        return join(said, language)
    if isinstance(value, dict):
        return say_record(value, language)
    return str(value)


def say_choice(value: Json) -> str | None:
    """A value of a fixed list as a person says it: `on_its_way` → "on its way"."""
    return value.replace("_", " ") if isinstance(value, str) and _ENUM_WORDS.fullmatch(value) else None


def say_known(value: Json, choices: Container[str], language: str = "en") -> str:
    """A value of a fixed list in words; anything else, such as the handle `chloe_k`, as it is written."""
    is_choice = isinstance(value, str) and value in choices
    return (say_choice(value) if is_choice else None) or say_plainly(value, language)


def _quoted(text: str) -> str:
    if not text:
        return '""'
    is_long = len(text.split()) >= _QUOTED_FROM or _NEEDS_QUOTES.search(text)
    return f'"{text}"' if is_long and '"' not in text else text


def _records(value: Json) -> list[dict[str, Json]]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict) and one]


def say_record(record: dict[str, Json], language: str = "en") -> str:
    """ "Dogs (id 3)"; of what has no name, its members: "size 3 and colour red"."""
    head = _head_of(record)
    if not head:
        return join(_members(record, language), language) or say_plainly(None, language)
    said = label_words(str(record[head])) if _kind_in(record) == head else _say_head(head, record[head], language)
    inside = record.get(str(record[head])) if _kind_in(record) == head else None
    rest = {key: value for key, value in record.items() if key != head and (inside is None or value is not inside)}
    members = [*(_members(inside, language) if isinstance(inside, dict) else []), *_members(rest, language)]
    return f"{said} ({', '.join(members)})" if members else said


def _members(record: dict[str, Json], language: str) -> list[str]:
    return [f"{label_words(key)} {_inner(value, language)}" for key, value in record.items()]


def _head_of(record: dict[str, Json]) -> str:
    """The member that says what a record is: its name, how long it is, or the kind that another member spells out."""
    if kind := _kind_in(record):
        return kind
    named = (key for key in _HEADS if isinstance(record.get(key), str) and record[key])
    return next(named, "") or next((key for key in record if key in _DURATIONS), "")


def _kind_in(record: dict[str, Json]) -> str:
    """`type` where its value names the member with the rest: `{"type": "wandb", "wandb": {"project": "p"}}`."""
    kind = record.get("type")
    return "type" if isinstance(kind, str) and isinstance(record.get(kind), dict) else ""


def _say_head(head: str, value: Json, language: str) -> str:
    said = say_plainly(value, language)
    return f"{said} {head}" if head in _DURATIONS else said


def _in_a_row(record: dict[str, Json], language: str) -> str:
    said = say_record(record, language)
    return said if _head_of(record) else bracketed(said)


def _inner(value: Json, language: str) -> str:
    return _in_a_row(value, language) if isinstance(value, dict) else say_plainly(value, language)


def join(parts: Sequence[str], language: str = "en") -> str:
    """Things counted up: "a, b and c"."""
    return f" {AND[language]} ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


@lru_cache(maxsize=16_384)
def label_words(name: str) -> str:
    """A parameter's name as a person says it: `orderId` → "order id", `sourceURL` → "source URL"."""
    words = re.findall(r"[A-Z]{2,}s?(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])|\d+", name)
    return (
        " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in words)
        or plain_words(name)
        or "value"
    )


def label_beside(name: str, beside: Container[str]) -> str:
    """A parameter's name as a person says it: the `body_username` beside a `username` → "new username"."""
    clashes = name.startswith(_CLASHED) and name.removeprefix(_CLASHED) in beside
    return label_words(f"new_{name.removeprefix(_CLASHED)}" if clashes else name)


def in_one_breath(details: Sequence[Detail], *, after_with: bool = False, language: str = "en") -> str:
    """ " with city Leeds and unit celsius"; after an action that says "with" itself, ", city Leeds, unit celsius"."""
    asides = "".join(f", {_aside(one)}" for one in details if _stands_aside(one, language))
    said = [
        _set(one) if _is_odd(one) else f"{one.label} {_braced(one)}"
        for one in details
        if not _stands_aside(one, language)
    ]
    if not said:
        return asides
    return (f", {', '.join(said)}" if after_with else f" with {join(said, language)}") + asides


def _stands_aside(one: Detail, language: str) -> bool:
    return one.shape == "aside" or (one.shape == "switch" and language == "en")


def _aside(one: Detail) -> str:
    return one.phrase if one.shape == "aside" else f"{one.label}: {one.phrase}"


def _braced(one: Detail) -> str:
    return bracketed(one.phrase) if one.shape == "record" else one.phrase


def bracketed(said: str) -> str:
    """Several things that belong together in brackets; one alone needs none."""
    return f"({said})" if "," in said or any(f" {word} " in said for word in AND.values()) else said


def in_a_list(details: Sequence[Detail]) -> str:
    """ " City: Leeds. Unit: celsius."."""
    return "".join(f" {_listed(one)}{_stop(one.phrase)}" for one in details)


def _listed(one: Detail) -> str:
    return _first_upper(one.phrase if one.shape == "aside" else f"{one.label}: {one.phrase}")


def in_sentences(details: Sequence[Detail]) -> str:
    """ " The city is Leeds. The unit is celsius."."""
    return "".join(f" {_sentence(one)}{_stop(one.phrase)}" for one in details)


def _is_odd(one: Detail) -> bool:
    words = one.label.lower().split()
    return one.shape != "switch" and (bool(_ODD & {words[0], words[-1]}) or len(one.label) == 1)


def _set(one: Detail) -> str:
    return f'"{one.label}" set to {_braced(one)}'


def _sentence(one: Detail) -> str:
    if one.shape == "aside":
        return _first_upper(one.phrase)
    if _is_odd(one):
        return f'Set "{one.label}" to {_braced(one)}'
    if one.shape == "switch":
        return f"{_first_upper(one.label)}: {one.phrase}"
    is_several = is_plural(one.label.split()[-1])
    if one.shape == "record":
        return f"The {one.label} {'have' if is_several else 'has'} {one.phrase}"
    verb = "are" if is_several else "is"
    return f"The {one.label} {verb} {one.phrase}"


def _stop(phrase: str) -> str:
    return "" if phrase.endswith((".", "!", "?")) else "."


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
