"""Where the values of a call come from: what the turns before it, the definition and earlier calls hold."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from curation.rules.context import Heard, stands_in, texts_before
from curation.rules.folding import fold
from curation.rules.numbers import is_derivable, numbers_in
from curation.rules.row import CallView, Missing, Row
from curation.rules.value_kinds import Kind, kind_of
from curation.rules.value_places import is_named_exactly, key_of

_NUMBER_WORD = re.compile(
    r"\b(?:one|two|three|five|ten|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|billion|dozen|half|double|twice"
    r"|grand|hundert|tausend|million(?:en)?|dutzend|cent|mille)\b|[百千万亿两十]|\d ?[kKmM]\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d{4,}")
_TELLING_DIGITS = 7
_MOST_SEARCHED = 200
"""Values of one row that are compared with every word before them."""


def find_missing(call: CallView, row: Row) -> list[Missing]:
    """The values of a call that can only be copied and that nothing before it holds."""
    found = []
    heard = row.heard = row.heard or Heard(row)
    for pointer, value in call.leaves:
        key = key_of(pointer)
        kind = kind_of(key, value)
        if kind is not None and not _is_made_up(key):
            text = value if type(value) is str else _number_text(value)
            is_figure = kind == "amount" or (type(value) is not str and not is_named_exactly(key))
            if not _is_known(text, kind, call, row, heard, is_figure=is_figure):
                found.append(_missing(pointer, text, kind, call, row, heard))
    return found


def _number_text(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _is_made_up(key: str) -> bool:
    """Idempotency keys are made up by whoever calls, and nobody says what a field is compared by."""
    name = key.lower()
    return "idempoten" in name or "request_id" in name or "nonce" in name


def _is_known(text: str, kind: Kind, call: CallView, row: Row, heard: Heard, *, is_figure: bool) -> bool:
    index = call.turn.index
    if heard.said.hold(text, index) or (call.tool is not None and text in call.tool.definition.text):
        return True
    folded = fold(text)
    if (folded and heard.folded.hold(folded, index)) or heard.called.hold(text, index):
        return True
    if kind == "phone number":
        return heard.folded.hold(folded[-_TELLING_DIGITS:], index)
    if not is_figure and kind not in ("link", "id"):
        return False
    texts = texts_before(row, index)
    return _is_reckoned(text, texts) if is_figure else _is_composed(text, kind, call, texts)


def _is_composed(text: str, kind: Kind, call: CallView, texts: list[str]) -> bool:
    """Whether a value follows from parts that are there: a link from its host and path, an id from its number."""
    if kind == "link":
        return _is_joined(text, call, texts)
    # A request may give the bare number of an id whose prefix the definition or the policy explains.
    return any(_stands_alone(digits, texts) for digits in _DIGITS.findall(text))


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


def _missing(pointer: str, text: str, kind: Kind, call: CallView, row: Row, heard: Heard) -> Missing:
    later = next((t.at for t in row.turns[call.turn.index :] if t.text and text in t.text), None)
    near = _near(text, call.turn.index, heard) if kind != "amount" else None
    return Missing(pointer, text, later, near, kind)


def _near(text: str, index: int, heard: Heard) -> str | None:
    heard.n_searched += 1
    if heard.n_searched > _MOST_SEARCHED:
        return None
    near = process.extractOne(text, heard.tokens_before(index), scorer=DamerauLevenshtein.distance, score_cutoff=1)
    return str(near[0]) if near is not None and near[0] != text else None
