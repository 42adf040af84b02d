"""Conversations about one call: answered to the end, asked back for what is missing, or changed on second thoughts."""

from __future__ import annotations

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.acting import looks
from curation.synthesizers.answering import chief_facts, readable, say_done, tell_things, unwrap
from curation.synthesizers.arguments import Drawn
from curation.synthesizers.choices import choices_in
from curation.synthesizers.consenting import be_sure, get_a_yes
from curation.synthesizers.details import detail, in_a_list, join, label_beside, say_plainly
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.look_alikes import without_twins
from curation.synthesizers.scene import phrase_of
from curation.synthesizers.sharing import is_write
from curation.synthesizers.stage import INNER, Stage
from curation.synthesizers.wordings import parameters_of, required_of

_MOST_FACTS = 4
_ANSWERED_SHARE = 0.3
_ALL_OPEN_SHARE = 0.25
_DROPPED_SHARE = 0.4


def draft_direct(stage: Stage, tool: Tool) -> Example | None:
    """A request with everything in it, and the call."""
    request = stage.request(tool, "direct")
    if request is None:
        return None
    call = turns.call(tool.name, request.arguments)
    text = be_sure(stage, request.text(), (tool, request.arguments))
    return stage.example(request.family, [turns.user(text), turns.calling(call)], [tool])


def draft_answered(stage: Stage, tool: Tool) -> Example | None:
    """The same, up to what the tool answers and what is said about it."""
    request = stage.request(tool, "direct")
    if request is None:
        return None
    call = turns.call(tool.name, request.arguments)
    told = [
        turns.user(request.text()),
        *get_a_yes(stage, tool, request),
        turns.calling(call),
        *finish(stage, tool, call, request.arguments),
    ]
    return stage.example(request.family, told, [tool])


def finish(stage: Stage, tool: Tool, call: Call, arguments: dict[str, Json]) -> list[Message]:
    """The tool's result and the closing answer."""
    outcome = stage.simulate(tool, arguments)
    return [
        turns.result(call, outcome),
        turns.answer(tell(stage, tool, arguments, outcome), Label(reason="answer_directly")),
    ]


def tell(stage: Stage, tool: Tool, arguments: dict[str, Json], outcome: Json) -> str:
    """What is said after a success, with values of the call and the result only."""
    if tool.name in stage.tongue.composed:
        outcome = unwrap(outcome)
    if isinstance(outcome, str) and not looks(tool):
        outcome = {}  # What a login answers is a key and no news.
    if not isinstance(outcome, dict):
        return _tell_found(stage, tool, outcome)
    phrases = {slot_name(name): phrase_of(value) for name, value in {**arguments, **outcome}.items()}
    own = [text for text in stage.wording(tool).done.get("say", ()) if slots_of(text)]
    fitting = [text for text in own if set(slots_of(text)) <= set(phrases)]
    if fitting:
        return say(stage.rng.choice(fitting), phrases)
    facts = [] if is_write(tool) else chief_facts(outcome, stage.manner.language, choices_in(tool), _MOST_FACTS)
    if not facts:
        return stage.say("done_so", done=said) if (said := say_done(stage, tool, arguments)) else stage.say("done")
    return stage.say("facts", facts=", ".join(facts))


def _tell_found(stage: Stage, tool: Tool, outcome: Json) -> str:
    """A list of things, each called by its name, or a text."""
    language = stage.manner.language
    told = tell_things(outcome, language, choices_in(tool)) if isinstance(outcome, list) else []
    if len(told) > 1:
        return stage.say("found", count=str(len(told)), facts=join(told, language))
    if told:
        return stage.say("facts", facts=told[0])
    shown = [readable(one) for one in outcome] if isinstance(outcome, list) else outcome
    return stage.say("facts", facts=say_plainly(shown, language).rstrip("."))


def draft_clarified(stage: Stage, tool: Tool) -> Example | None:
    """Something required is left open, asked for, given, and then the call is made."""
    drawn = stage.draw(tool)
    if drawn is None:
        return None
    request = stage.word(tool, drawn, "clarified")
    openable = tuple(name for name in request.openable() if stage.wording(tool).ask.get(name))
    if not openable:
        return None
    is_all = len(openable) > 1 and stage.rng.random() < _ALL_OPEN_SHARE
    missing = openable if is_all else (stage.deck.deal(f"clarified/{tool.name}/{len(openable)}", openable),)
    if _gives_away(request.text(missing), drawn, missing):
        return None
    told = [
        turns.user(request.text(missing)),
        _ask(stage, tool, missing),
        turns.user(_give(stage, tool, drawn, missing)),
    ]
    call = turns.call(tool.name, drawn.arguments)
    told += [*get_a_yes(stage, tool, request), turns.calling(call)]
    if stage.rng.random() < _ANSWERED_SHARE:
        told += finish(stage, tool, call, drawn.arguments)
    return stage.example(request.family, told, [tool])


def _gives_away(text: str, drawn: Drawn, missing: tuple[str, ...]) -> bool:
    """Whether a value that is asked for has been said all the same."""
    return any(len(drawn.phrases[name]) > 1 and drawn.phrases[name].lower() in text.lower() for name in missing)


def _ask(stage: Stage, tool: Tool, missing: tuple[str, ...]) -> Message:
    return turns.answer(stage.ask(tool, missing), Label(reason="missing_information", missing=missing))


def _give(stage: Stage, tool: Tool, drawn: Drawn, missing: tuple[str, ...]) -> str:
    """The person's answer to a question for these arguments."""
    language = stage.manner.language
    labels = {name: label_beside(name, parameters_of(tool)) for name in missing}
    if len(missing) > 1:
        said = [detail(name, labels[name], drawn.arguments[name], drawn.phrases[name], language) for name in missing]
        return in_a_list(said).strip()
    name = missing[0]
    if isinstance(drawn.arguments[name], bool):
        return say_plainly(drawn.arguments[name], language).capitalize() + "."
    phrase = drawn.phrases[name]
    if name in drawn.told:
        return stage.say("give_told", value=phrase)
    if type_of(parameters_of(tool).get(name)) in ("object", "array") or phrase.startswith('"'):
        return in_a_list([detail(name, labels[name], drawn.arguments[name], phrase, language)]).strip()
    return stage.say("give", value=phrase)


def draft_changed(stage: Stage, tool: Tool) -> Example | None:
    """Second thoughts: a value put right in the same breath, or the request dropped for another when asked back."""
    others = [one for one in without_twins(tool, stage.tools) if one is not tool and required_of(one)]
    if others and stage.rng.random() < _DROPPED_SHARE:
        return _drop(stage, tool, stage.deck.deal(f"dropped/{tool.name}", others))
    return _correct(stage, tool)


def changeable(tool: Tool) -> tuple[str, ...]:
    """The required arguments that can be corrected by naming another value."""
    known = parameters_of(tool)
    return tuple(name for name in required_of(tool) if _can_differ(known[name]))


def _can_differ(schema: Json) -> bool:
    is_scalar = type_of(schema) in ("string", "integer", "number")
    return is_scalar and isinstance(schema, dict) and "const" not in schema


def _correct(stage: Stage, tool: Tool) -> Example | None:
    drawn = stage.draw(tool)
    if drawn is None:
        return None
    names = [name for name in changeable(tool) if name not in drawn.told]
    if not names:
        return None
    name = stage.deck.deal(f"changed/{tool.name}/{len(names)}", names)
    changed = stage.redraw(tool, drawn, name)
    request = stage.word(tool, drawn, "direct")
    if changed is None or drawn.phrases[name] not in request.text():
        return None
    old, new = drawn.phrases[name], changed.phrases[name]
    stage.keep(new)
    said = f"{request.text()} {stage.say('correct', old=old, new=new)}"
    text = be_sure(stage, said, (tool, changed.arguments))
    call = turns.call(tool.name, changed.arguments)
    told = [turns.user(text), turns.calling(call)]
    if stage.rng.random() < _ANSWERED_SHARE:
        told += finish(stage, tool, call, changed.arguments)
    return stage.example(request.family, told, [tool])


def _drop(stage: Stage, tool: Tool, dropped: Tool) -> Example | None:
    """Asked back about one thing, the person wants another: only that is called."""
    first, second = stage.draw(dropped), stage.draw(tool)
    if first is None or second is None:
        return None
    begun, wanted = stage.word(dropped, first, "clarified"), stage.word(tool, second, INNER)
    missing = tuple(name for name in begun.openable() if stage.wording(dropped).ask.get(name))
    if not missing or _gives_away(begun.text(missing), first, missing):
        return None
    call = turns.call(tool.name, second.arguments)
    told = [
        turns.user(begun.text(missing)),
        _ask(stage, dropped, missing),
        turns.user(be_sure(stage, stage.say("drop", request=wanted.text()), (tool, wanted.arguments))),
        turns.calling(call),
    ]
    return stage.example(begun.family, told, [tool, dropped])
