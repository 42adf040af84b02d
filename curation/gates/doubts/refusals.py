"""Calls of what was refused a turn before, by the assistant or by the person."""

from __future__ import annotations

import re

from curation.gates.doubts.contract import Doubted, learnt_calls
from curation.gates.doubts.words import WORD
from curation.rules.consent import SAYS_NO
from curation.rules.effects import WRITES, effect_of
from curation.rules.row import CallView, Row, Turn

_SHORT_REPLY = 8
"""A longer "no" may be followed by something else that is wanted."""
_DECLINES = re.compile(
    r"\b(?:I(?:['’]m| am) (?:not (?:able|allowed|permitted)|unable)|I (?:can(?:not|['’]t)|won['’]t|will not|must not"
    r"|may not)"
    r"|that is not (?:allowed|possible)"
    r"|ich (?:kann|darf|werde)\b[^.?!]{0,60}\bnicht|je ne (?:peux|suis) pas|no puedo)\b",
    re.IGNORECASE,
)
_ALLOWS = re.compile(
    r"\b(?:approv\w+|confirm\w*|permission|manager|supervisor|authori[sz]\w+|here is|it is|it['’]s|found it"
    r"|okay then|yes"
    r"|freigegeben|bestätig\w*|genehmig\w*|ja|oui|sí)\b",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\b(?:or|oder|ou)\b", re.IGNORECASE)
"""A question that leaves a choice: "no" may be one of the two."""


def doubt_refused(row: Row) -> Doubted | None:
    """What was refused, or declined by the person, is done after all with nothing new said."""
    for call in learnt_calls(row):
        if effect_of(call, row) in WRITES and (why := _why_not(call, row)):
            return Doubted("after_refusal", f"{why}, and `{call.name}` is called after all.")
    return None


def _why_not(call: CallView, row: Row) -> str:
    if call.turn.text and _DECLINES.search(call.turn.text):
        return "The turn itself says that it cannot be done"
    reply = next((turn for turn in reversed(row.turns[: call.turn.index]) if turn.role == "user"), None)
    before = _before(reply, row)
    if reply is None or before is None or before.calls or any(t.role == "tool" for t in _between(reply, call, row)):
        return ""
    answer, asked = reply.text or "", before.text or ""
    is_yes_or_no = asked.rstrip().endswith("?") and not _EITHER.search(asked)
    if is_yes_or_no and SAYS_NO.match(answer) and len(WORD.findall(answer)) <= _SHORT_REPLY:
        return f"The person says no (“{answer[:60]}”)"
    refused = (before.message.label is not None and before.message.label.reason == "refuse") or _DECLINES.search(asked)
    if (
        refused
        and not asked.rstrip().endswith("?")
        and not _ALLOWS.search(answer)
        and not _brings_news(call, reply, row)
    ):
        return "It was refused a turn before"
    return ""


def _before(turn: Turn | None, row: Row) -> Turn | None:
    found = row.turns[turn.index - 1] if turn is not None and turn.index else None
    return found if found is not None and found.role == "assistant" else None


def _between(turn: Turn, call: CallView, row: Row) -> list[Turn]:
    return row.turns[turn.index + 1 : call.turn.index]


def _brings_news(call: CallView, reply: Turn, row: Row) -> bool:
    """Whether a value of the call is said in the reply and was not said before it."""
    earlier = " ".join(turn.text for turn in row.turns[: reply.index] if turn.text and turn.role == "user").casefold()
    said = (reply.text or "").casefold()
    values = [str(value).casefold() for _, value in call.leaves if not isinstance(value, bool)]
    return any(value in said and value not in earlier for value in values)
