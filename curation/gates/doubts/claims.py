"""Replies that say it is done, where their label says that nothing is done: in English and in translations."""

from __future__ import annotations

import re

from curation.gates.doubts.contract import Doubted
from curation.rules.row import Row

_NOTHING_IS_DONE = frozenset({"refuse", "cannot_be_done", "missing_information"})
_DONE = re.compile(
    r"\b(?:(?:it|that|this|everything) (?:is|has been) (?:now |all |already )?done\b(?! by| for| with)"
    r"|(?:das|es|alles) (?:ist|wurde) (?:\w+ ){0,3}erledigt"
    r"|(?:c['’]est|voilà,? c['’]est) (?:\w+ )?fait"
    r"|(?:ya )?está (?:\w+ )?hecho)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|until|before|once|when|not|cannot|nothing|wenn|bis|bevor|sobald|nicht|si|quand|avant|hasta|cuando|antes)\b",
    re.IGNORECASE,
)


def doubt_claims(row: Row) -> Doubted | None:
    """A reply by which something is refused or asked for says that it is done."""
    for turn in row.assistant_turns:
        reason = turn.message.label.reason if turn.message.label is not None else None
        found = _DONE.search(turn.text or "") if reason in _NOTHING_IS_DONE and not turn.calls else None
        is_first = not any(before.calls for before in row.turns[: turn.index])
        if found and is_first and not _CONDITION.search((turn.text or "")[: found.start()]):
            told = f"The reply is labelled {reason} and says “{found.group()}”; say what is not done, or ask."
            return Doubted("claims_done", told)
    return None
