"""Checks of the flow between calls and results: order, and who answers whom."""

from __future__ import annotations

from curation.model.finding import Fix, Severity
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, ResultView, Row, Turn


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
    meant = row.only_open_call_before(result.turn.index)
    fix = None
    hint = "correct the id or remove the turn"
    if meant is not None:
        fix = Fix(f"Change to {meant.id}", at, quote(meant.id))
        hint = f"the unanswered call is `{meant.id}`"
    message = f"No call has the id `{(result.id or '')[:60]}`; {hint}."
    return Hit(at, message, {"id": result.id}, fix, meant.at if meant else None)


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
    following = row.results_after(call.turn.index)
    if call.turn.index + following.n_results == len(row.turns) - 1 or following.has_orphan:
        return None
    name = f"`{call.name[:60]}`" if call.name else "this tool"
    return Hit(call.at, f"The call of {name} has no result, yet the conversation goes on.", {"id": call.id})


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
