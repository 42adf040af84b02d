"""Checks of values that may be derived: names, places, dates. They inform, for gold data holds many of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from curation.model.finding import Severity
from curation.rules.context import NAME, Heard
from curation.rules.dates import date_in, is_spoken_date, relative_word
from curation.rules.folding import fold
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row
from curation.rules.scripts import foreign_script, has_latin, script_name
from curation.rules.value_kinds import kind_of
from curation.rules.value_places import key_of, schema_at
from curation.rules.whole import is_anywhere

_LONGEST = 60
_MOST_WORDS = 5
_FREE_TEXT = re.compile(
    r"message|body|content|text|title|subject|descri|note|reason|comment|summary|query|question|prompt|sql|code|command"
    r"|path|expression|format|lang|pattern|regex|instruction|detail|type|mode|kind|unit|sort|order_by|status|style|label|level",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CLOCK = re.compile(
    r"(?:^|_)(?:now|today|clock|(?:current|get)_?(?:date|time|datetime))|current(?:Date|Time)", re.IGNORECASE
)
_MOST_NAMES = 300
_MOST_VALUES = 2_000
_HALF = 0.5
_STEM = 4


class Weak(NamedTuple):
    """A value that may be derived, with its place."""

    call: CallView
    pointer: str
    text: str

    @property
    def at(self) -> str:
        return self.call.arguments_at + self.pointer


def _weak_values(row: Row) -> list[Weak]:
    """The first of the values that may be derived: enough for a person, and a bound for a machine."""
    heard = row.heard = row.heard or Heard(row)
    if heard.weak_values is None:
        heard.weak_values = list(islice(_all_weak(row), _MOST_VALUES))
    return heard.weak_values


def _all_weak(row: Row) -> Iterator[Weak]:
    """Short texts that are neither copied letter by letter nor chosen from a list nor written freely."""
    for call in row.calls:
        if call.turn.index == 0 or call.is_shown_mistake:
            continue
        for pointer, value in call.leaves:
            if type(value) is str and _is_short(value) and _is_weak(call, pointer, value):
                yield Weak(call, pointer, value)


def _is_short(value: str) -> bool:
    return (len(value) > 2 or (len(value) == 2 and not value.isascii())) and len(value) <= _LONGEST


def _is_weak(call: CallView, pointer: str, value: str) -> bool:
    key = key_of(pointer)
    if kind_of(key, value) is not None or value.lower() in ("true", "false", "null", "none"):
        return False
    schema = schema_at(call, pointer)
    return not ("enum" in schema or "const" in schema or schema.get("default") == value)


@rule("G02", scope="language", severity=Severity.INFO, waivable=True)
def derived_value(row: Row) -> Found:
    """A name, a place or a date stands in no message before the call.

    It may well be derived: the code of a country, the state of a city. The model learns such a step only if it can
    be made from what it reads, so say in the request or in the definition how it follows. Values of a fixed list,
    defaults and free texts are left alone.

    Bad: "How rich is it?": `{"country": "Norway"}`

    Good: "How rich is Norway?", or a description that says which country is meant by default
    """
    hits: dict[str, Hit] = {}
    known: dict[CallView, _Known] = {}
    for weak in _weak_values(row):
        is_free = _FREE_TEXT.search(key_of(weak.pointer)) or len(weak.text.split()) > _MOST_WORDS
        if is_free or weak.text in hits:
            continue
        if weak.call not in known:
            known[weak.call] = _Known(weak.call, row)
        if slip := _slip(weak.text, known[weak.call]):
            message = f"{quote(weak.text)} differs by one letter from “{slip}” in the conversation; copy it as said."
            hits[weak.text] = Hit(weak.at, message, {"value": weak.text})
        elif not _is_supported(weak.text, known[weak.call]):
            message = f"{quote(weak.text)} stands in no message before this call; say how it follows from them."
            hits[weak.text] = Hit(weak.at, message, {"value": weak.text})
    return list(hits.values()) or None


class _Known:
    """What was said before a call; the row is laid out once for all of its calls."""

    def __init__(self, call: CallView, row: Row) -> None:
        self._heard = row.heard = row.heard or Heard(row)
        self._index = call.turn.index
        self._definition = _fold_definition(call.tool.definition.text) if call.tool is not None else ""

    @cached_property
    def texts(self) -> list[str]:
        return self._heard.texts_before(self._index)

    @cached_property
    def names(self) -> list[str]:
        """Capitalised words that were said, for comparison."""
        return self._heard.names_before(self._index, _MOST_NAMES)

    def says(self, word: str) -> bool:
        """Whether a message holds a word, in any case."""
        return self._heard.lowered.hold_whole(word.casefold(), self._index, is_anywhere, self._heard.room)

    def holds(self, folded: str) -> bool:
        """Whether a message, an earlier call or the definition holds folded letters."""
        heard, index = self._heard, self._index
        if heard.folded.hold_whole(folded, index, is_anywhere, heard.room) or folded in self._definition:
            return True
        return heard.called_folded.hold_whole(folded, index, is_anywhere, heard.room)


@lru_cache(maxsize=512)
def _fold_definition(text: str) -> str:
    return fold(text)


def _slip(value: str, known: _Known) -> str | None:
    """A name in the conversation that the value has with one letter wrong; endings differ for good reasons."""
    for word in NAME.findall(value):
        if known.says(word):
            continue
        for name in known.names:
            is_ending = name[:-1] == word[:-1] or name.startswith(word) or word.startswith(name)
            if not is_ending and DamerauLevenshtein.distance(word, name, score_cutoff=1) == 1:
                return str(name)
    return None


def _is_supported(value: str, known: _Known) -> bool:
    """Whether a value, half of its words or its date can be found in what was said."""
    if known.holds(fold(value)):
        return True
    if date_in(value):
        return is_spoken_date(value, known.texts) or any(relative_word(text) for text in known.texts)
    if value[0].isdigit():
        return True  # a time or a measure, which people say in many ways
    parts = _parts(value)
    return not parts or sum(map(known.holds, parts)) >= len(parts) * _HALF


def _parts(text: str) -> list[str]:
    """The words of a value, cut to their stems; pairs of characters where words are not set apart."""
    if _HAN.search(text):
        bare = "".join(_WORD.findall(text))
        return [bare[i : i + 2] for i in range(len(bare) - 1)]
    return [fold(word)[: max(_STEM, len(word) - 3)] for word in _WORD.findall(text) if len(word) > 2]


@rule("G05", scope="language", severity=Severity.INFO, waivable=True)
def relative_date(row: Row) -> Found:
    """A date was worked out from "tomorrow", and nothing says what day it is.

    The model cannot know today's date, so it learns to make one up. Say it in the system text, or let a tool give
    it.

    Bad: "Remind me tomorrow": `{"date": "2024-05-03"}`

    Good: the system text says "Today is 2 May 2024."
    """
    words: list[tuple[int, str]] | None = None
    for weak in _weak_values(row):
        if not date_in(weak.text):
            continue
        row.heard = row.heard or Heard(row)
        index = weak.call.turn.index
        words = words if words is not None else _relative_words(row)
        place = bisect_left(words, index, key=itemgetter(0))
        if not place or row.heard.dated_from < index:
            continue
        word = words[place - 1][1]
        if row.heard.said.hold_whole(weak.text, index, is_anywhere, row.heard.room):
            continue
        if any(_CLOCK.search(call.name or "") for call in row.calls if call.turn.index < index):
            return None
        message = f"The request says “{word}” and the call {quote(weak.text)}, but nothing says what day it is."
        return Hit(weak.at, message, {"word": word, "value": weak.text})
    return None


def _relative_words(row: Row) -> list[tuple[int, str]]:
    """Every turn of the user that says a word like "tomorrow", with the word."""
    spoken = ((turn.index, turn.text) for turn in row.turns if turn.role == "user" and turn.text)
    return [(index, word) for index, text in spoken if (word := relative_word(text)) is not None]


@rule("G07", scope="language", severity=Severity.INFO, waivable=True)
def value_language(row: Row) -> Found:
    """A value is written in another script than everything before the call.

    A translated name is found by few tools. Copy what the user wrote, or say in the definition which language the
    tool wants.

    Bad: "Wie ist das Wetter in Peking?": `{"city": "北京"}`

    Good: `{"city": "Peking"}`
    """
    hits = []
    for weak in _weak_values(row):
        request = row.request_before(weak.call.turn.index)
        if weak.text.isascii() and has_latin(request):
            continue
        row.heard = row.heard or Heard(row)
        texts = row.heard.texts_before(weak.call.turn.index)
        definition = weak.call.tool.definition.text if weak.call.tool is not None else ""
        if "ranslat" in definition or "\\u" in definition:
            continue
        script = foreign_script(weak.text, [*texts, definition], request)
        if script is not None:
            message = (
                f"{quote(weak.text)} is written in {script_name(script)}, unlike all that was said; copy it as said."
            )
            hits.append(Hit(weak.at, message, {"value": weak.text}))
    return hits or None
