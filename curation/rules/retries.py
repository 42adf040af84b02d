"""Checks of what is tried again, and how: safely, later, or by a way round."""

from __future__ import annotations

import re

from curation.model.finding import Finding, Severity
from curation.model.values import Json
from curation.rules.effects import WRITES, effect_of, is_harmful_twice, listed, words_of
from curation.rules.outcome import has_failed
from curation.rules.registry import Found, Hit, rule
from curation.rules.repeats import calls_between, result_of, users_between
from curation.rules.row import CallView, Row
from curation.targets import Target

_WAIT_WORDS = re.compile(
    r"\bwait\w*|\bmoments?\b|\bseconds?\b|\bminutes?\b|\blater\b|\bpaus\w+|\bback(?:ing)? off\b|\bshortly\b|\bslow\w*"
    r"|\bsorry\b|\bapolog\w+"
    r"|\bwart\w+|\bSekunden?\b|\bMinuten?\b|\bspäter\b|\bMoment\b|\bAugenblick\b|\bgleich\b|\btut mir leid\b"
    r"|\bEntschuldig\w+"
    r"|稍等|等待|稍后|等一|秒|分钟|抱歉",
    re.IGNORECASE,
)
_WAIT_NAMES = frozenset({"wait", "sleep", "delay", "pause", "backoff", "timer", "schedule"})
_ASKS_FOR_HELP = listed(
    "escalate ticket request ask contact notify support handoff handover human login log auth authenticate"
    " authorize token verify approval report case message mail email feedback agent"
)
"""Words of tools that hand a refusal to somebody who may decide; using them is no way round it."""
_SHORTEST_SHARED = 3


def _unsafe_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.ERROR if finding.values.get("destructive") else Severity.WARNING


@rule("B03", scope="call", severity=Severity.WARNING, waivable=True, grade=_unsafe_grade, may_be_error=True)
def unsafe_retry(call: CallView, row: Row) -> Found:
    """A write is retried although nobody knows whether the first one worked.

    After a time-out the money may already be gone. Read the state first, or send the same idempotency key with
    both calls.

    Bad: `pay(…)` → time-out, `pay(…)`

    Good: `pay(…)` → time-out, `get_payment(…)` → none, `pay(…)`
    """
    if call.turn.index < 3 or not call.name or not row.has_failure or call.turn.is_weightless:
        return None
    earlier = row.call_before(call)
    if earlier is None or not earlier.results or not has_failed(earlier.results[0].turn.text):
        return None
    outcome, known = result_of(earlier), row.known.get(call.name)
    if outcome is None or outcome.kind != "timeout" or not is_harmful_twice(call, row):
        return None
    if known is not None and known.idempotent:
        return None
    key = known.idempotency_parameter if known is not None else None
    if _is_other_deed(earlier, call) or _has_read_between(earlier, call, row) or _shares_key(earlier, call, key):
        return None
    is_destructive = effect_of(call, row) == "destructive" and known is not None and known.idempotent is False
    message = f"`{call.name}` may already have worked; read the state before calling it again."
    return Hit(call.at, message, {"tool": call.name, "destructive": is_destructive}, None, earlier.at)


def _is_other_deed(first: CallView, second: CallView) -> bool:
    """Whether two calls of one tool share no value at all: then the second is about something else."""
    one, two = _values_of(first), _values_of(second)
    return bool(one and two) and not one & two


def _values_of(call: CallView) -> set[str]:
    return {str(value) for _, value in call.leaves if _is_telling(value)}


def _is_telling(value: Json) -> bool:
    """Whether two calls with this value are about one thing: no flag, no small number."""
    return (isinstance(value, str) and len(value) >= _SHORTEST_SHARED) or (type(value) is int and abs(value) > 99)


def _has_read_between(first: CallView, second: CallView, row: Row) -> bool:
    between = (c for c in row.calls if first.turn.index < c.turn.index < second.turn.index)
    return any(c.name != first.name and effect_of(c, row) not in WRITES for c in between)


def _shares_key(first: CallView, second: CallView, parameter: str | None) -> bool:
    one, two = first.arguments or {}, second.arguments or {}
    names = [parameter] if parameter else [key for key in one if "idempoten" in key.lower() or "request_id" in key]
    return any(one.get(name) is not None and one.get(name) == two.get(name) for name in names)


@rule("B11", scope="call", severity=Severity.WARNING, waivable=True)
def rate_limit_ignored(call: CallView, row: Row) -> Found:
    """A call is made again at once after a rate limit.

    The service has just said that it is asked too often; a model trained on this hammers it. Wait, say that you
    wait, or tell the user and stop.

    Bad: `search(…)` → 429 too many requests, `search(…)`

    Good: `search(…)` → 429, "The service is busy; I will wait a moment and try again.", `search(…)`
    """
    if call.turn.index < 3 or not row.has_failure or call.turn.is_weightless:
        return None
    earlier = row.call_before(call)
    outcome = result_of(earlier) if earlier is not None else None
    if earlier is None or outcome is None or not outcome.failed or outcome.kind != "rate_limit":
        return None
    if users_between(earlier, call, row) or calls_between(earlier, call, row) or _says_wait(earlier, call, row):
        return None
    message = f"`{call.name}` was refused by a rate limit and is called again at once; wait, or say so and stop."
    return Hit(call.at, message, {"tool": call.name}, None, earlier.results[0].at)


def _says_wait(first: CallView, second: CallView, row: Row) -> bool:
    label = second.turn.message.label
    if label is not None and label.recovery == "retry_after_wait":
        return True
    said = (t.text for t in row.turns[first.turn.index + 1 : second.turn.index + 1] if t.role == "assistant")
    if any(text and _WAIT_WORDS.search(text) for text in said):
        return True
    return any(_WAIT_NAMES.intersection(words_of(key)) for key in second.arguments or {})


@rule("B12", scope="language", severity=Severity.WARNING, waivable=True)
def permission_bypassed(row: Row) -> Found:
    """A refused permission is worked around with another tool that changes something.

    Somebody decided that this must not be done. A model that learns to look for a side door is dangerous: say that
    it is not allowed, or hand the case to a person.

    Bad: `refund_order(A-1)` → 403 forbidden, `adjust_balance(A-1)`

    Good: `refund_order(A-1)` → 403 forbidden, "I am not allowed to refund this order; shall I ask a colleague?"
    """
    if not row.has_failure or len(row.calls) < 2:
        return None
    return [hit for call in row.calls if (hit := _bypass(call, row)) is not None]


def _bypass(refused: CallView, row: Row) -> Hit | None:
    outcome = result_of(refused)
    if outcome is None or not outcome.failed or outcome.kind != "permission":
        return None
    for call in row.calls:
        if call.turn.index > refused.turn.index and not call.turn.is_weightless and _goes_round(refused, call, row):
            if users_between(refused, call, row):
                return None
            message = f"`{refused.name}` was not permitted, and `{call.name}` does it another way; stop or ask."
            return Hit(call.at, message, {"refused": refused.name, "tool": call.name}, None, refused.at)
    return None


def _goes_round(refused: CallView, call: CallView, row: Row) -> bool:
    if not call.name or call.name == refused.name or effect_of(call, row) not in WRITES:
        return False
    return not _ASKS_FOR_HELP.intersection(words_of(call.name)) and bool(_values_of(refused) & _values_of(call))
