"""Takes one value out of what somebody said, so that the sentence still reads as a person's; or not at all."""

from __future__ import annotations

import re

from curation.synthesizers.generic import label_of

IDENTIFIES = frozenset({"id", "number", "code", "no", "key", "uuid", "ref", "reference"})
"""Last words of a parameter whose value names one thing among many."""
_PREPOSITIONS = "in|at|to|for|from|on|near|by|with|of|as|called|named|because of|because|since"
_END = r"(?=\s*(?:[.?!]|$))"


def leave_out(text: str, value: str, parameter: str) -> str | None:
    """The text without the value; None where it is not said exactly once, or cannot be taken out cleanly."""
    found = re.findall(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)
    if not value or len(found) != 1:
        return None
    words = label_of(parameter).split()
    ways = [_take_clause(text, value, words)]
    ways.append(_name_thing(text, value, words) if words[-1] in IDENTIFIES and len(words) > 1 else None)
    ways.append(_take_place(text, value))
    return next((way for way in ways if way), None)


def _take_clause(text: str, value: str, words: list[str]) -> str | None:
    """Without ", order id B4821" or "The order id is B4821." or "order id: B4821." """
    label, said = r"\W+".join(map(re.escape, words)), re.escape(value)
    for clause in (
        rf",\s*(?:the\s+|my\s+)?{label}\s*[:=]?\s*[\"“]?{said}[\"”]?(?=\s*[.,?!]|$)",
        rf"(?:(?<=[.?!])|^)\s*(?:the\s+|my\s+)?{label}\s*(?:is|:|=)\s*[\"“]?{said}[\"”]?\s*(?:[.!]|$)",
    ):
        shorter, n = re.subn(clause, "", text, flags=re.IGNORECASE)
        if n == 1 and len(shorter.split()) > 1:
            return _tidy(shorter)
    return None


def _name_thing(text: str, value: str, words: list[str]) -> str | None:
    """ "order B4821" and "B4821" become "my order" where the parameter is `order_id`."""
    thing = " ".join(words[:-1])
    before = rf"(?:(?:the|my|an?|our|this)\s+)?(?:{re.escape(thing)}\s+)?(?:(?:no\.?|number|id)\s*)?"
    pattern = rf"(?<!\w){before}#?{re.escape(value)}(?!\w)"
    shorter, n = re.subn(pattern, f"my {thing}", text, flags=re.IGNORECASE)
    # "My order number is my order" says nothing.
    says_nothing = rf"\b(?:{re.escape(thing)}|{'|'.join(IDENTIFIES)})\W+(?:is|are|:|=)?\s*my {re.escape(thing)}\b"
    return _tidy(shorter) if n == 1 and not re.search(says_nothing, shorter, re.IGNORECASE) else None


def _take_place(text: str, value: str) -> str | None:
    """Without "in Leeds" at the end of a sentence."""
    place = rf"\s+(?:{_PREPOSITIONS})\s+[\"“]?{re.escape(value)}[\"”]?{_END}"
    shorter, n = re.subn(place, "", text, flags=re.IGNORECASE)
    return _tidy(shorter) if n == 1 and len(shorter.split()) > 2 else None


def _tidy(text: str) -> str:
    shorter = re.sub(r"\s+([,.?!;:])", r"\1", " ".join(text.split()))
    return shorter[:1].upper() + shorter[1:]
