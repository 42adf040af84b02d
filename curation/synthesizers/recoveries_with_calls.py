"""Recoveries in which something is called next: again, with other values, later, after a look, or another tool."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from curation.execution.failures import kind_of
from curation.execution.simulating import Simulated
from curation.model.definition import Tool
from curation.model.example import Call, Label, Message
from curation.model.values import Json
from curation.rules.outcome import outcome_of
from curation.synthesizers import turns
from curation.synthesizers.arguments import Drawn
from curation.synthesizers.consenting import act_with, get_a_yes, needs_yes
from curation.synthesizers.failing import can_fail, fail, failures_for, sentence, tells_why
from curation.synthesizers.frames import slot_name
from curation.synthesizers.generic import label_of
from curation.synthesizers.look_alikes import without_twins
from curation.synthesizers.looking import Sight, can_show, look_arguments, show_refusal, sights
from curation.synthesizers.mistakes import break_arguments
from curation.synthesizers.outcomes import draw_outcome, says_something, tell_outcome
from curation.synthesizers.recovery_words import Ending, action_of, word
from curation.synthesizers.reframing import word_request
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.sharing import can_follow, fits, is_write, readers_of, shared_arguments
from curation.synthesizers.stage import INNER, Stage
from curation.synthesizers.story import Story, deed
from curation.synthesizers.subjects import can_stand_in, identifying, reads

_SHORT_WAIT_S = 5


def _start(scene: Stage, tools: Sequence[Tool], purpose: str) -> Request | None:
    return scene.request(scene.next_tool(f"recovery/{purpose}", tools), "recovery") if tools else None


def correct_argument(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """The call breaks its schema, the validator says how, the next call is right."""
    request = _start(scene, tools, "corrected")
    broken = break_arguments(request, scene.rng) if request else None
    if request is None or broken is None:
        return None
    story = Story().ask(scene.ask_for(request))
    wrong = story.call(request.tool, broken.arguments, trained=False)
    story.fail(wrong, str(turns.failure(wrong, broken.told).content))
    return _repeat(scene, story, request, Label(recovery="corrected_argument"))


def ask_for_other_value(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """Nothing is found under a value; the person is asked and gives another, and that one is used."""
    request = _start(scene, [tool for tool in tools if identifying(tool)], "not found")
    other = scene.request(request.tool, "not found again") if request else None
    if request is None or other is None:
        return None
    name = identifying(request.tool)
    mended = request.arguments | {name: other.arguments[name]}
    if mended == request.arguments or not fits(request.tool, mended):
        return None
    story = Story().ask(scene.ask_for(request))
    first = story.call(request.tool, request.arguments, trained=False)
    story.fail(first, fail(scene, request.tool, "missing").text)
    said = {"label": label_of(name), "value": phrase_of(request.arguments[name])}
    story.answer(word(scene, "ask_again", **said), Label(reason="missing_information", missing=(name,)))
    story.ask(word(scene, "given_again", value=phrase_of(mended[name])))
    story.turns += _get_another_yes(scene, request.tool, mended)
    call = story.call(request.tool, mended, label=Label(recovery="corrected_argument"))
    return _tell_end(scene, story, msgspec.structs.replace(request, arguments=mended), call)


def _get_another_yes(scene: Stage, tool: Tool, arguments: dict[str, Json]) -> list[Message]:
    """The question whether the new value is meant and the yes: the first yes was said of the first value alone."""
    if not needs_yes(scene, tool, arguments):
        return []
    again = word_request(scene, tool, arguments, INNER)
    return get_a_yes(scene, tool, again) if again else []


def wait_as_told(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """The tool is asked too often; the answer says so, waits, and makes the same call again."""
    request = _start(scene, tools, "waiting")
    if request is None:
        return None
    failure = fail(scene, request.tool, "busy")
    seconds = f"{failure.retry_after_s or _seconds_in(failure.message):g}"
    story = Story().ask(scene.ask_for(request))
    first = story.call(request.tool, request.arguments, trained=False)
    story.fail(first, failure.text)
    said = word(scene, "wait", seconds=seconds)
    call = story.call(request.tool, request.arguments, text=said, label=Label(recovery="retry_after_wait"))
    return _tell_end(scene, story, request, call, lambda told: word(scene, "waited", seconds=seconds, told=told))


def _seconds_in(message: str) -> float:
    """How long a message asks to wait, in its own words."""
    numbers = [int(part) for part in message.replace(".", " ").split() if part.isdigit()]
    return float(numbers[-1]) if numbers else _SHORT_WAIT_S


def try_once_more(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """What changes nothing, or the same however often it is called, breaks down and is simply called again."""
    request = _start(scene, [tool for tool in tools if _may_be_repeated(scene, tool)], "again")
    if request is None:
        return None
    story = _broken_down(scene, request, "overloaded")
    words = word(scene, "wait_a_moment" if request.tool.side_effect == "read" else "repeat_safely")
    call = story.call(request.tool, request.arguments, text=words, label=Label(recovery="retry_after_wait"))
    return _tell_end(scene, story, request, call, lambda told: word(scene, "waited_a_moment", told=told))


def _may_be_repeated(scene: Stage, tool: Tool) -> bool:
    """A look, or a write that may be made twice where nothing shows whether it was made."""
    return tool.side_effect == "read" or (bool(tool.idempotent) and not readers_of(tool, scene.tools))


def _broken_down(scene: Stage, request: Request, trouble: str = "down") -> Story:
    story = Story().ask(scene.ask_for(request))
    first = story.call(request.tool, request.arguments, trained=False)
    return story.fail(first, fail(scene, request.tool, trouble).text)


def look_first(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """A write breaks down; before anything is written again, the state is read."""
    return _look(scene, tools, "down", "read_first")


def look_at_conflict(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """A write meets somebody else's change; what stands there now is read."""
    return _look(scene, tools, "conflict", "read_conflict")


def look_rather_than_retry(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """The state is read; the same write sent again is the answer that is rejected."""
    return _look(scene, tools, "down", "read_first", is_paired=True)


def look_after_blind_retry(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """The write was already repeated blindly; the state is read before it happens a third time."""
    return _look(scene, tools, "down", "read_after_blind_retry", is_repeated=True)


def _look(
    scene: Stage,
    tools: Sequence[Tool],
    trouble: str,
    words: str,
    *,
    is_paired: bool = False,
    is_repeated: bool = False,
) -> Ending | None:
    readers = readers_in(scene)
    writes = [tool for tool in tools if readers.get(tool.name) and can_fail(tool, trouble)]
    request = _start(scene, writes, words)
    if request is None:
        return None
    reader = scene.rng.choice(readers[request.tool.name])
    story = Story().ask(scene.ask_for(request))
    failures = [fail(scene, request.tool, trouble) for _ in range(2 if is_repeated else 1)]
    for failure in failures:
        call = story.call(request.tool, request.arguments, trained=False)
        scene.world.take(request.tool.name, request.arguments, failure.text)
        story.fail(call, failure.text)
    shown = [sight for sight in sights(scene, request, reader) if _may_be(sight, trouble, failures)]
    if not shown:
        return None
    label = Label(recovery="read_before_retry")
    look = story.call(reader, look_arguments(request, reader), text=word(scene, words), label=label)
    if is_paired:
        # What is rejected stands in the place of the last turn, so that a pair ends on the look.
        needed = (request.tool, reader)
        return Ending(request.family, tuple(story.turns), request.tool, needed, rejected=(_blind(request),))
    done_now = "done_after_blind_retry" if is_repeated else "done_now"
    seen = scene.deck.deal_number(f"seen/{len(shown)}/{shown[0].is_done}", len(shown))
    return _decide(scene, story, request, (look, reader), shown[seen], is_open=trouble == "conflict", done_now=done_now)


def _may_be(sight: Sight, trouble: str, failures: Sequence[Simulated]) -> bool:
    """Whether a failure goes with what is seen: a refusal did nothing, and what is sent again was not refused."""
    if trouble != "down":
        return not sight.is_done
    if sight.is_done:
        return any(kind_of(failure.message) == "unknown_outcome" for failure in failures)
    return all(outcome_of(failure.text).kind in ("timeout", "temporary") for failure in failures)


def _decide(
    scene: Stage,
    story: Story,
    request: Request,
    look: tuple[Call, Tool],
    sight: Sight,
    *,
    is_open: bool,
    done_now: str,
) -> Ending:
    """What the look shows, and what follows: nothing is left to do, it is done now, or the person has to say."""
    call, reader = look
    scene.world.take(reader.name, look_arguments(request, reader), sight.text)
    story.fail(call, sight.text)
    if is_open:
        said = word(scene, "ask_after_conflict", seen=sight.told, action=action_of(scene, request))
        story.answer(said, Label(reason="missing_information"))
        return Ending(request.family, tuple(story.turns), request.tool, (request.tool, reader), ())
    if sight.is_done:
        story.answer(word(scene, "was_done", seen=sight.told), Label(reason="answer_directly"))
    else:
        again = story.call(request.tool, request.arguments, text=word(scene, "not_done"))
        outcome = draw_outcome(scene, request.tool, request.arguments)
        told = tell_outcome(scene, request, outcome)
        told = word(scene, done_now, seen=sight.past, told=told)
        story.succeed(again, outcome).answer(told, Label(reason="answer_directly"))
    deeds = (deed(request.tool, request.arguments),)
    return Ending(request.family, tuple(story.turns), request.tool, (request.tool, reader), deeds)


def readers_in(scene: Stage) -> dict[str, list[Tool]]:
    """Tool that writes → those that read what it may have changed."""
    return scene.once("readers", lambda: {tool.name: _showing(tool, scene.tools) for tool in scene.tools})


def _showing(tool: Tool, among: Sequence[Tool]) -> list[Tool]:
    return [reader for reader in readers_of(tool, among) if can_show(tool, reader)] if is_write(tool) else []


def _blind(request: Request) -> Message:
    """The same call made again as if nothing could happen twice."""
    return turns.calling(turns.call(request.tool.name, request.arguments, 2))


def go_another_way(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """The first way is closed; the person named a second one."""
    names = {tool.name for tool in tools}
    pairs = [pair for pair in scene.once("ways round", lambda: _ways_round(scene.tools)) if pair[0].name in names]
    if not pairs:
        return None
    first, second = scene.deck.deal(f"alternative/{len(pairs)}", pairs)
    request = scene.request(first, "recovery")
    if request is None:
        return None
    failure = fail(scene, first, "closed", request.arguments)
    if not reads(first) and not tells_why(failure):
        return None  # Where nothing can be changed for a while, a look is not what was wanted instead.
    phrases = {name: request.phrases[slot_name(name)] for name in request.arguments}
    named = Drawn(request.arguments, phrases, frozenset())
    otherwise = word(scene, "otherwise", action=act_with(scene, second, named))
    story = Story().ask(f"{scene.ask_for(request)} {otherwise}")
    call = story.call(first, request.arguments, trained=False)
    story.fail(call, failure.text)
    arguments = shared_arguments(request.arguments, second)
    other = story.call(second, arguments, label=Label(recovery="alternative_tool"))
    outcome = show_refusal(second, draw_outcome(scene, second, arguments), failure.message, scene.rng)
    if says_something(second, outcome):
        told = tell_outcome(scene, Request(second, "", "", arguments, {}), outcome)
        said = word(scene, "went_another_way", error=sentence(failure.message), told=told)
        story.succeed(other, outcome).answer(said, Label(reason="answer_directly"))
    return Ending(request.family, tuple(story.turns), first, (first, second), (deed(second, arguments),))


def _ways_round(tools: Sequence[Tool]) -> list[tuple[Tool, Tool]]:
    return [(one, other) for one in tools for other in without_twins(one, tools) if _is_way_round(one, other)]


def _is_way_round(one: Tool, other: Tool) -> bool:
    """Whether the other can be called with what the first was given, and a person may want it instead."""
    can_close = reads(one) or any(map(tells_why, failures_for(one, "closed")))
    return can_follow(one, other) and can_stand_in(one, other) and can_close


def _repeat(scene: Stage, story: Story, request: Request, label: Label) -> Ending:
    """The call as it was asked for, and what came of it."""
    return _tell_end(scene, story, request, story.call(request.tool, request.arguments, label=label))


def _as_it_is(told: str) -> str:
    return told


def _tell_end(
    scene: Stage, story: Story, request: Request, call: Call, telling: Callable[[str], str] = _as_it_is
) -> Ending:
    """What came of a call; `telling` says beside it what it took."""
    outcome = draw_outcome(scene, request.tool, request.arguments)
    if says_something(request.tool, outcome):
        told = telling(tell_outcome(scene, request, outcome))
        story.succeed(call, outcome).answer(told, Label(reason="answer_directly"))
    return _end(request, story)


def _end(request: Request, story: Story) -> Ending:
    deeds = (deed(request.tool, request.arguments),)
    return Ending(request.family, tuple(story.turns), request.tool, (request.tool,), deeds)
