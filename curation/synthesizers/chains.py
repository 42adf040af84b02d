"""Several calls for one request: side by side, in a row, from the result of one into the next, or one instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.example import Example, Label, Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.arguments import Drawn
from curation.synthesizers.clarifying import finish, tell
from curation.synthesizers.composing import Worded
from curation.synthesizers.consenting import act_with, be_sure
from curation.synthesizers.details import in_one_breath, label_words
from curation.synthesizers.failing import fail
from curation.synthesizers.grammar import grammar
from curation.synthesizers.look_alikes import without_twins
from curation.synthesizers.positives import is_enough_for
from curation.synthesizers.scene import Request
from curation.synthesizers.sharing import fits
from curation.synthesizers.stage import INNER, Stage, shared_names
from curation.synthesizers.subjects import identifying, is_destructive, makes, reads, verb_of
from curation.synthesizers.together import NOTHING_SAID, How, Together
from curation.synthesizers.wordings import parameters_of, required_of, shown_by

_ANSWERED_SHARE = 0.3
_SHORT_SHARE = 0.6
_NOT_TELLING = frozenset({"by", "id", "ids", "for", "the", "with", "from", "all", "new", "list", "in", "of", "to"})
_ANYBODYS = frozenset(
    {"id", "name", "username", "title", "description", "body", "message", "content", "text", "status"}
)
"""Arguments that things have in common which have nothing to do with each other."""


class Link(msgspec.Struct, frozen=True):
    """A value of one tool's result that another tool takes."""

    result: str
    parameter: str


def answers(tool: Tool) -> bool:
    """Whether something sensible can be said of what a call brings back: a write went through, a read has a schema."""
    return tool.result_schema is not None or not reads(tool)


def links(first: Tool, second: Tool) -> tuple[Link, ...]:
    """What of the first tool's result the second one requires: the same name, or the id of what the first is about."""
    found = _links(first, second)
    # What was asked with and comes back unchanged was known before; and what is only now made has no id yet.
    is_made = verb_of(second) in grammar()["making"]
    return tuple(
        link
        for link in found
        if link.parameter not in parameters_of(first) and not (is_made and link.parameter == "id")
    )


@lru_cache(maxsize=16_384)
def _links(first: Tool, second: Tool) -> tuple[Link, ...]:
    given = shown_by(first)
    nouns = {word.rstrip("s") for word in label_words(first.name).lower().split()}
    found = []
    for name in required_of(second):
        schema = parameters_of(second)[name]
        for result, stated in given.items():
            is_same = result == name or _id_of(name, nouns) == result
            if is_same and type_of(stated) == type_of(schema) and _is_id(result):
                found.append(Link(result, name))
                break
    return tuple(found)


def _is_id(name: str) -> bool:
    return label_words(name).lower().split()[-1] in ("id", "number", "key", "code", "slug", "token", "ticket")


def _id_of(parameter: str, nouns: set[str]) -> str:
    """`petId` is the `id` of what a tool about pets answers."""
    *owner, last = label_words(parameter).lower().split()
    return "id" if last == "id" and owner and owner[-1].rstrip("s") in nouns else ""


def pairs(tools: Sequence[Tool], kind: str, focus: Tool, together: Together = NOTHING_SAID) -> list[tuple[Tool, Tool]]:
    """The pairs with the tool in focus that can be asked for in a row, of one kind."""
    apart = without_twins(focus, tools)
    found = (pair for pair in _pairs_with(apart, focus) if answers(pair[0]) and _are_in_a_row(*pair, kind))
    about = [pair for pair in found if _fit_each_other(together, *pair)]
    return [pair for pair in about if pair[1] is focus] or about


def _pairs_with(tools: Sequence[Tool], focus: Tool) -> Iterator[tuple[Tool, Tool]]:
    """The tool before and behind each other one: all pairs of a large catalogue take seconds to look at."""
    for first in tools:
        seconds = tools if first is focus else (focus,)
        yield from ((first, second) for second in seconds if second is not first)


def _are_in_a_row(first: Tool, second: Tool, kind: str) -> bool:
    if kind == "shared":
        return first.side_effect in (None, "read") and is_enough_for(first, second)
    if kind == "from_result":
        # Who has something made does not want it gone at once.
        return bool(links(first, second)) and not (makes(first) and _removes(second))
    if not _is_about_the_same(first, second):
        return reads(first) and _passes_on(second)
    return not _removes(first) and _can_be_wanted_after(first, second)


def _fit_each_other(together: Together, first: Tool, second: Tool, how: How = "in_a_row") -> bool:
    """Whether both can be wanted of one thing; only a pack says of two tools that they cannot."""
    if not together.knows(first, second) or not _is_about_the_same(first, second):
        return True
    return together.find(first, second, how) is not None


def _can_be_wanted_after(first: Tool, second: Tool) -> bool:
    """Whether a person may want both: a look before or after a deed, not two deeds that undo or repeat each other."""
    if reads(first):
        return not (makes(second) and identifying(first))  # What is looked up by its id is there already.
    return reads(second)


def _removes(tool: Tool) -> bool:
    """Whether nothing is left of what a tool was called with, so that nothing can follow on it."""
    return is_destructive(tool) or verb_of(tool) in grammar()["removing"]


def _passes_on(tool: Tool) -> bool:
    """Whether a tool tells somebody something: whatever was looked up before may be the reason for it."""
    return verb_of(tool) in grammar()["passing_on"]


def _is_about_the_same(first: Tool, second: Tool) -> bool:
    shared = {name for name in shared_names(first, second) if label_words(name).lower() not in _ANYBODYS}
    return bool(set(_nouns(first)) & set(_nouns(second)) or shared & set(required_of(first)) & set(required_of(second)))


def _nouns(tool: Tool) -> list[str]:
    words = [word.rstrip("s") for word in label_words(tool.name).lower().split()]
    return [word for word in words[1:] if word not in _NOT_TELLING]


def draft_in_a_row(stage: Stage, pair: tuple[Tool, Tool], kind: str) -> Example | None:
    """The second tool is called when the first has answered."""
    first, second = pair
    stage.settle_on(stage.together.find(first, second))
    drawn = stage.draw(first)
    if drawn is None:
        return None
    request = stage.word(first, drawn, "direct")
    outcome = stage.simulate(first, drawn.arguments)
    step = _next_step(stage, pair, kind, drawn, outcome)
    if step is None or not fits(second, step.arguments):
        return None
    one, two = turns.call(first.name, drawn.arguments, 1), turns.call(second.name, step.arguments, 2)
    told = [
        turns.user(be_sure(stage, f"{request.text()} {step.text}", (first, drawn.arguments), (second, step.arguments))),
        turns.calling(one),
        turns.result(one, outcome),
        turns.calling(two),
    ]
    if stage.rng.random() < _ANSWERED_SHARE and answers(second):
        told += finish(stage, second, two, step.arguments)
        if reads(first) and answers(first):
            told[-1] = _told_before(tell(stage, first, drawn.arguments, outcome), told[-1])
    return stage.example(request.family, told, [first, second])


def _told_before(text: str, answer: Message) -> Message:
    """The closing answer behind what the first step brought, as that was asked for too."""
    return msgspec.structs.replace(answer, content=f"{text} {answer.content}")


class _Step(msgspec.Struct, frozen=True):
    """What comes after the first call: how it is asked for, and with what it is called."""

    text: str
    arguments: dict[str, Json]


def _next_step(stage: Stage, pair: tuple[Tool, Tool], kind: str, drawn: Drawn, outcome: Json) -> _Step | None:
    first, second = pair
    if kind == "shared":
        arguments = {name: drawn.arguments[name] for name in required_of(second)}
        return _Step(_say_then(stage, first, second, drawn), arguments)
    if kind == "from_result":
        linked = {link.parameter: link.result for link in links(first, second)}
        return _take_over(stage, second, linked, drawn, outcome)
    again = _same_again(stage, first, second, drawn)
    return _Step(stage.say("then_request", request=again.text()), again.arguments) if again else None


def _say_then(stage: Stage, first: Tool, second: Tool, drawn: Drawn) -> str:
    """ "Then cancel the order."; in a pack's own words where it has some."""
    fit = stage.together.find(first, second)
    if fit is None or not fit.then or stage.manner.language != "en":
        return stage.say("then", action=act_with(stage, second, drawn))
    return stage.deck.deal(f"then/{first.name}/{second.name}", fit.then)


def _take_over(stage: Stage, second: Tool, linked: dict[str, str], drawn: Drawn, outcome: Json) -> _Step | None:
    """ "Take the id from the answer and cancel the order, reason late."; what was said before holds on."""
    own = stage.draw(second)
    if own is None or not isinstance(outcome, dict):
        return None
    if any(outcome.get(result) is None for result in linked.values()):
        return None
    if any(outcome[result] in drawn.arguments.values() for result in linked.values()):
        return None
    same = {name: drawn.arguments[name] for name in own.arguments if name in drawn.arguments and name not in linked}
    arguments = own.arguments | same | {name: outcome[result] for name, result in linked.items()}
    rest = in_one_breath(stage.details(second, own, without=(*linked, *same)), after_with=True)
    label = label_words(next(iter(linked.values())))
    return _Step(stage.say("then_result", action=stage.wording(second).action + rest, label=label), arguments)


def _same_again(stage: Stage, first: Tool, second: Tool, drawn: Drawn) -> Worded | None:
    """A whole request for the second tool, about the same things as the first where both name them."""
    own = stage.draw(second)
    if own is None:
        return None
    same = [
        name
        for name in shared_names(first, second)
        if name in drawn.arguments and name in own.arguments and name not in drawn.told | own.told
    ]
    arguments = own.arguments | {name: drawn.arguments[name] for name in same}
    phrases = own.phrases | {name: drawn.phrases[name] for name in same}
    return stage.word(second, Drawn(arguments, phrases, own.told), INNER)


def draft_same_tool(stage: Stage, tool: Tool) -> Example | None:
    """One tool asked for twice, and two calls at once."""
    first = stage.draw(tool)
    if first is None or not first.arguments:
        return None
    request = stage.word(tool, first, "direct")
    if (name := doubled_parameter(stage, tool)) and name in first.arguments and stage.rng.random() < _SHORT_SHARE:
        second = stage.redraw(tool, first, name)
        if second is None or first.phrases[name] not in request.text():
            return None
        stage.keep(second.phrases[name])
        text = f"{request.text()} {stage.say('same_for', value=second.phrases[name])}"
        return _side_by_side(stage, request.family, text, [(tool, first.arguments), (tool, second.arguments)])
    return _two_requests(stage, request, tool)


def doubled_parameter(stage: Stage, tool: Tool) -> str:
    """The argument that can be asked for twice in one breath: the only required one, said word for word."""
    required = required_of(tool)
    if len(required) != 1 or stage.wording(tool).values.get(required[0]):
        return ""
    schema = parameters_of(tool)[required[0]]
    return required[0] if type_of(schema) in ("string", "integer", "number") and "enum" not in str(schema) else ""


def draft_different_tools(stage: Stage, tool: Tool, others: Sequence[Tool]) -> Example | None:
    """Two things at once that have nothing to do with each other, and a call for each."""
    request = stage.request(tool, "direct")
    return _two_requests(stage, request, stage.deck.deal(f"beside/{tool.name}", others)) if request else None


def _two_requests(stage: Stage, request: Request, other: Tool) -> Example | None:
    second = stage.request(other, INNER)
    if second is None or (other is request.tool and second.arguments == request.arguments):
        return None
    text = f"{request.text()} {stage.say('also', request=second.text())}"
    calls = [(request.tool, request.arguments), (other, second.arguments)]
    return _side_by_side(stage, request.family, text, calls)


def _side_by_side(stage: Stage, family: str, text: str, called: Sequence[tuple[Tool, dict[str, Json]]]) -> Example:
    calls = [turns.call(tool.name, arguments, number) for number, (tool, arguments) in enumerate(called, 1)]
    tools = list(dict.fromkeys(tool for tool, _ in called))
    return stage.example(family, [turns.user(be_sure(stage, text, *called)), turns.calling(*calls)], tools)


def draft_alternative(stage: Stage, tool: Tool, others: Sequence[Tool]) -> Example | None:
    """The first way is closed; the person named a second one."""
    drawn = stage.draw(tool)
    others = [other for other in others if _fit_each_other(stage.together, tool, other, "instead")]
    if drawn is None or not others:
        return None
    other = stage.deck.deal(f"alternative/{tool.name}", others)
    stage.settle_on(stage.together.find(tool, other, "instead"))
    request = stage.word(tool, drawn, "direct")
    again = _same_again(stage, tool, other, drawn)
    if again is None:
        return None
    text = f"{request.text()} {stage.say('otherwise_request', request=again.text())}"
    label = Label(recovery="alternative_tool")
    return _after_failure(stage, request, "barred", other, again.arguments, label, text)


def _after_failure(
    stage: Stage,
    request: Request,
    trouble: str,
    other: Tool,
    arguments: dict[str, Json],
    label: Label,
    text: str = "",
) -> Example:
    failure = fail(stage, request.tool, trouble, request.arguments)
    one, two = turns.call(request.tool.name, request.arguments, 1), turns.call(other.name, arguments, 2)
    told = [
        turns.user(be_sure(stage, text or request.text(), (request.tool, request.arguments), (other, arguments))),
        turns.calling(one, trained=False),
        turns.failure(one, failure.message),
        turns.calling(two, label=label),
    ]
    return stage.example(request.family, told, [request.tool, other])
