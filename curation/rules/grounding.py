"""Checks of where the values in arguments come from.

Only opaque values are judged: ids, e-mail addresses, links, long numbers. Names, places and dates are often rightly
derived, and gold data holds many of them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from curation.model.finding import Severity
from curation.model.values import Json
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Missing, Row

_ID = re.compile(r"#?(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z#_-])[A-Za-z0-9_-]{5,64}")
_DIGITS = re.compile(r"\d{6,20}")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S+|\+?\d[\d ()-]{7,}\d")
_TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[T ].*)?|\d{1,2}(?::\d{2}){0,2}\s*[AaPp]?[Mm]?"
    r"|\d+(?:st|nd|rd|th|[a-zA-Z]{1,7})"
)
_DIGIT = re.compile(r"[0-9]")
_NOT_ALNUM = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"[A-Za-z0-9#_@.+-]{4,64}")


def find_missing(call: CallView, row: Row) -> list[Missing]:
    """The opaque values of a call that its context does not hold."""
    found = []
    for pointer, value in call.leaves:
        text = value if type(value) is str else str(value) if type(value) is int and abs(value) > 99_999 else None
        if text is not None and is_opaque(text) and not _is_known(text, pointer, call, row):
            found.append(_missing(pointer, text, call, row))
    return found


def is_opaque(text: str) -> bool:
    """Whether a value can only be copied, never derived."""
    if not 5 <= len(text) <= 200:
        return False
    if _TIME.fullmatch(text):
        return False
    return any(form.fullmatch(text) is not None for form in (_ID, _DIGITS, _ADDRESS))


def _is_known(text: str, pointer: str, call: CallView, row: Row) -> bool:
    earlier = row.text_before(call.turn.index)
    if any(text in other for other in earlier):
        return True
    if call.tool is not None and text in call.tool.definition.text:
        return True
    folded = fold(text)
    if any(folded in _folded(other) for other in earlier):
        return True
    return _is_generated(pointer) or any(text in (c.text or "") for c in row.calls if c.turn.index < call.turn.index)


def _is_generated(pointer: str) -> bool:
    """Idempotency keys are made up by whoever calls."""
    return "idempoten" in pointer.lower() or "request_id" in pointer.lower()


@lru_cache(maxsize=512)
def _folded(text: str) -> str:
    return fold(text)


def fold(text: str) -> str:
    """A text without case, width and everything that is no letter or digit."""
    return _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text).casefold())


def _missing(pointer: str, text: str, call: CallView, row: Row) -> Missing:
    later = next((t.at for t in row.turns[call.turn.index :] if t.text and text in t.text), None)
    return Missing(pointer, text, later, _near(text, row.text_before(call.turn.index)))


def _near(text: str, earlier: list[str]) -> str | None:
    for other in reversed(earlier):
        found = process.extractOne(text, _id_tokens(other), scorer=DamerauLevenshtein.distance, score_cutoff=1)
        if found is not None and found[0] != text:
            return str(found[0])
    return None


@lru_cache(maxsize=512)
def _id_tokens(text: str) -> list[str]:
    tokens = (token.strip(".") for token in _TOKEN.findall(text[:20_000]))
    return [token for token in tokens if not token.isalpha()]


def _of_call(call: CallView, row: Row) -> list[Missing]:
    if not call.arguments or call.turn.index == 0 or call.text is None or not _may_be_opaque(call.text):
        return []
    if call.missing is None:
        call.missing = find_missing(call, row)
    return call.missing


def _may_be_opaque(text: str) -> bool:
    return _DIGIT.search(text) is not None or "@" in text or "://" in text


@rule("G01", scope="call", severity=Severity.WARNING, waivable=True)
def ungrounded_value(call: CallView, row: Row) -> Found:
    """An id, address or long number stands in no message before the call.

    Nobody can know it, so the model learns to make ids up. Put it into the request or into an earlier result.

    Bad: "Cancel my order": `{"order_id": "W-99213"}`

    Good: "Cancel my order W-99213": `{"order_id": "W-99213"}`
    """
    return [
        _hit(call, m, f"{quote(m.value)[:60]} stands in no message before this call; where does it come from?")
        for m in _of_call(call, row)
        if m.where_later is None and m.near is None
    ] or None


@rule("G03", scope="call", severity=Severity.WARNING, waivable=True)
def value_from_later(call: CallView, row: Row) -> Found:
    """A value is first seen after the call that uses it.

    It was copied back from the call's own result. At the time of the call nobody knows it.

    Bad: `create_ticket(id="T-4411")`, and only the result says T-4411

    Good: `create_ticket()` and the result T-4411
    """
    return [
        _hit(call, m, f"{quote(m.value)[:60]} is first seen after this call; nobody could know it yet.")
        for m in _of_call(call, row)
        if m.where_later is not None and m.near is None
    ] or None


@rule("G06", scope="call", severity=Severity.WARNING, waivable=True)
def value_typo(call: CallView, row: Row) -> Found:
    """A value differs by one character from one in the conversation.

    A slip in copying an id: the tool finds nothing, and the model learns to copy badly.

    Bad: "order A-1001": `{"order_id": "A-1O01"}`

    Good: `{"order_id": "A-1001"}`
    """
    return [
        _hit(call, m, f"{quote(m.value)[:60]} differs by one character from `{m.near}` in the conversation.")
        for m in _of_call(call, row)
        if m.near is not None
    ] or None


def _hit(call: CallView, missing: Missing, message: str) -> Hit:
    values: dict[str, Json] = {"value": missing.value}
    return Hit(call.arguments_at + missing.pointer, message, values, None, missing.where_later)
