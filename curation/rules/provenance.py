"""Where the values of a call come from: what the turns before it, the definition and earlier calls hold."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from curation.rules.context import stands_in, texts_before
from curation.rules.numbers import is_derivable, numbers_in
from curation.rules.row import CallView, Missing, Row
from curation.rules.value_kinds import Kind, kind_of
from curation.rules.value_places import is_named_exactly, key_of

_NOT_ALNUM = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"[A-Za-z0-9#_@.+-]{4,64}")
_NUMBER_WORD = re.compile(
    r"\b(?:one|two|three|five|ten|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|billion|dozen|half|double|twice"
    r"|grand|hundert|tausend|million(?:en)?|dutzend|cent|mille)\b|[百千万亿两十]|\d ?[kKmM]\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d{4,}")
_TELLING_DIGITS = 7
_LONGEST_READ = 20_000


def find_missing(call: CallView, row: Row) -> list[Missing]:
    """The values of a call that can only be copied and that nothing before it holds."""
    found = []
    for pointer, value in call.leaves:
        key = key_of(pointer)
        kind = kind_of(key, value)
        if kind is not None and not _is_made_up(key):
            text = value if type(value) is str else _number_text(value)
            is_figure = kind == "amount" or (type(value) is not str and not is_named_exactly(key))
            if not _is_known(text, kind, call, row, is_figure=is_figure):
                found.append(_missing(pointer, text, kind, call, row))
    return found


def _number_text(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _is_made_up(key: str) -> bool:
    """Idempotency keys are made up by whoever calls, and nobody says what a field is compared by."""
    name = key.lower()
    return "idempoten" in name or "request_id" in name or "nonce" in name


def _is_known(text: str, kind: Kind, call: CallView, row: Row, *, is_figure: bool) -> bool:
    texts = texts_before(row, call.turn.index)
    if stands_in(text, texts) or (call.tool is not None and text in call.tool.definition.text):
        return True
    folded = fold(text)
    if folded and any(folded in _folded(other) for other in texts):
        return True
    if any(text in (other.text or "") for other in row.calls if other.turn.index < call.turn.index):
        return True
    return _is_reckoned(text, texts) if is_figure else _is_composed(text, kind, call, texts)


def _is_composed(text: str, kind: Kind, call: CallView, texts: list[str]) -> bool:
    """Whether a value follows from parts that are there: a link from its host and path, an id from its number."""
    if kind == "phone number":
        tail = fold(text)[-_TELLING_DIGITS:]
        return any(tail in _folded(other) for other in texts)
    if kind == "link":
        return _is_joined(text, call, texts)
    if kind == "id":
        # A request may give the bare number of an id whose prefix the definition or the policy explains.
        return any(_stands_alone(digits, texts) for digits in _DIGITS.findall(text))
    return False


def _is_reckoned(text: str, texts: list[str]) -> bool:
    numbers = numbers_in(text)
    known = frozenset().union(*(numbers_in(other) for other in texts))
    if any(_NUMBER_WORD.search(other) for other in texts):
        return True
    return bool(known) and all(number in known or is_derivable(number, known) for number in numbers)


def _is_joined(link: str, call: CallView, texts: list[str]) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    sources = [*texts, call.tool.definition.text] if call.tool is not None else texts
    host = parts.netloc.removeprefix("www.")
    path = parts.path.strip("/")
    return bool(host) and stands_in(host, sources) and (not path or stands_in(path, sources))


def _stands_alone(digits: str, texts: list[str]) -> bool:
    pattern = re.compile(rf"(?<![A-Za-z0-9#_-]){digits}(?![\w-])")
    return any(digits in other and pattern.search(other) for other in texts)


@lru_cache(maxsize=512)
def _folded(text: str) -> str:
    return fold(text)


def fold(text: str) -> str:
    """A text without case, width and everything that is no letter or digit."""
    return _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text).casefold())


def _missing(pointer: str, text: str, kind: Kind, call: CallView, row: Row) -> Missing:
    later = next((t.at for t in row.turns[call.turn.index :] if t.text and text in t.text), None)
    near = _near(text, texts_before(row, call.turn.index)) if kind != "amount" else None
    return Missing(pointer, text, later, near, kind)


def _near(text: str, earlier: list[str]) -> str | None:
    for other in reversed(earlier):
        found = process.extractOne(text, _id_tokens(other), scorer=DamerauLevenshtein.distance, score_cutoff=1)
        if found is not None and found[0] != text:
            return str(found[0])
    return None


@lru_cache(maxsize=512)
def _id_tokens(text: str) -> list[str]:
    tokens = (token.strip(".") for token in _TOKEN.findall(text[:_LONGEST_READ]))
    return [token for token in tokens if not token.isalpha()]
