"""Which tools bring in people, told by their names: by words of escalation, or by a verb that reaches a person."""

from __future__ import annotations

from itertools import pairwise

from curation.rules.effects import guess_effect, listed, verbs, words_of

_ESCALATES = listed("escalate")
_CASES = listed("escalation handoff handover takeover")
_CASE_PAIRS = frozenset({("support", "ticket"), ("support", "case"), ("support", "request")})
"""Things by which a person is brought in, where they are made and not looked at or ended."""
_HANDS = frozenset({("hand", "over"), ("hand", "off")})
_BEGINS = listed("create open submit file raise request start initiate trigger make add send post log")
_REACHES = listed("ask assign connect contact forward hand involve page refer request route speak summon talk transfer")
_PEOPLE = listed("agent colleague human operator person representative specialist staff supervisor support")


def hands_over(name: str) -> bool:
    """Whether a tool of this name hands a case to a person; "ticket" may be for a train, "agent" a browser."""
    words = words_of(name)
    known, beside = frozenset(words), frozenset(pairwise(words))
    if guess_effect(name) == "read":
        return False
    if known & _ESCALATES or beside & _HANDS or (known & _REACHES and known & _PEOPLE):
        return True
    is_made = bool(known & _BEGINS) or known.isdisjoint(verbs().all)
    return is_made and bool(known & _CASES or beside & _CASE_PAIRS)
