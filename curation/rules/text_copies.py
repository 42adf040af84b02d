"""Checks of values that were copied in another typing than the conversation has: accents, spaces, quotes."""

from __future__ import annotations

import re
import unicodedata

from curation.model.finding import Fix, Severity
from curation.rules.context import Heard
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row
from curation.rules.value_kinds import shape_of
from curation.rules.value_places import is_named_exactly, key_of, schema_at
from curation.rules.whole import is_anywhere

_PLAIN = str.maketrans(
    {**dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("\u00a0\u202f\u2007", " ")}
)
_TYPOGRAPHIC = re.compile("[“”„‟‘’‚‛\u00a0\u202f\u2007]")
_WORD = re.compile("[^ \n\t]+")
_LONGEST_COPY = 2_000
"""Longer values are texts of their own, written rather than copied."""
_EDGE_SIGNS = ('" ', ' ",', ' "}', ' "]', '"\\n', '\\n"', '"\\t', '\\t"', '\\r"', '"\u00a0', '\u00a0"', '\u3000"')
_EXACT_FORMATS = frozenset({"email", "uri", "uuid", "date", "date-time", "time", "hostname", "ipv4", "ipv6"})


def _is_plain(text: str | None) -> bool:
    """The cheap test that nearly every call passes."""
    return not text or (text.isascii() and "\\u" not in text)


@rule("U01", scope="call", severity=Severity.WARNING, waivable=True)
def unicode_form(call: CallView, row: Row) -> Found:
    """A value has the letters of the conversation in another Unicode form.

    An accent may be part of its letter or a character of its own, a digit may be wide or narrow. Both look the
    same; a tool that compares texts finds nothing, and the model learns a typing that nobody uses.

    Bad: "book in Zürich": `"Zürich"` with the dots as a character of their own

    Good: the composed form (NFC) that the request has
    """
    if _is_plain(call.text):
        return None
    hits = []
    for pointer, value in call.leaves:
        if type(value) is str and not value.isascii():
            form = _better_form(value, _Said(call, row))
            if form is not None:
                at = call.arguments_at + pointer
                message = f"{quote(value)[:60]} is the usual {quote(form)[:60]} in another Unicode form; normalise it."
                hits.append(Hit(at, message, {"value": value[:200]}, Fix("Normalise it", at, quote(form))))
    return hits or None


class _Said:
    """What was said before a call. A row so large that there is no room to look says nothing against its values."""

    def __init__(self, call: CallView, row: Row) -> None:
        self._heard = row.heard = row.heard or Heard(row)
        self._index = call.turn.index

    def holds_instead(self, wanted: str, written: str) -> bool:
        """Whether the one form was said and the other was not."""
        return self._holds(wanted) and not self._holds(written)

    def lacks(self, written: str) -> bool:
        """Whether a text was not said."""
        return not self._holds(written)

    def _holds(self, text: str) -> bool:
        return self._heard.said.hold_whole(text, self._index, is_anywhere, self._heard.room_for_copies)


def _better_form(value: str, said: _Said) -> str | None:
    composed = unicodedata.normalize("NFC", value)
    if composed != value:
        is_better = said.lacks(value) if len(composed) < len(value) else said.holds_instead(composed, value)
        return composed if is_better else None
    if unicodedata.is_normalized("NFKC", value.translate(_PLAIN)):
        return None
    folded = unicodedata.normalize("NFKC", value)
    return folded if said.holds_instead(folded, value) else None


@rule("U04", scope="call", severity=Severity.WARNING, waivable=True)
def stray_space(call: CallView, _row: Row) -> Found:
    """A fixed value, an id or an address begins or ends with a space.

    Nobody sees the space, and the tool does not find the value. Remove it.

    Bad: `"unit": "celsius "`

    Good: `"unit": "celsius"`
    """
    if not call.text or not _has_edge(call) or not _may_have_edge(call.text):
        return None
    hits = []
    for pointer, value in call.leaves:
        trimmed = value.strip() if type(value) is str else ""
        if trimmed and trimmed != value and _is_compared(call, pointer, str(value), trimmed):
            at = call.arguments_at + pointer
            side = "begins" if str(value)[0] != trimmed[0] else "ends"
            message = f"{quote(value)[:60]} {side} with a space; trim it."
            hits.append(Hit(at, message, {"value": value}, Fix("Trim it", at, quote(trimmed))))
    return hits or None


def _has_edge(call: CallView) -> bool:
    for _, value in call.leaves:  # noqa: SIM110 - a generator costs twice as much, and this runs on every call
        if type(value) is str and value.strip() != value:
            return True
    return False


def _may_have_edge(text: str) -> bool:
    for sign in _EDGE_SIGNS:
        if sign in text:
            return True
    return not text.isascii() or "\\u" in text


def _is_compared(call: CallView, pointer: str, value: str, trimmed: str) -> bool:
    """Whether a value is compared letter by letter, so that a space can never be meant."""
    schema = schema_at(call, pointer)
    options = schema.get("enum")
    if isinstance(options, list):
        return trimmed in options and value not in options
    if any(character.isspace() for character in trimmed):
        return False
    return schema.get("format") in _EXACT_FORMATS or is_named_exactly(key_of(pointer)) or shape_of(trimmed) is not None


@rule("U05", scope="call", severity=Severity.WARNING, waivable=True)
def typographic_character(call: CallView, row: Row) -> Found:
    """A value has curly quotes or no-break spaces where the conversation has plain ones.

    A word processor put them in. The tool compares texts and finds nothing, and the model learns to change what
    users write.

    Bad: "find O'Brien": `{"name": "O’Brien"}`

    Good: `{"name": "O'Brien"}`
    """
    if _is_plain(call.text):
        return None
    hits = []
    for pointer, value in call.leaves:
        if type(value) is str and len(value) <= _LONGEST_COPY and _TYPOGRAPHIC.search(value):
            plain = _plain_form(value, _Said(call, row))
            if plain != value:
                at = call.arguments_at + pointer
                message = f"{quote(value)[:60]} has typographic characters where the conversation has plain ones."
                hits.append(Hit(at, message, {"value": value[:200]}, Fix("Use plain ones", at, quote(plain))))
    return hits or None


def _plain_form(value: str, said: _Said) -> str:
    """The value with those words made plain that the conversation has in plain characters only."""

    def replace(found: re.Match[str]) -> str:
        if _TYPOGRAPHIC.search(found.group()) is None:
            return found.group()
        word = found.group().strip(".,;:!?()")
        plain = word.translate(_PLAIN)
        is_copied = len(plain) > 2 and said.holds_instead(plain, word)
        return found.group().replace(word, plain) if is_copied else found.group()

    return _WORD.sub(replace, value)
