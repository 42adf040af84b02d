"""Answers that say something else than the result they report."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from curation.gates.doubts.contract import Doubted
from curation.model.values import Json
from curation.rules.outcome import outcome_of
from curation.rules.row import Row, Turn
from curation.rules.units import name_words

_STATES = (
    ("packed", "shipped", "on its way", "in transit", "out for delivery", "delivered", "returned", "held at customs"),
    ("open", "closed"),
    ("pending", "approved", "rejected", "declined"),
    ("active", "inactive", "suspended"),
    ("available", "unavailable", "sold out", "out of stock"),
    ("paid", "unpaid", "overdue"),
    ("confirmed", "cancelled"),
    ("enabled", "disabled"),
    ("online", "offline"),
    ("success", "failed"),
)
_NAMED = ("status", "state", "condition", "availability", "result")
_DENIED = re.compile(
    r"\b(?:not|no|never|nor|isn['’]t|aren['’]t|wasn['’]t|hasn['’]t|nicht|keine?)\b|n['’]t\b", re.IGNORECASE
)
_DENIED_BEHIND = re.compile(r"\W{0,3}(?:is |are |says )?(?:no|not|false|nein|non)\b", re.IGNORECASE)
_NEAR = 24


def doubt_answers(row: Row) -> Doubted | None:
    """The answer tells another state than the result, or denies what it says."""
    for turn in row.assistant_turns:
        if turn.text and not turn.calls and not turn.is_weightless:
            for result, tool in _results_before(turn, row):
                doubted = _doubt_state(turn.text, result, row, tool) or _doubt_switch(turn.text, result)
                if doubted is not None:
                    return doubted
    return None


def _results_before(turn: Turn, row: Row) -> Iterator[tuple[dict[str, Json], str]]:
    """The objects of the results just before an answer."""
    for before in reversed(row.turns[: turn.index]):
        if before.result is None:
            return
        outcome = outcome_of(before.text)
        if isinstance(outcome.value, dict) and not outcome.failed:
            call = before.result.call
            yield outcome.value, (call.name if call is not None else None) or ""


def _doubt_state(answer: str, result: dict[str, Json], row: Row, tool: str) -> Doubted | None:
    for key, value in result.items():
        if not isinstance(value, str) or _says(value, answer):
            continue
        others = [other for other in _others(key, value, row, tool) if _says(other, answer)]
        if others and not any(_says(str(held), answer) for held in result.values() if held in others):
            told = f"The result says {key} {value!r}, and the answer says {others[0]!r}; say what the result says."
            return Doubted("contradicts_result", told)
    return None


def _others(key: str, value: str, row: Row, tool: str) -> list[str]:
    """The values it might have been: those of the result's schema, or states that exclude each other."""
    known = row.known.get(tool)
    listed = _enum_of(known.result_schema, key) if known is not None and known.result_schema else []
    if listed:
        return [other for other in listed if other != value]
    if not any(word in _NAMED for word in name_words(key)):
        return []
    plain = _plain(value)
    return [other for states in _STATES if plain in states for other in states if other != plain]


def _enum_of(schema_text: str, key: str) -> list[str]:
    try:
        schema = msgspec.json.decode(schema_text)
        listed = schema["properties"][key]["enum"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return []
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


_NO_STATES = frozenset({"more"})
"""Last words of switches that say nothing of a thing: two more chairs are no next page."""


def _doubt_switch(answer: str, result: dict[str, Json]) -> Doubted | None:
    """`{"available": false}`, and the answer says that it is available."""
    for key, value in result.items():
        words = name_words(key)
        if not isinstance(value, bool) or not words or len(words[-1]) < 4 or words[-1] in _NO_STATES:
            continue
        found = list(re.finditer(rf"\b{re.escape(words[-1])}\b", answer, re.IGNORECASE))
        denied = [_is_denied(answer, one) for one in found]
        if denied and all(is_denied == value for is_denied in denied):
            told = f"The result says {key} {'true' if value else 'false'}, and the answer says the opposite."
            return Doubted("contradicts_result", told)
    return None


def _is_denied(answer: str, found: re.Match[str]) -> bool:
    """Whether a word is denied: "not available", or "available: no"."""
    before, behind = answer[max(0, found.start() - _NEAR) : found.start()], answer[found.end() :]
    return _DENIED.search(before) is not None or _DENIED_BEHIND.match(behind) is not None


def _says(value: str, answer: str) -> bool:
    """Whether a text says a state and does not deny it."""
    words = r"[\W_]+".join(map(re.escape, _plain(value).split()))
    for found in re.finditer(rf"(?<!\w){words}(?!\w)", answer, re.IGNORECASE) if words else ():
        if not _DENIED.search(answer[max(0, found.start() - _NEAR) : found.start()]):
            return True
    return False


def _plain(value: str) -> str:
    return re.sub(r"[\W_]+", " ", value).strip().lower()
