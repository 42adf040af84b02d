"""Replies that say it is done, where their label says that nothing is done: in English and in translations."""

from __future__ import annotations

from curation.gates.doubts.contract import Doubted
from curation.rules.row import Row
from curation.rules.success_words import find_done

_NOTHING_IS_DONE = frozenset({"refuse", "cannot_be_done", "missing_information"})


def doubt_claims(row: Row) -> Doubted | None:
    """A reply by which something is refused or asked for says that it is done."""
    for turn in row.assistant_turns:
        reason = turn.message.label.reason if turn.message.label is not None else None
        found = find_done(turn.text or "") if reason in _NOTHING_IS_DONE and not turn.calls else ""
        is_first = not any(before.calls for before in row.turns[: turn.index])
        if found and is_first:
            told = f"The reply is labelled {reason} and says “{found}”; say what is not done, or ask."
            return Doubted("claims_done", told)
    return None
