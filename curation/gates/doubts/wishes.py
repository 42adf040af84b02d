"""Calls that nobody wants: denied by the request, or only asked about."""

from __future__ import annotations

import re

from curation.gates.doubts.contract import Doubted, learnt_calls, request_of
from curation.gates.doubts.words import LITTLE, SHORTEST, WORD, is_denied, plain_request, stem_of
from curation.rules.effects import WRITES, effect_of, listed, verbs, words_of
from curation.rules.row import CallView, Row

_LINKS = listed("and then so next after that afterwards also now just und dann")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_ONLY_ASKS = re.compile(
    r"^\W*(?:(?:hi|hello|hey|so|and|but|just wondering|out of curiosity|quick question|before \w+ \w+)\W+)*"
    r"(?:what (?:happens|would happen|will happen|does it (?:mean|cost))|how long (?:does|would|will) it"
    r"|how much (?:does|would|will) it cost|how (?:does|do) (?:this|that|it|your|the)\b|why (?:was|is|did|were)"
    r"|when (?:was|did|were)|who (?:was|did|can)|am I allowed|is it (?:allowed|safe|too late)|do I have to"
    r"|was passiert|wie lange dauert|was kostet es|warum (?:wurde|ist|hat)|darf ich überhaupt"
    r"|que se passe|combien de temps|pourquoi|qué pasa|cuánto tarda|por qué)",
    re.IGNORECASE,
)
_URGES = re.compile(
    r"\b(?:please|pls|go ahead|do it|then do|bitte|por favor|s['’]il (?:te|vous) pla[iî]t)\b", re.IGNORECASE
)


def doubt_denied(row: Row) -> Doubted | None:
    """The request says that this must not be done."""
    for call in learnt_calls(row):
        request, stem = plain_request(request_of(call, row)), _verb_stem(call.name or "")
        if stem and is_denied(stem, request):
            told = f"The request says not to do it (“{request[:80]}”), and `{call.name}` is called; call nothing."
            return Doubted("negated", told)
    return None


def doubt_question(row: Row) -> Doubted | None:
    """A question about a deed is answered by doing it."""
    for call in learnt_calls(row):
        if effect_of(call, row) in WRITES and (asked := _only_asked(call, plain_request(request_of(call, row)))):
            return Doubted("question_called", f"“{asked[:80]}” only asks, and `{call.name}` does it; answer instead.")
    return None


def _only_asked(call: CallView, request: str) -> str:
    """The question in which all that is called stands; empty where another sentence wants it done."""
    sentences = [one.strip() for one in _SENTENCE.findall(request) if one.strip()]
    asks = [one for one in sentences if _ONLY_ASKS.match(one)]
    others = [one for one in sentences if one not in asks]
    marks = [str(value).casefold() for _, value in call.leaves if not isinstance(value, bool)]
    stem = _verb_stem(call.name or "")
    is_about = any(_holds(one, [*marks, *([stem] if stem else [])]) for one in asks)
    is_wanted = any(_orders(one) or _holds(one, marks) for one in others)
    return asks[0] if is_about and not is_wanted and not _URGES.search(request) else ""


def _holds(sentence: str, marks: list[str]) -> bool:
    said = sentence.casefold()
    return any(mark in said for mark in marks)


def _verb_stem(name: str) -> str:
    """The stem of the verb in a tool's name, where it says anything."""
    verb = next((word for word in words_of(name) if word in verbs().all), "")
    return "" if verb in LITTLE or len(verb) < SHORTEST else stem_of(verb)


def _orders(sentence: str) -> bool:
    """Whether a sentence wants something done: it asks, or one of its clauses begins like an order."""
    clauses = [WORD.findall(clause.lower()) for clause in re.split(r"[,;:]", sentence)]
    openings = [next((word for word in words if word not in _LINKS), "") for words in clauses]
    return sentence.endswith("?") or any(word in verbs().all for word in openings)
