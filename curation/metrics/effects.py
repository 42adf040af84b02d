"""What an answer would do: whether it has the effect that was asked for, and what it does that nobody asked for.

Both sides run in a mocked world that has lived through the conversation so far. Values that the comparators take for
equal are made equal first, so that a world never tells apart what a metric does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from curation.execution.running import runs_of
from curation.execution.world import World
from curation.metrics.assignment import Pair, pair_calls
from curation.metrics.expected import Expected, ExpectedCall
from curation.metrics.fields import Outcome, compare_fields
from curation.metrics.given import Given, GivenCall, Verdict
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.values import Json
from curation.rules.effects import WRITES, guess_effect

Tools = Mapping[str, Tool]
"""Name → what a team knows of a tool beyond what a model sees."""
Run = tuple[str, dict[str, Json]]
Pairing = Callable[[Expected, Given], list[Pair]]


def does_the_same(gold: Example, expected: Expected, given: Given, pairs: Sequence[Pair], tools: Tools) -> bool | None:
    """Whether the answer's calls bring the same results and leave the same state as those of the gold row.

    None where there is nothing to tell by: the row expects no call, or one of its tools has no mock.
    """
    if not expected.is_call_row or not all(has_mock(tools.get(name)) for name in expected.names):
        return None
    if given.verdict is not Verdict.VALID_CALL or any(name not in tools for name in given.names or ()):
        return False
    wanted, done = zip(*(_alike(one, other, expected) for one, other in pairs), strict=True)
    if wanted == done:
        return True
    return _outcome(gold, wanted, tools) == _outcome(gold, done, tools)


def has_mock(tool: Tool | None) -> bool:
    """Whether anything is known of what the tool brings back."""
    return tool is not None and bool(tool.result_schema or any(one.result or one.error for one in tool.samples))


def writes_badly(expected: Expected, given: Given, tools: Tools) -> bool:
    """Whether the answer would change something in a way that nobody asked for: a validator lets it through."""
    if given.verdict is not Verdict.VALID_CALL or not any(_changes(call.name, tools) for call in given.calls):
        return False
    return _has_stray(_pair_in_turn, expected, given, tools) and _has_stray(_pair_at_best, expected, given, tools)


def _has_stray(pair: Pairing, expected: Expected, given: Given, tools: Tools) -> bool:
    """Whether a way of pairing leaves a call that changes something without the call that asks for it."""
    return any(
        call is not None and _changes(call.name, tools) and (wanted is None or not _is(wanted, call, expected))
        for wanted, call in pair(expected, given)
    )


def _pair_in_turn(expected: Expected, given: Given) -> list[Pair]:
    """Each call with the first one left that asks for it: soon done, and mostly enough."""
    left, pairs = list(expected.calls), list[Pair]()
    for call in given.calls:
        wanted = next((one for one in left if _is(one, call, expected)), None)
        pairs.append((wanted, call))
        if wanted is not None:
            left.remove(wanted)
    return pairs


def _pair_at_best(expected: Expected, given: Given) -> list[Pair]:
    """So that as many calls as can be have one that asks for them; two may be asked for by the same one."""
    return pair_calls(
        expected.calls, given.calls, lambda wanted, call: float(_is(wanted, call, expected)), in_order=False
    )


def _changes(name: str, tools: Tools) -> bool:
    tool = tools.get(name)
    return ((tool.side_effect if tool else None) or guess_effect(name)) in WRITES


def _is(wanted: ExpectedCall, call: GivenCall, row: Expected) -> bool:
    fields = compare_fields(wanted, call, row) if wanted.name == call.name else None
    return fields is not None and all(field.outcome is Outcome.MATCHING for field in fields)


def _alike(wanted: ExpectedCall | None, given: GivenCall | None, row: Expected) -> tuple[Run | None, Run | None]:
    """Both calls of a pair as they are run, with the gold row's value for all that counts as the same."""
    if wanted is None or given is None:
        return _as_run(wanted), _as_run(given)
    wrong = {one.argument for one in compare_fields(wanted, given, row) if one.outcome is not Outcome.MATCHING}
    agreed = {name: value for name, value in wanted.arguments.items() if name not in wrong}
    own = {name: value for name, value in given.arguments.items() if name in wrong}
    return _as_run(wanted), (given.name, {**agreed, **own})


def _as_run(call: ExpectedCall | GivenCall | None) -> Run | None:
    return (call.name, call.arguments) if call is not None else None


def _outcome(gold: Example, calls: Sequence[Run | None], tools: Tools) -> tuple[list[str], dict[str, Json]]:
    """What calls bring back, in no order, and what they leave."""
    world = World(tools)
    for ran in runs_of(gold):
        if ran.answer is not None:
            world.take(ran.tool, ran.arguments, ran.answer)
    results = sorted(world.run(name, arguments) for name, arguments in (call for call in calls if call is not None))
    return results, world.state
