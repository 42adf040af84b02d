"""Checks of behaviour over several turns: loops, retries, and answers that do not follow from the results."""

from __future__ import annotations

import re

from curation.model.finding import Finding, Fix, Severity
from curation.rules.numbers import is_derivable, numbers_in, spoken_numbers
from curation.rules.outcome import Outcome, has_failed, outcome_of
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row, Turn
from curation.targets import Target

_CLAIM = re.compile(
    r"\b(?:has|have|was|were|is|are) (?:now |been |successfully ){0,3}(?:refunded|cancell?ed|booked|sent|updated"
    r"|created|deleted|scheduled|confirmed|placed|processed|completed)\b"
    r"|\b(?:is|all) done\b|\bsuccessfully (?:\w+ed|sent|made|set)\b"
    r"|\bI(?:'ve| have) (?:now |just |successfully )?(?:\w+ed|sent|made|set)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:not|unable|cannot|could ?not|fail(?:ed|ure)?|error|sorry|apolog\w+|unfortunately|problem|issue|wrong"
    r"|instead|again|unsuccessful|however|but|try|tried|would you|could you|please)\b|n['’]t\b",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"\bI(?:['’]ve| have) (?:now |just |successfully |already )?(?:e-?mailed|sent|booked|cancell?ed|refunded"
    r"|scheduled|ordered|transferred|deleted|placed (?:the|your|an) order|created (?:a|the|your)|updated your"
    r"|reserved|forwarded|charged|paid)\b",
    re.IGNORECASE,
)
_WRITES = frozenset({"write", "destructive"})
_WRITE_VERBS = re.compile(
    r"^(?:pay|charge|refund|transfer|send|book|order|buy|purchase|place|submit|withdraw|deposit)(?:[_A-Z]|$)"
)
_ANSWER_NUMBERS_MOST = 40


def _result(call: CallView) -> Outcome | None:
    return outcome_of(call.results[0].turn.text) if call.results else None


def _is_same(a: CallView, b: CallView) -> bool:
    return a.name == b.name and a.arguments is not None and a.arguments == b.arguments


def _earlier_twin(call: CallView, row: Row) -> CallView | None:
    """The latest same call of an earlier turn."""
    return next((c for c in reversed(row.calls) if c.turn.index < call.turn.index and _is_same(c, call)), None)


def _users_between(first: CallView, second: CallView, row: Row) -> bool:
    return any(turn.role == "user" for turn in row.turns[first.turn.index : second.turn.index])


def _side_effect(call: CallView, row: Row) -> str | None:
    known = row.known.get(call.name) if call.name else None
    return known.side_effect if known is not None else None


@rule("B01", scope="call", severity=Severity.WARNING, waivable=True)
def call_loop(call: CallView, row: Row) -> Found:
    """The same call is made again after it succeeded.

    Nothing new happened between the two, so the second can say nothing new. Trained on such rows, a model goes
    round in circles.

    Bad: `get_order(A-1)` → shipped, `get_order(A-1)` → shipped

    Good: `get_order(A-1)` → shipped, then the answer
    """
    if call.turn.index < 3 or len(row.calls) < 2:
        return None
    twin = _earlier_twin(call, row)
    outcome = _result(twin) if twin is not None else None
    if twin is None or outcome is None or outcome.failed or _users_between(twin, call, row):
        return None
    between = [c for c in row.calls if twin.turn.index <= c.turn.index < call.turn.index and c is not twin]
    if between:
        return None  # another call may have changed what this one sees
    return Hit(
        call.at,
        f"The same call of `{call.name}` was already answered; use that answer.",
        {"tool": call.name},
        None,
        twin.at,
    )


@rule("B02", scope="call", severity=Severity.WARNING, waivable=True)
def failed_call_repeated(call: CallView, row: Row) -> Found:
    """A call that failed is repeated unchanged.

    What failed because of its arguments fails again. After a time-out or a rate limit a repetition is fine and
    is judged by other rules.

    Bad: `get_order(A-9)` → not found, `get_order(A-9)` → not found

    Good: `get_order(A-9)` → not found, then a question to the user
    """
    if call.turn.index < 3 or len(row.calls) < 2:
        return None
    twin = _earlier_twin(call, row)
    outcome = _result(twin) if twin is not None else None
    if twin is None or outcome is None or not outcome.failed or outcome.kind in ("timeout", "rate_limit"):
        return None
    if _users_between(twin, call, row) or any(twin.turn.index < c.turn.index < call.turn.index for c in row.calls):
        return None
    return Hit(
        call.at,
        f"This call of `{call.name}` failed before and is repeated unchanged.",
        {"tool": call.name},
        None,
        twin.at,
    )


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
    if call.turn.index < 3 or not call.name:
        return None
    earlier = next((c for c in reversed(row.calls) if c.turn.index < call.turn.index and c.name == call.name), None)
    if earlier is None or not earlier.results or not has_failed(earlier.results[0].turn.text):
        return None
    effect, known = _side_effect(call, row), row.known.get(call.name)
    if effect not in _WRITES and not (effect is None and _WRITE_VERBS.match(call.name)):
        return None
    outcome = _result(earlier)
    if outcome is None or outcome.kind != "timeout" or (known is not None and known.idempotent):
        return None
    key = known.idempotency_parameter if known is not None else None
    if _has_read_between(earlier, call, row) or _shares_key(earlier, call, key):
        return None
    is_destructive = effect == "destructive" and known is not None and known.idempotent is False
    message = f"`{call.name}` may already have worked; read the state before calling it again."
    return Hit(call.at, message, {"tool": call.name, "destructive": is_destructive}, None, earlier.at)


def _has_read_between(first: CallView, second: CallView, row: Row) -> bool:
    between = (c for c in row.calls if first.turn.index < c.turn.index < second.turn.index)
    return any(c.name != first.name and _side_effect(c, row) not in _WRITES for c in between)


def _shares_key(first: CallView, second: CallView, parameter: str | None) -> bool:
    one, two = first.arguments or {}, second.arguments or {}
    names = [parameter] if parameter else [key for key in one if "idempoten" in key.lower()]
    return any(one.get(name) is not None and one.get(name) == two.get(name) for name in names)


@rule("B04", scope="message", roles=("assistant",), severity=Severity.WARNING, waivable=True)
def success_after_error(turn: Turn, row: Row) -> Found:
    """The answer claims success although the last result is an error.

    The model learns to tell users that things are done when they are not. Say what failed.

    Bad: result: `{"error": "card declined"}`, answer: "Your refund is done."

    Good: answer: "The refund failed because the card was declined."
    """
    if not turn.text or turn.calls or not row.has_failure or turn.index == 0:
        return None
    previous = [result for result in row.results if result.turn.index < turn.index]
    block = row.turns[turn.index - 1]
    if not previous or block.role != "tool" or not outcome_of(block.text).failed:
        return None
    claim = _CLAIM.search(turn.text)
    if claim is None or _HEDGE.search(turn.text):
        return None
    message = f"The last result is an error, yet the answer says “{claim.group()}”; say what failed."
    return Hit(turn.at + "/content", message, {"claim": claim.group()}, None, block.at)


@rule("B05", scope="message", roles=("assistant",), severity=Severity.WARNING, waivable=True)
def action_without_call(turn: Turn, row: Row) -> Found:
    """The answer says that something was done, but no tool was called.

    The model learns to pretend. Make the call, or say that it cannot be done.

    Bad: "I have e-mailed him." in a row without calls

    Good: the call of `send_email`, its result, then "I have e-mailed him."
    """
    if not turn.text or turn.calls or not ("I have " in turn.text or "ve " in turn.text):
        return None
    if any(call.turn.index < turn.index for call in row.calls):
        return None
    claim = _ACTION.search(turn.text)
    if claim is None:
        return None
    message = f"The answer says “{claim.group()}”, but nothing was called."
    return Hit(turn.at + "/content", message, {"claim": claim.group()})


@rule("B06", scope="message", roles=("assistant",), severity=Severity.WARNING, waivable=True)
def answer_contradicts_result(turn: Turn, row: Row) -> Found:
    """The answer gives a number that no result and no message holds.

    Copying slips teach a model to make up figures. Numbers that can be computed from those at hand are not
    flagged.

    Bad: result: `{"price": 42.50}`, answer: "It costs 45.20."

    Good: "It costs 42.50."
    """
    if not turn.text or turn.calls or not row.results or turn.index == 0 or row.turns[turn.index - 1].role != "tool":
        return None
    spoken = spoken_numbers(turn.text)
    known = numbers_in(row.turns[turn.index - 1].text or "") if spoken else frozenset()
    said = sorted(spoken - known)
    if not known or not said or len(said) > _ANSWER_NUMBERS_MOST:
        return None
    context = known | numbers_in(" ".join([*row.text_before(turn.index), *(call.text or "" for call in row.calls)]))
    wrong = [number for number in said if number not in context and not is_derivable(number, context)]
    if not wrong:
        return None
    listed = ", ".join(wrong[:4])
    message = f"The answer says {listed}, which no result or message holds."
    return Hit(turn.at + "/content", message, {"numbers": wrong[:4]}, None, row.turns[turn.index - 1].at)


@rule("B10", scope="call", severity=Severity.WARNING, waivable=True)
def failed_call_trained(call: CallView, row: Row) -> Found:
    """A wrong call is learned although a later turn corrects it.

    In a recovery row only the recovery should be learned; otherwise the model learns the mistake as well. Give
    the wrong turn weight 0.

    Bad: the call with the wrong argument has no weight, the corrected one follows

    Good: the wrong call's turn has `"weight": 0`
    """
    if not row.has_failure or not call.results or call.turn.is_weightless or len(call.turn.calls) != 1:
        return None
    outcome = _result(call)
    if outcome is None or not outcome.failed or outcome.kind != "other":
        return None
    later = next((c for c in row.calls if c.turn.index > call.turn.index and c.name == call.name), None)
    if later is None or later.arguments is None or call.arguments == later.arguments or not _is_own_mistake(call, row):
        return None
    fix = Fix("Give it weight 0", call.turn.at + "/weight", "0")
    message = "This wrong call is learned although a later turn corrects it; give its turn weight 0."
    return Hit(call.turn.at, message, {"tool": call.name}, fix, later.at)


def _is_own_mistake(call: CallView, row: Row) -> bool:
    """Whether the call itself was at fault: it broke its schema, or nobody spoke before it was corrected."""
    if call.errors or call.tool is None:
        return True
    later = row.turns[call.turn.index + 1 :]
    speaker = next((turn.role for turn in later if turn.role != "tool"), "")
    return speaker == "assistant" and any(turn.calls for turn in later[:3])
