"""Dialogues in which a call fails and the next step puts it right, one drafter for each kind of recovery.

The failed call carries weight 0: it is read, never learned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from curation.execution.failures import Failure, FailureKind, explain_arguments, failures_of
from curation.model.definition import Tool
from curation.model.example import Example, Label, RecoveryKind
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.frames import say
from curation.synthesizers.mistakes import wrong_values
from curation.synthesizers.positives import follow_ups, shared_arguments
from curation.synthesizers.scene import Request, Scene
from curation.synthesizers.sharing import is_write
from curation.synthesizers.wordings import parameters_of, required_of

_OTHERWISE = ("If that fails, {action}.", "Otherwise, {action}.", "If you cannot, {action}.", "Failing that, {action}.")


def draft_recovery(scene: Scene, kind: RecoveryKind) -> Example | None:
    """A failed call and what comes next."""
    return _DRAFTERS[kind](scene)


def _draft_corrected(scene: Scene) -> Example | None:
    """The call breaks its schema, the validator says how, the next call is right."""
    request = scene.request(scene.next_tool("corrected"), "recovery")
    broken = _break_arguments(scene, request) if request else None
    if request is None or broken is None:
        return None
    arguments, message = broken
    wrong, right = turns.call(request.tool.name, arguments, 1), turns.call(request.tool.name, request.arguments, 2)
    told = [
        turns.user(scene.ask_for(request)),
        turns.calling(wrong, trained=False),
        turns.failure(wrong, message),
        turns.calling(right, label=Label(recovery="corrected_argument")),
    ]
    return scene.example(request.family, told, [request.tool])


def _break_arguments(scene: Scene, request: Request) -> tuple[dict[str, Json], str] | None:
    """The request's arguments with one mistake, and the validator's message about it."""
    mistakes = list(_mistakes(request))
    for arguments in scene.rng.sample(mistakes, len(mistakes)):
        message = explain_arguments(request.tool, arguments)
        if message:
            return arguments, message
    return None


def _mistakes(request: Request) -> Iterator[dict[str, Json]]:
    schemas = parameters_of(request.tool)
    for name, value in request.arguments.items():
        rest = {key: kept for key, kept in request.arguments.items() if key != name}
        if name in required_of(request.tool) and len(request.arguments) > 1:
            yield rest
        for wrong in wrong_values(schemas[name], value):
            yield {key: wrong if key == name else request.arguments[key] for key in request.arguments}


def _draft_waiting(scene: Scene) -> Example | None:
    """The tool is busy; it is said, and after the pause the same call is made again."""
    failed = _fail(scene, "transient", scene.tools)
    if failed is None:
        return None
    request, failure = failed
    first, again = (turns.call(request.tool.name, request.arguments, number) for number in (1, 2))
    told = [
        turns.user(scene.ask_for(request)),
        turns.calling(first, trained=False),
        turns.failure(first, failure.message),
        turns.calling(again, label=Label(recovery="retry_after_wait")),
    ]
    return scene.example(request.family, told, [request.tool])


def _draft_reading(scene: Scene) -> Example | None:
    """A write times out; before anything is written again, the state is read."""
    pairs = [
        (write, read)
        for write, read in follow_ups(scene.tools, first_reads=False)
        if is_write(write) and read.side_effect == "read"
    ]
    if not pairs:
        return None
    write, read = scene.deck.deal("read-first", pairs)
    failed = _fail(scene, "unknown_outcome", (write,))
    return _call_other(scene, failed, read, "read_before_retry", "") if failed else None


def _draft_alternative(scene: Scene) -> Example | None:
    """The first way is closed; the person named a second one."""
    pairs = follow_ups(scene.tools, first_reads=False)
    if not pairs:
        return None
    first, second = scene.deck.deal("alternative", pairs)
    failed = _fail(scene, "permanent", (first,))
    otherwise = say(scene.rng.choice(_OTHERWISE), {"action": scene.wording(second).action})
    return _call_other(scene, failed, second, "alternative_tool", otherwise) if failed else None


def _call_other(
    scene: Scene, failed: tuple[Request, Failure], other: Tool, kind: RecoveryKind, addition: str
) -> Example:
    request, failure = failed
    first = turns.call(request.tool.name, request.arguments, 1)
    second = turns.call(other.name, shared_arguments(request, other), 2)
    told = [
        turns.user(f"{scene.ask_for(request)} {addition}".strip()),
        turns.calling(first, trained=False),
        turns.failure(first, failure.message),
        turns.calling(second, label=Label(recovery=kind)),
    ]
    return scene.example(request.family, told, [request.tool, other])


def _draft_escalating(scene: Scene) -> Example | None:
    """A person has to decide; the answer says so and hands over."""
    reply = scene.reply("{error} I hand it to a colleague.", "handed_over")
    return _end_in_words(scene, "needs_person", reply, Label(reason="escalate", recovery="escalate"))


def _draft_giving_up(scene: Scene) -> Example | None:
    """It cannot be done, and the answer says so honestly."""
    label = Label(reason="cannot_be_done", recovery="give_up")
    return _end_in_words(scene, "permanent", scene.reply("I could not do it: {error}", "gave_up"), label)


def _end_in_words(scene: Scene, kind: FailureKind, reply: str, label: Label) -> Example | None:
    failed = _fail(scene, kind, scene.tools)
    if failed is None:
        return None
    request, failure = failed
    first = turns.call(request.tool.name, request.arguments, 1)
    told = [
        turns.user(scene.ask_for(request)),
        turns.calling(first, trained=False),
        turns.failure(first, failure.message),
        turns.answer(say(reply, {"error": failure.message}), label),
    ]
    return scene.example(request.family, told, [request.tool])


def _fail(scene: Scene, kind: FailureKind, among: tuple[Tool, ...]) -> tuple[Request, Failure] | None:
    tool = scene.next_tool(f"fail/{kind}/{'-'.join(tool.name for tool in among)}", among)
    request = scene.request(tool, "recovery")
    return (request, scene.rng.choice(failures_of(tool, kind))) if request else None


_DRAFTERS: dict[RecoveryKind, Callable[[Scene], Example | None]] = {
    "corrected_argument": _draft_corrected,
    "retry_after_wait": _draft_waiting,
    "read_before_retry": _draft_reading,
    "alternative_tool": _draft_alternative,
    "escalate": _draft_escalating,
    "give_up": _draft_giving_up,
}
