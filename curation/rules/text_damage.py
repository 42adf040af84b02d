"""Checks of texts that another program has damaged: decoded with the wrong table, or escaped for a web page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from curation.model.finding import Fix, Severity
from curation.rules.encodings import find_lost, find_trace, mend
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row

_ENTITY = re.compile(r"&(?:amp;)*(?:[a-zA-Z]{2,8}\d{0,2}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")
_MARKUP = re.compile(
    r"</?(?:a|b|i|p|br|hr|h[1-6]|ul|ol|li|td|tr|th|em|div|img|pre|code|span|body|head|html|table|strong|script|style|link|input|xml|svg|!--|!doctype|\?xml)\b",
    re.IGNORECASE,
)
_ABOUT_MARKUP = re.compile(r"\b(?:html|xml|entit(?:y|ies)|escap(?:e|ed|ing)|entität)", re.IGNORECASE)


def _texts(row: Row) -> Iterator[tuple[str, str]]:
    """Every text that a person or model wrote, with its place: contents but those of tools, and arguments."""
    for turn in row.turns:
        if turn.text and turn.role != "tool":
            yield turn.at + "/content", turn.text
    for call in row.calls:
        for pointer, value in call.leaves:
            if type(value) is str:
                yield call.arguments_at + pointer, value


@rule("U06", scope="row", severity=Severity.WARNING, waivable=True)
def mojibake(row: Row) -> Found:
    """A text was decoded with the wrong table of characters.

    The bytes were UTF-8 and were read as something else, so that one letter became two or three odd ones. The
    model learns to write them. The repair decodes the text again where that gives a sure result; characters
    that are lost for good have to be typed anew.

    Bad: `"ZÃ¼rich"`

    Good: `"Zürich"`
    """
    if row.blob.isascii() and "\\u" not in row.blob:
        return None
    hits = []
    for at, text in _texts(row):
        if text.isascii():
            continue
        trace = find_trace(text)
        if trace is not None:
            right, meant = mend(text), mend(trace) or "another text"
            message = f"`{trace[:20]}` was decoded with the wrong table and means `{meant[:20]}`; decode it again."
            fix = Fix("Decode it again", at, quote(right)) if right is not None else None
            hits.append(Hit(at, message, {"trace": trace[:40]}, fix))
        elif lost := find_lost(text):
            message = f"`{lost[:10]}` stands where a character was lost in decoding; type it anew."
            hits.append(Hit(at, message, {"trace": lost[:40]}))
    return hits or None


@rule("U07", scope="row", severity=Severity.WARNING, waivable=True)
def html_entity(row: Row) -> Found:
    """A text holds HTML entities.

    It was copied from the source of a web page. No user types `&amp;`, and no tool expects it; the model learns to
    write it. Texts that are HTML, or speak of it, are left alone, and so are the results of tools.

    Bad: `"Marks &amp; Spencer"`

    Good: `"Marks & Spencer"`
    """
    if "&" not in row.blob or ";" not in row.blob:
        return None
    hits = []
    for at, text in _texts(row):
        entity = _ENTITY.search(text) if "&" in text else None
        plain = _unescape(text) if entity else text
        if entity is not None and plain != text and not _is_markup(text, plain):
            message = f"The text holds the HTML entity `{entity.group()}`; write the character itself."
            hits.append(Hit(at, message, {"entity": entity.group()}, Fix("Write the characters", at, quote(plain))))
    return hits or None


def _unescape(text: str) -> str:
    """The text without entities; one may stand for the sign that begins another."""
    for _ in range(5):
        plain = _ENTITY.sub(_character, text)
        if plain == text:
            return plain
        text = plain
    return text


def _character(found: re.Match[str]) -> str:
    text = html.unescape(found.group()).replace("\u00a0", " ")
    return text if text.isprintable() else found.group()


def _is_markup(text: str, plain: str) -> bool:
    is_code = "```" in text or _MARKUP.search(plain) is not None
    return is_code or _ABOUT_MARKUP.search(text) is not None
