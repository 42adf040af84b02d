"""Checks of calls that are made again, or too often."""

from __future__ import annotations

from bisect import bisect_left

from curation.model.finding import Severity
from curation.rules.effects import WRITES, effect_of
from curation.rules.outcome import Outcome, outcome_of
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row

CALLS_FOR_ONE_REQUEST = 30
CALLS_IN_A_ROW = 100
TURNS_IN_A_ROW = 300
_FEW = 16
"""So many calls are compared one by one."""
_MAY_PASS = ("timeout", "rate_limit", "temporary")


def result_of(call: CallView) -> Outcome | None:
    """How a call went, by its first result; None: it has none."""
    return outcome_of(call.results[0].turn.text) if call.results else None


def users_between(first: CallView, second: CallView, row: Row) -> bool:
    """Whether the user spoke between two calls."""
    place = bisect_left(row.user_turns, first.turn.index)
    return place < len(row.user_turns) and row.user_turns[place] < second.turn.index


def calls_between(first: CallView, second: CallView, row: Row) -> list[CallView]:
    """The calls from the turn of the first to the turn before the second, without the first."""
    turns = row.turns[first.turn.index : second.turn.index]
    return [call for turn in turns for call in turn.calls if call is not first]


def _earlier_twin(call: CallView, row: Row) -> CallView | None:
    """The latest same call of an earlier turn."""
    if call.turn.index < 3 or len(row.calls) < 2 or call.arguments is None:
        return None
    if len(row.calls) <= _FEW:
        earlier = (c for c in reversed(row.calls) if c.turn.index < call.turn.index)
        return next((c for c in earlier if c.name == call.name and c.arguments == call.arguments), None)
    same = row.same_calls[call.form_key]
    place = bisect_left(same, call.turn.index, key=lambda other: other.turn.index)
    return same[place - 1] if place else None


def _has_changed_between(first: CallView, second: CallView, row: Row) -> bool:
    """Whether another call may have changed what the second one sees."""
    if row.changes is None:
        row.changes = [call.turn.index for call in row.calls if effect_of(call, row) != "read"]
    n_between = bisect_left(row.changes, second.turn.index) - bisect_left(row.changes, first.turn.index)
    return n_between > (effect_of(first, row) != "read")


@rule("B01", scope="call", severity=Severity.WARNING, waivable=True)
def call_loop(call: CallView, row: Row) -> Found:
    """The same call is made again after it succeeded.

    Nothing new happened between the two: no word of the user, no call that changes anything. Trained on such rows,
    a model goes round in circles, and sends the same mail twice. Asking again is fine where the answer differs, as
    when a job is watched.

    Bad: `get_order(A-1)` → shipped, `get_order(A-1)` → shipped

    Good: `get_order(A-1)` → shipped, then the answer
    """
    twin = _earlier_twin(call, row)
    if twin is None or call.turn.is_weightless:
        return None
    outcome = result_of(twin)
    if outcome is None or outcome.failed or users_between(twin, call, row) or _has_changed_between(twin, call, row):
        return None
    if effect_of(call, row) not in WRITES and _tells_something_new(twin, call):
        return None
    message = f"The same call of `{call.name}` was already answered; use that answer."
    return Hit(call.at, message, {"tool": call.name}, None, twin.at)


def _tells_something_new(first: CallView, second: CallView) -> bool:
    return bool(second.results) and second.results[0].turn.text != first.results[0].turn.text


@rule("B02", scope="call", severity=Severity.WARNING, waivable=True)
def failed_call_repeated(call: CallView, row: Row) -> Found:
    """A call that failed is repeated unchanged.

    What failed because of its arguments fails again. Change the call, ask, or say what went wrong. After a time-out,
    a rate limit or a passing fault a repetition is fine and is judged by other rules.

    Bad: `get_order(A-9)` → not found, `get_order(A-9)` → not found

    Good: `get_order(A-9)` → not found, then a question to the user
    """
    if not row.has_failure:
        return None
    twin = _earlier_twin(call, row)
    outcome = result_of(twin) if twin is not None and not call.turn.is_weightless else None
    if twin is None or outcome is None or not outcome.failed or outcome.kind in _MAY_PASS:
        return None
    if users_between(twin, call, row) or _has_changed_between(twin, call, row):
        return None
    message = f"This call of `{call.name}` failed before and is repeated unchanged; change it or ask."
    return Hit(call.at, message, {"tool": call.name}, None, twin.at)


@rule("B15", scope="row", severity=Severity.WARNING, waivable=True)
def too_many_calls(row: Row) -> Found:
    """One request takes more than thirty calls, or the row is very long.

    Long chains are mostly loops or lost agents, and few trainers keep them whole: the end is cut off, and with it
    what was to be learned. Cut the row where a step is done, or keep it with a reason.

    Bad: forty calls of `list_files` for one question

    Good: the five calls that found the file
    """
    if len(row.calls) <= CALLS_FOR_ONE_REQUEST and len(row.turns) <= TURNS_IN_A_ROW:
        return None
    longest, start = _longest_run(row)
    if longest > CALLS_FOR_ONE_REQUEST:
        message = f"One request takes {longest} calls; more than {CALLS_FOR_ONE_REQUEST} are mostly a loop, so cut it."
        return Hit(f"/messages/{start}", message, {"calls": longest})
    if len(row.calls) > CALLS_IN_A_ROW or len(row.turns) > TURNS_IN_A_ROW:
        message = f"The row has {len(row.turns)} turns and {len(row.calls)} calls; cut it where a step is done."
        return Hit("/messages", message, {"calls": len(row.calls), "turns": len(row.turns)})
    return None


def _longest_run(row: Row) -> tuple[int, int]:
    """The most calls without a word of the user, and the turn in which they begin."""
    longest, at, running, start = 0, 0, 0, 0
    for turn in row.turns:
        if turn.role == "user":
            running = 0
        elif turn.calls:
            start = turn.index if not running else start
            running += len(turn.calls)
        if running > longest:
            longest, at = running, start
    return longest, at
