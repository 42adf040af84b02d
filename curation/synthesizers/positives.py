"""Examples in which a tool is called: one call, several at once, several in a row."""

from __future__ import annotations

from curation.execution.mocks import mock_result
from curation.model.definition import Tool
from curation.model.example import Example, Label, Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.scene import Request, Scene, phrase_of
from curation.synthesizers.wordings import parameters_of, required_of

_ANSWERED_SHARE = 0.04
"""Share of single calls that go on to the result and the answer; the others end on the call they teach."""
_THEN = ("Then {action}.", "After that, {action}.", "Next, {action}.", "Once you know, {action}.")


def draft_positive(scene: Scene) -> Example | None:
    """A request with everything in it, and the call."""
    request = scene.request(scene.next_tool("positive"), "positive")
    if request is None:
        return None
    call = turns.call(request.tool.name, request.arguments)
    told = [turns.user(request.text()), turns.calling(call)]
    if scene.rng.random() < _ANSWERED_SHARE:
        outcome = mock_result(request.tool, scene.rng)
        told += [turns.result(call, outcome), answer_success(scene, request, outcome)]
    return scene.example(request.family, told, [request.tool])


def answer_success(scene: Scene, request: Request, outcome: dict[str, Json]) -> Message:
    """What is said after a success, with values of the call and the result only."""
    known = {**request.arguments, **outcome}
    phrases = {slot_name(name): phrase_of(value) for name, value in known.items()}
    sayings = [text for text in scene.wording(request.tool).done.get("say", ()) if set(slots_of(text)) <= set(phrases)]
    text = say(scene.rng.choice(sayings), phrases) if sayings else "That is done."
    return turns.answer(text, Label(reason="answer_directly"))


def draft_parallel(scene: Scene) -> Example | None:
    """One request for two values of the same argument, and two calls at once."""
    fitting = [tool for tool in scene.tools if _doubled_parameter(scene, tool)]
    if not fitting:
        return None
    tool = scene.next_tool("parallel", fitting)
    name = _doubled_parameter(scene, tool)
    first, second = scene.request(tool, "parallel"), scene.request(tool, "parallel-other")
    if first is None or second is None or first.arguments[name] == second.arguments[name]:
        return None
    both = f"{first.phrases[slot_name(name)]} and {second.phrases[slot_name(name)]}"
    calls = [
        turns.call(tool.name, arguments, number)
        for number, arguments in enumerate((first.arguments, first.arguments | {name: second.arguments[name]}), 1)
    ]
    text = say(first.frame, first.phrases | {slot_name(name): both})
    return scene.example(first.family, [turns.user(text), turns.calling(*calls)], [tool])


def _doubled_parameter(scene: Scene, tool: Tool) -> str:
    """The argument that can be asked for twice in one breath: the only required one, said word for word."""
    required = required_of(tool)
    if len(required) != 1 or scene.wording(tool).values.get(required[0]):
        return ""
    schema = parameters_of(tool)[required[0]]
    is_scalar = isinstance(schema, dict) and schema.get("type") in ("string", "integer", "number")
    return required[0] if is_scalar and "enum" not in schema else ""


def draft_multi_step(scene: Scene) -> Example | None:
    """Two tools in a row: the second is called when the first has answered."""
    pairs = follow_ups(scene.tools)
    if not pairs:
        return None
    first, second = scene.deck.deal("pair", pairs)
    request = scene.request(first, "multi-step")
    if request is None:
        return None
    then = say(scene.rng.choice(_THEN), {"action": scene.wording(second).action})
    one = turns.call(first.name, request.arguments, 1)
    two = turns.call(second.name, shared_arguments(request, second), 2)
    outcome = mock_result(first, scene.rng)
    told = [turns.user(f"{request.text()} {then}"), turns.calling(one), turns.result(one, outcome), turns.calling(two)]
    return scene.example(request.family, told, [first, second])


def follow_ups(tools: tuple[Tool, ...], *, first_reads: bool = True) -> list[tuple[Tool, Tool]]:
    """Pairs in which the first tool's required arguments are enough to call the second."""
    return [
        (first, second)
        for first in tools
        for second in tools
        if (first.side_effect in (None, "read") or not first_reads) and is_enough_for(first, second)
    ]


def is_enough_for(first: Tool, second: Tool) -> bool:
    """Whether whoever can call the first tool knows everything that the second requires."""
    needed = required_of(second)
    return first is not second and bool(needed) and all(_same_parameter(first, second, name) for name in needed)


def _same_parameter(first: Tool, second: Tool, name: str) -> bool:
    return name in required_of(first) and parameters_of(first)[name] == parameters_of(second)[name]


def shared_arguments(request: Request, other: Tool) -> dict[str, Json]:
    """The arguments of another tool that takes what this request already says."""
    return {name: request.arguments[name] for name in required_of(other)}
