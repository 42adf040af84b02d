"""Where the values of a call come from: what the turns before it, the definition and earlier calls hold."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from curation.model.values import Json
from curation.rules.context import Heard
from curation.rules.folding import fold
from curation.rules.numbers import is_derivable, numbers_in
from curation.rules.row import CallView, Missing, Row
from curation.rules.value_kinds import MAY_BE_COPIED, Kind, is_short_id, kind_of
from curation.rules.value_places import is_named_exactly, key_of, schema_at
from curation.rules.whole import (
    Fits,
    find_whole,
    is_address,
    is_anywhere,
    is_bare,
    is_figure,
    is_id,
    is_number,
    longer_value,
)

_DIGITS = re.compile(r"\d{4,}")
_TELLING_DIGITS = 7
_LONGEST_DESCRIPTION = 2_000
_PART_NAME = re.compile(r"(?i)(?:last|first)_?(?:\d|two|three|four|five|six|digits|char)|suffix|prefix|partial|short")
_PART_SAID = re.compile(
    r"(?i)\b(?:last|first|final|letzten?|ersten?|derniers|premiers|[uú]ltimos|primeros)"
    r"(?: (?:\d+|two|three|four|five|six|eight|zwei|drei|vier|fünf|sechs|deux|trois|quatre|dos|tres|cuatro))?"
    r" (?:digits|characters|letters|numbers|Ziffern|Stellen|Zeichen|chiffres|caractères|d[ií]gitos|caracteres)\b"
    r"|\bshort(?:ened)? (?:form|sha|hash|id)|\babbreviated|\btruncated|\bpartial\b"
    r"|尾号|[前后後末]\s?[\d二三四五六两]\s?[位个個码]"
)
"""Says that an argument wants a part of something longer."""
_MOST_COMPARED = 1_000_000
"""Words of one row that are compared with values letter by letter."""


class _Manner(NamedTuple):
    """What a value that can only be copied is, and how it is looked for."""

    kind: Kind
    fits: Fits
    may_be_reckoned: bool
    """Whether it may follow from other numbers."""
    is_short: bool
    """Whether it may be many things, so that only the longer value it was cut from speaks against it."""


class _Value(NamedTuple):
    """One value of a call that can only be copied."""

    pointer: str
    text: str
    manner: _Manner

    @property
    def kind(self) -> Kind:
        return self.manner.kind

    @property
    def fits(self) -> Fits:
        return self.manner.fits


def find_missing(call: CallView, row: Row) -> list[Missing]:
    """The values of a call that can only be copied and that nothing before it holds."""
    heard = row.heard = row.heard or Heard(row)
    said, index, room = heard.said, call.turn.index, heard.room
    missing = []
    for pointer, leaf in call.leaves:
        manner = _manner_of(pointer, leaf)
        if manner is None:
            continue
        text = leaf if type(leaf) is str else _number_text(leaf)
        # Nearly every value is there, and this tells it soonest.
        if not said.hold_whole(text, index, manner.fits, room):
            value = _Value(pointer, text, manner)
            if not _is_known(value, call, heard):
                missing.append(_missing(value, call, heard))
    return [one for one in missing if one is not None]


def _manner_of(pointer: str, value: Json) -> _Manner | None:
    if type(value) is str:
        if value.isalpha() or MAY_BE_COPIED.search(value) is None:
            return None
    elif type(value) is not int and type(value) is not float:
        return None
    key = key_of(pointer)
    kind = kind_of(key, value)
    if kind is not None:
        is_text = type(value) is str
        is_decimal = (value if isinstance(value, str) else _number_text(value)).isdecimal()
        return _manner(key, kind, is_text=is_text, is_decimal=is_decimal)
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    if not is_short_id(key, text) or _is_made_up(key):
        return None
    return _SHORT_NUMBER if text.isdecimal() else _SHORT_ID


@lru_cache(maxsize=4096)
def _manner(key: str, kind: Kind, *, is_text: bool, is_decimal: bool) -> _Manner | None:
    if _is_made_up(key):
        return None
    is_exact = is_named_exactly(key)
    fits = _FITS.get(kind)
    if fits is None or is_decimal:
        fits = is_number if is_exact else is_figure
    may_be_reckoned = kind == "amount" or (not is_text and not is_exact)
    return _Manner(kind, fits, may_be_reckoned, is_short=False)


def _number_text(value: Json) -> str:
    if not isinstance(value, int | float):
        return ""
    return str(int(value)) if value == int(value) else str(value)


_FITS: dict[Kind, Fits] = {
    "id": is_id,
    "link": is_id,
    "e-mail address": is_address,
    "phone number": is_figure,
    "amount": is_figure,
}
_SHORT_NUMBER = _Manner("id", is_number, may_be_reckoned=False, is_short=True)
_SHORT_ID = _Manner("id", is_id, may_be_reckoned=False, is_short=True)


def _is_part(value: _Value, call: CallView, heard: Heard) -> bool:
    """Whether a part of a longer value is asked for, such as the last digits of a card, and is there."""
    if not heard.said.hold_whole(value.text, call.turn.index, is_anywhere, heard.room):
        return False
    if _PART_NAME.search(key_of(value.pointer)):
        return True
    description = schema_at(call, value.pointer).get("description")
    return isinstance(description, str) and _PART_SAID.search(description[:_LONGEST_DESCRIPTION]) is not None


@lru_cache(maxsize=4096)
def _is_made_up(key: str) -> bool:
    """Idempotency keys are made up by whoever calls, and nobody says what a field is compared by."""
    name = key.lower()
    return "idempoten" in name or "request_id" in name or "nonce" in name


def _is_known(value: _Value, call: CallView, heard: Heard) -> bool:
    """Whether something else than the words before the call holds a value, or it follows from them."""
    index, text = call.turn.index, value.text
    if _is_told(text, value.fits, call, heard) or _is_said_otherwise(value, index, heard):
        return True
    if heard.called.hold_whole(text, index, value.fits, heard.room):
        return True
    if _is_part(value, call, heard):
        return True
    if value.manner.may_be_reckoned:
        return _is_reckoned(text, index, heard)
    if value.kind == "link":
        return _is_joined(text, call, heard)
    # A request may give the bare number of an id whose prefix the definition or the policy explains.
    return value.kind == "id" and any(
        heard.said.hold_whole(digits, index, is_bare, heard.room) for digits in _DIGITS.findall(text)
    )


def _is_said_otherwise(value: _Value, index: int, heard: Heard) -> bool:
    """Whether the value is there in other case, width or punctuation."""
    folded = fold(value.text)
    if value.kind == "phone number":
        return heard.folded.hold_whole(folded[-_TELLING_DIGITS:], index, heard.folded.fits_end, heard.room)
    if value.kind == "e-mail address" and heard.said.hold(value.text, index):
        return False  # a part of a longer address
    return bool(folded) and heard.folded.hold_whole(folded, index, heard.folded.fits, heard.room)


def _is_reckoned(text: str, index: int, heard: Heard) -> bool:
    known = heard.numbers_before(index)
    if known is None:
        return True
    return bool(known) and all(number in known or is_derivable(number, known) for number in numbers_in(text))


def _is_joined(link: str, call: CallView, heard: Heard) -> bool:
    """Whether a link follows from its host and its path."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    host = parts.netloc.removeprefix("www.")
    path = parts.path.strip("/")
    return bool(host) and _is_there(host, is_id, call, heard) and (not path or _is_there(path, is_id, call, heard))


def _is_there(text: str, fits: Fits, call: CallView, heard: Heard) -> bool:
    """Whether a message before the call, or the definition of its tool, holds a text whole."""
    return heard.said.hold_whole(text, call.turn.index, fits, heard.room) or _is_told(text, fits, call, heard)


def _is_told(text: str, fits: Fits, call: CallView, heard: Heard) -> bool:
    """Whether the definition of the call's tool holds a text whole."""
    told = call.tool.definition.text if call.tool is not None else ""
    return find_whole(told, text, 0, len(told), fits, heard.room) >= 0


def _missing(value: _Value, call: CallView, heard: Heard) -> Missing | None:
    index = call.turn.index
    longer = _longer(value, index, heard) if value.kind != "amount" else None
    if value.manner.is_short:
        return Missing(value.pointer, value.text, None, longer, value.kind) if longer else None
    later = heard.said.turn_from(value.text, index, value.fits, heard.room)
    near = longer or (_near(value.text, index, heard) if value.kind != "amount" else None)
    return Missing(value.pointer, value.text, None if later is None else f"/messages/{later}", near, value.kind)


def _longer(value: _Value, index: int, heard: Heard) -> str | None:
    """The longer value before the call that this one is a part of."""
    said, at = heard.said.find(value.text, index, heard.room)
    return longer_value(said, at, at + len(value.text), value.kind) if at >= 0 else None


def _near(text: str, index: int, heard: Heard) -> str | None:
    """The value before the call that this one is but for one character."""
    words = heard.tokens_before(index) if heard.n_compared < _MOST_COMPARED else []
    heard.n_compared += len(words)
    near = process.extractOne(text, words, scorer=DamerauLevenshtein.distance, score_cutoff=1)
    return str(near[0]) if near is not None and near[0] != text else None
