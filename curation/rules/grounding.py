"""Checks of where the values in arguments come from: those that can only be copied.

How strongly a missing value speaks depends on its kind. Ids, addresses, links, long numbers and amounts can only be
copied, so they warn, here. Names, places and dates may be derived (`derived.py`, information). Values of a fixed list,
defaults, and true or false say nothing.
"""

from __future__ import annotations

import re

from curation.model.finding import Severity
from curation.model.values import Json
from curation.rules.hints import quote
from curation.rules.provenance import find_missing
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Missing, Row

_DIGIT = re.compile(r"[0-9]")


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
    """An id, address, link, long number or amount stands in no message before the call.

    Nobody can know it, so the model learns to make such values up. Put it into the request or into an earlier
    result. An amount that follows from others by simple arithmetic counts as known, and so does everything that the
    definition names.

    Bad: "Cancel my order": `{"order_id": "W-99213"}`

    Good: "Cancel my order W-99213": `{"order_id": "W-99213"}`
    """
    return [
        _hit(call, m, f"The {m.kind} {_shown(m)} stands in no message before this call; where does it come from?")
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
        _hit(call, m, f"The {m.kind} {_shown(m)} is first seen after this call; nobody could know it yet.")
        for m in _of_call(call, row)
        if m.where_later is not None and m.near is None
    ] or None


@rule("G06", scope="call", severity=Severity.WARNING, waivable=True)
def value_typo(call: CallView, row: Row) -> Found:
    """A value differs by one character from one in the conversation, or is only a part of it.

    A slip in copying an id: the tool finds nothing, and the model learns to copy badly. Ids, addresses and links
    count as copied when they are there whole; where the argument's name or description asks for a part, such as the
    last digits of a card, a part will do.

    Bad: "order A-1001": `{"order_id": "A-1O01"}`, or `{"order_id": "A-100"}`

    Good: `{"order_id": "A-1001"}`
    """
    return [
        _hit(call, m, f"The {m.kind} {_shown(m)} {_compared(m.value, m.near)}; copy it as it stands.")
        for m in _of_call(call, row)
        if m.near is not None
    ] or None


def _compared(value: str, near: str) -> str:
    relation = "is only a part of" if value in near else "differs by one character from"
    return f"{relation} `{near[:100]}` in the conversation"


def _shown(missing: Missing) -> str:
    return quote(missing.value)[:60]


def _hit(call: CallView, missing: Missing, message: str) -> Hit:
    values: dict[str, Json] = {"value": missing.value}
    return Hit(call.arguments_at + missing.pointer, message, values, None, missing.where_later)
