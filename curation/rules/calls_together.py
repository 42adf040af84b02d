"""Checks of several calls in one turn."""

from __future__ import annotations

import json

from curation.model.finding import Finding, Fix, Severity
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row, Turn
from curation.targets import Target

_MOST_TOGETHER = 64
"""Calls of one turn whose results are looked through for a value."""


def _parallel_grade(finding: Finding, target: Target | None) -> Severity | None:
    if finding.values.get("forbidden"):
        return Severity.ERROR
    if target is not None and target.parallel_calls is not None and not target.parallel_calls.value:
        return Severity.ERROR
    return None


@rule("C13", scope="message", roles=("assistant",), grade=_parallel_grade)
def parallel_calls(turn: Turn, row: Row) -> Found:
    """A turn makes several calls where only one is allowed.

    The row itself may say `"parallel_tool_calls": false`, and some templates raise on a second call or lose it.
    Spread the calls over several turns.

    Bad: two calls in a turn of a row with `"parallel_tool_calls": false`

    Good: one call, its result, then the second call
    """
    if len(turn.calls) < 2:
        return None
    forbidden = row.example.extra.get("parallel_tool_calls") == "false"
    reason = "the row forbids parallel calls" if forbidden else "some targets allow one call in a turn"
    message = f"This turn makes {len(turn.calls)} calls at once; {reason}."
    return Hit(turn.at + "/tool_calls", message, {"calls": len(turn.calls), "forbidden": forbidden})


@rule("C14", scope="call", severity=Severity.WARNING, waivable=True)
def dependent_parallel_calls(call: CallView, _row: Row) -> Found:
    """A parallel call uses a value that only the other call's result gives.

    At the time of the call nobody can know the value, so the model learns to invent it. Make the calls one after
    the other.

    Bad: one turn: `search_hotel(…)` and `book(hotel_id="H-7731")`, where H-7731 stands in the search's result

    Good: search, its result, then book
    """
    if len(call.turn.calls) < 2 or not call.arguments:
        return None
    values = [v for v in call.arguments.values() if isinstance(v, str) and len(v) >= 4 and any(c.isdigit() for c in v)]
    if not values:
        return None
    for other in call.turn.calls[:_MOST_TOGETHER]:
        text = other.results[0].turn.text if other is not call and other.results else None
        found = next((v for v in values if text and v in text and not _is_known_before(v, call)), None)
        if found is not None:
            message = f"{quote(found)[:60]} is only known from the result of the call made at the same time."
            return Hit(call.arguments_at, message, {"value": found}, None, other.at)
    return None


def _is_known_before(value: str, call: CallView) -> bool:
    if any(value in text for text in call.turn.row.text_before(call.turn.index)):
        return True
    return any(value in (other.text or "") for other in call.turn.calls if other is not call)


@rule("C15", scope="message", roles=("assistant",), severity=Severity.WARNING, waivable=True)
def identical_calls(turn: Turn, _row: Row) -> Found:
    """A turn makes the same call twice.

    The second call costs and changes nothing, or does the thing twice. Remove it.

    Bad: `send(to="a@example.com")` twice in one turn

    Good: once
    """
    if len(turn.calls) < 2:
        return None
    hits = []
    seen: dict[tuple[str | None, str], CallView] = {}
    for call in turn.calls:
        if call.arguments is None:
            continue
        twin = seen.setdefault((call.name, json.dumps(call.arguments, sort_keys=True)), call)
        if twin is not call:
            message = f"This call of `{call.name}` repeats an earlier one of the same turn; remove it."
            hits.append(Hit(call.at, message, {"tool": call.name}, Fix("Remove the call", call.at), twin.at))
    return hits or None
