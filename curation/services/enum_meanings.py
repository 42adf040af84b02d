"""A description taken apart into what it says of a parameter and what it says the values of its enum mean.

Meanings stand at its end: one a line behind a dash, as the form writes them, or in a row parted by semicolons, as many
tools come. Whichever it is stays, and nothing is taken apart that would not come together to the same text again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from curation.services.parameter_entries import shown_literal


class Told(msgspec.Struct, frozen=True):
    """The parts of a description."""

    lead: str
    meanings: dict[str, str] = {}
    """JSON text of a value → what it means."""
    closing: str | None = None
    """What ends meanings that stand in a row; None where each has a line."""


def split_meanings(whole: str, texts: Sequence[str]) -> Told:
    """The parts of a description of an enum with these values."""
    for told in (_split_lines(whole, texts), _split_row(whole, texts)):
        if told is not None and told.meanings and join_meanings(told, texts) == whole:
            return told
    return Told(whole)


def join_meanings(told: Told, texts: Sequence[str]) -> str:
    """The description; a lone meaning behind other words has a line, as in a row nothing would tell it from them."""
    pairs = [f"{_name(text)}: {told.meanings[text]}" for text in texts if told.meanings.get(text)]
    if told.closing is None or (len(pairs) == 1 and told.lead):
        return "\n".join(part for part in (told.lead, *(f"- {pair}" for pair in pairs)) if part)
    row = "; ".join(pairs).removesuffix(".") + told.closing if pairs else ""
    return " ".join(part for part in (told.lead, row) if part)


def _split_lines(whole: str, texts: Sequence[str]) -> Told | None:
    lines, meanings = whole.split("\n"), dict[str, str]()
    for text in reversed(texts):
        lead = f"- {_name(text)}: "
        if lines and lines[-1].startswith(lead) and len(lines[-1]) > len(lead):
            meanings[text] = lines.pop().removeprefix(lead)
    return Told("\n".join(lines), meanings)


def _split_row(whole: str, texts: Sequence[str]) -> Told | None:
    named = {_name(text): text for text in texts if _name(text)}
    if not named:
        return None
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    first = re.search(rf"(?:^|(?<= ))(?:{names}): ", whole)
    if first is None or "\n" in whole[first.start() :]:
        return None
    row = whole[first.start() :]
    closing = "." if row.endswith(".") else ""
    parts = re.split(rf"; (?=(?:{names}): )", row.removesuffix(closing))
    return Told(whole[: first.start()].removesuffix(" "), _pairs(parts, named), closing)


def _pairs(parts: Sequence[str], named: Mapping[str, str]) -> dict[str, str]:
    cut = (part.partition(": ") if part.partition(": ")[0] in named else ("", "", "") for part in parts)
    return {named[name]: meaning for name, _, meaning in cut if name}


def _name(text: str) -> str:
    return shown_literal(text, "enum")
