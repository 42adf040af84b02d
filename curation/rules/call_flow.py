"""Checks of the flow between calls and results: ids, order, and who answers whom."""

from __future__ import annotations

from functools import lru_cache

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import UNSET
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, ResultView, Row, Turn
from curation.targets import TARGETS, Target


def _incomplete_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.INFO if finding.values.get("part") in ("id", "type") else Severity.ERROR


@rule("C01", scope="call", grade=_incomplete_grade)
def call_incomplete(call: CallView, _row: Row) -> Found:
    """A call lacks its id, its type or its name.

    Services refuse such a call. Without an id no result can be matched to it; without a name nothing can be run.

    Bad: `{"function": {"name": "search", "arguments": "{}"}}`

    Good: `{"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}`
    """
    source = call.call
    if call.id and source.type == "function" and call.name:
        return None
    if source.whole is not None or source.function is not None:
        return Hit(call.at, "This tool call is not an object with a function in it.")
    hits = []
    if not call.id:
        fix = Fix("Give it an id", call.at + "/id", quote(call.made_id))
        hits.append(
            Hit(call.at + "/id", "The call has no id; give it one and use it in the result.", {"part": "id"}, fix)
        )
    if source.type != "function":
        fix = Fix("Set the type", call.at + "/type", '"function"')
        state = "no type" if source.type is UNSET else "another type"
        hits.append(Hit(call.at + "/type", f'The call has {state}; it must be "function".', {"part": "type"}, fix))
    if not call.name:
        at = call.at + ("/function/name" if call.has_function else "/function")
        hits.append(Hit(at, "The call names no tool.", {"part": "name"}))
    return hits or None


def _repeated_id_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.ERROR if finding.values.get("same_turn") else Severity.WARNING


@rule("C02", scope="row", grade=_repeated_id_grade)
def call_id_repeated(row: Row) -> Found:
    """Two calls have the same id.

    In one turn nobody can tell which result belongs to which call. Across turns most services still manage, but
    some match the wrong one.

    Bad: `call_1` twice in one turn

    Good: `call_1` and `call_2`
    """
    if len(row.calls) < 2:
        return None
    first: dict[str, CallView] = {}
    hits = []
    for call in row.calls:
        if call.id is None:
            continue
        other = first.setdefault(call.id, call)
        if other is not call:
            hits.append(_repeated_id(call, other))
    return hits or None


def _repeated_id(call: CallView, other: CallView) -> Hit:
    is_same = call.turn is other.turn
    where = "in this turn" if is_same else "in an earlier turn"
    message = f"The id `{(call.id or '')[:60]}` is used by another call {where}; give this call its own."
    return Hit(call.at + "/id", message, {"id": call.id, "same_turn": is_same}, None, other.at + "/id")


@rule("C03", scope="result")
def result_without_id(result: ResultView, _row: Row) -> Found:
    """A tool result does not say which call it answers.

    Services refuse the row, and with several calls in a turn nobody can tell. Add the call's id.

    Bad: `{"role": "tool", "content": "42"}`

    Good: `{"role": "tool", "tool_call_id": "call_1", "content": "42"}`
    """
    if result.id:
        return None
    call = result.call
    fix = None
    if call is not None:
        fix = Fix("Add the call's id", result.at + "/tool_call_id", quote(call.id or call.made_id))
    message = "This result does not say which call it answers; add its `tool_call_id`."
    return Hit(result.at + "/tool_call_id", message, {}, fix, call.at if call else None)


@rule("C04", scope="result")
def orphan_result(result: ResultView, row: Row) -> Found:
    """A result answers a call that was never made.

    The model learns that results fall from the sky. Correct the id or remove the turn.

    Bad: call `call_1`, result for `call_zz`

    Good: call `call_1`, result for `call_1`
    """
    if result.problem != "orphan":
        return None
    at = result.at + "/tool_call_id"
    open_calls = [call for call in row.calls if not call.results and call.id and call.turn.index < result.turn.index]
    fix = None
    hint = "correct the id or remove the turn"
    if len(open_calls) == 1:
        fix = Fix(f"Change to {open_calls[0].id}", at, quote(open_calls[0].id))
        hint = f"the unanswered call is `{open_calls[0].id}`"
    message = f"No call has the id `{(result.id or '')[:60]}`; {hint}."
    return Hit(at, message, {"id": result.id}, fix, open_calls[0].at if fix else None)


@rule("C05", scope="result")
def result_before_call(result: ResultView, _row: Row) -> Found:
    """A result stands before its call.

    The turns were swapped. The model learns to read an answer before it asks.

    Bad: tool (`call_1`), assistant (calls `call_1`)

    Good: assistant (calls `call_1`), tool (`call_1`)
    """
    if result.problem != "early":
        return None
    message = f"This result stands before the call `{(result.id or '')[:60]}` that it answers; swap the turns."
    return Hit(result.at, message, {"id": result.id}, None, result.related)


@rule("C06", scope="call")
def call_unanswered(call: CallView, row: Row) -> Found:
    """A call has no result, yet the conversation goes on.

    Services refuse the row; the model learns to answer without waiting for the tool. Add the result, or remove
    the call. A row may end on calls that are still open.

    Bad: assistant calls, user speaks

    Good: assistant calls, the tool answers, assistant answers
    """
    if call.results or call.turn.role != "assistant" or call.turn.index == len(row.turns) - 1:
        return None
    following = _tool_turns_after(call, row)
    if call.turn.index + len(following) == len(row.turns) - 1 or any(r.problem == "orphan" for r in following):
        return None
    name = f"`{call.name[:60]}`" if call.name else "this tool"
    return Hit(call.at, f"The call of {name} has no result, yet the conversation goes on.", {"id": call.id})


def _tool_turns_after(call: CallView, row: Row) -> list[ResultView]:
    """The results that stand directly behind the call's turn."""
    results = {result.turn.index: result for result in row.results}
    following = []
    for index in range(call.turn.index + 1, len(row.turns)):
        if index not in results:
            break
        following.append(results[index])
    return following


@rule("C07", scope="row", severity=Severity.INFO)
def ends_on_calls(row: Row) -> Found:
    """The row ends on calls without results.

    That is a fine way to teach a single decision, and most targets take it. A few want every call answered.

    Bad (where each call must be answered): … assistant calls

    Good: … assistant calls, the tool answers, assistant answers
    """
    if not row.turns or not row.turns[-1].calls or row.turns[-1].role != "assistant":
        return None
    return Hit(row.turns[-1].at, "The row ends on calls without results.")


@rule("C08", scope="result")
def result_repeated(result: ResultView, _row: Row) -> Found:
    """A call has two results.

    One call gives one result; a retry is a call of its own. Services refuse the second, templates print both.

    Bad: two tool turns for `call_1`

    Good: one tool turn for `call_1`, a second call for the retry
    """
    if result.problem != "repeated":
        return None
    message = f"The call `{(result.id or '')[:60]}` already has a result; make the retry a call of its own."
    return Hit(result.at, message, {"id": result.id}, None, result.related)


@rule("C09", scope="result")
def turn_before_result(result: ResultView, row: Row) -> Found:
    """Another turn stands between a call and its result.

    The result must follow the call at once; services refuse anything between them. Move the turn behind the
    result.

    Bad: assistant calls, user: any news?, tool

    Good: assistant calls, tool, assistant answers, user: any news?
    """
    if result.problem != "late" or result.call is None:
        return None
    between: Turn = next(
        turn
        for turn in row.turns[result.call.turn.index + 1 : result.turn.index + 1]
        if turn.role != "tool" or turn is result.turn
    )
    message = f"A {between.role or 'broken'} turn stands between the call and its result; move it behind the result."
    return Hit(between.at, message, {"id": result.id}, None, result.at)


@rule("C10", scope="result", severity=Severity.WARNING)
def result_order(result: ResultView, _row: Row) -> Found:
    """Results stand in another order than their calls.

    Targets that match results by their position swap the two answers. Put them in the order of the calls.

    Bad: calls 1, 2; results 2, 1

    Good: calls 1, 2; results 1, 2
    """
    call = result.call
    if call is None or call.index == 0 or result.problem is not None:
        return None
    passed = [c for c in call.turn.calls[: call.index] if c.results and c.results[0].turn.index > result.turn.index]
    if not passed:
        return None
    message = f"This result comes before that of the call `{passed[0].id}`, which was made first; put them in order."
    return Hit(result.at, message, {"id": result.id}, None, passed[0].results[0].at)


@rule("C11", scope="result", severity=Severity.WARNING)
def result_name(result: ResultView, _row: Row) -> Found:
    """A result carries the name of another tool than its call.

    Templates that print the name teach the wrong pair. Correct the name or leave it out.

    Bad: call of `search`, result with `"name": "calculate"`

    Good: call of `search`, result with `"name": "search"`
    """
    name = result.turn.message.name
    if type(name) is not str or result.call is None or result.call.name is None or name == result.call.name:
        return None
    at = result.at + "/name"
    message = f"The result is named `{name[:60]}`, but its call is of `{result.call.name[:60]}`."
    fix = Fix("Take the call's name", at, quote(result.call.name))
    return Hit(at, message, {"name": name, "called": result.call.name}, fix, result.call.at)


def _id_form_grade(finding: Finding, target: Target | None) -> Severity | None:
    identifier = str(finding.values.get("id", ""))
    if target is not None:
        return Severity.ERROR if _breaks(identifier, target) else None
    return Severity.ERROR if len(identifier) > _LONGEST_ID else None


_LONGEST_ID = 64


def _breaks(identifier: str, target: Target) -> bool:
    return len(identifier) > _LONGEST_ID or (
        target.id_regex is not None and target.id_regex.fullmatch(identifier) is None
    )


_ID_TARGETS = tuple(target for target in TARGETS.values() if target.call_id_pattern is not None)


@lru_cache(maxsize=4096)
def _is_refused_somewhere(identifier: str) -> bool:
    return any(_breaks(identifier, target) for target in _ID_TARGETS)


@rule("C12", scope="call", grade=_id_form_grade)
def call_id_form(call: CallView, _row: Row) -> Found:
    """A call's id has a form that the target refuses.

    Ids are at most 64 characters, and one service wants exactly nine letters or digits. Exports to it write new
    ids; rows that go there as they are must have them.

    Bad (there): `call_abc-1`

    Good (there): `a1B2c3D4e`
    """
    if call.id is None or not _is_refused_somewhere(call.id):
        return None
    return Hit(call.at + "/id", f"The id `{call.id[:70]}` has a form that some targets refuse.", {"id": call.id})


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
    for other in call.turn.calls:
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
    seen: list[CallView] = []
    for call in turn.calls:
        twin = next(
            (c for c in seen if c.name == call.name and c.value == call.value and c.arguments is not None), None
        )
        if twin is not None:
            message = f"This call of `{call.name}` repeats an earlier one of the same turn; remove it."
            hits.append(Hit(call.at, message, {"tool": call.name}, Fix("Remove the call", call.at), twin.at))
        seen.append(call)
    return hits or None
