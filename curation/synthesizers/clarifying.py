"""Conversations about one call: answered to the end, asked back for what is missing, or changed on second thoughts."""

from __future__ import annotations

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.actions import past
from curation.synthesizers.arguments import SECRET, Drawn
from curation.synthesizers.composing import compose
from curation.synthesizers.consenting import action_said, be_sure, get_a_yes
from curation.synthesizers.details import detail, in_a_list, join, label_words, say_choice, say_plainly
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.scene import phrase_of
from curation.synthesizers.sharing import is_write
from curation.synthesizers.stage import INNER, Stage
from curation.synthesizers.wordings import parameters_of, required_of

_MOST_FACTS = 4
_ANSWERED_SHARE = 0.3
_PAGED = {"data", "items", "results", "has_more", "total_count", "next_page"}
_NAMES = ("name", "title", "filename", "username", "login", "label", "number", "id")
_STATES = ("status", "state")
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
    language = stage.manner.language
    if tool.name in stage.tongue.composed:
        outcome = _unwrap(outcome)
    if not isinstance(outcome, dict):
        told = [readable(one) for one in outcome] if isinstance(outcome, list) else outcome
        if isinstance(told, list) and (named := _name_each(told)):
            return stage.say("found", count=str(len(told)), facts=join(named, language))
        return stage.say("facts", facts=say_plainly(told, language).rstrip("."))
    phrases = {slot_name(name): phrase_of(value) for name, value in {**arguments, **outcome}.items()}
    own = [text for text in stage.wording(tool).done.get("say", ()) if slots_of(text)]
    fitting = [text for text in own if set(slots_of(text)) <= set(phrases)]
    if fitting:
        return say(stage.rng.choice(fitting), phrases)
    shown = {} if is_write(tool) else readable(outcome)
    facts = [fact for name, value in shown.items() if (fact := _fact(label_words(name), value, language))]
    if not facts:
        return stage.say("done_so", done=said) if (said := _say_done(stage, tool, arguments)) else stage.say("done")
    return stage.say("facts", facts=", ".join(facts[:_MOST_FACTS]))


def _say_done(stage: Stage, tool: Tool, arguments: dict[str, Json]) -> str:
    """ "deleted the file src/a.txt": what has been done, in English and where nobody wrote words for it."""
    if stage.manner.language != "en" or tool.name not in stage.tongue.composed:
        return ""
    phrases = {name: say_choice(value) or say_plainly(value) for name, value in arguments.items()}
    said = compose(
        "@action", action_said(stage, tool, arguments), stage.details(Drawn(arguments, phrases, frozenset()))
    )
    verb, _, rest = said.partition(" ")
    return f"{past(verb.lower())} {rest}" if rest else ""


def _unwrap(outcome: Json) -> Json:
    """The list of records in the envelope of a page of them; anything else as it is."""
    lists = [one for one in outcome.values() if isinstance(one, list)] if isinstance(outcome, dict) else []
    return lists[0] if len(lists) == 1 and _PAGED & set(outcome) and _name_each(lists[0]) else outcome


def _name_each(found: list[Json]) -> list[str]:
    """What each of a few records is called; nothing where one has no name."""
    names = [_name_of(one) for one in found if isinstance(one, dict)]
    return names if len(names) == len(found) <= _MOST_FACTS and all(names) else []


def _name_of(record: dict[str, Json]) -> str:
    named = next((record[key] for key in _NAMES if isinstance(record.get(key), str | int)), "")
    state = next((record[key] for key in _STATES if isinstance(record.get(key), str)), "")
    return f"{named} ({say_choice(state) or state})" if named and state else str(named)


def readable(result: Json) -> Json:
    """A result without what is never read out: passwords and the like."""
    if not isinstance(result, dict):
        return result
    return {name: value for name, value in result.items() if not SECRET.search(name)}


def _fact(label: str, value: Json, language: str) -> str:
    """A part of a result in a few words: a value, or how many entries a list has."""
    if isinstance(value, list):
        return f"{label} ({len(value)})" if value else ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return f"{label} {say_choice(value) or say_plainly(value, language)}"
    return ""


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
    if len(missing) > 1:
        said = [
            detail(name, label_words(name), drawn.arguments[name], drawn.phrases[name], language) for name in missing
        ]
        return in_a_list(said).strip()
    name = missing[0]
    if isinstance(drawn.arguments[name], bool):
        return say_plainly(drawn.arguments[name], language).capitalize() + "."
    phrase = drawn.phrases[name]
    if name in drawn.told:
        return stage.say("give_told", value=phrase)
    if type_of(parameters_of(tool).get(name)) in ("object", "array") or phrase.startswith('"'):
        return in_a_list([detail(name, label_words(name), drawn.arguments[name], phrase, language)]).strip()
    return stage.say("give", value=phrase)


def draft_changed(stage: Stage, tool: Tool) -> Example | None:
    """Second thoughts: a value put right in the same breath, or the request dropped for another when asked back."""
    others = [one for one in stage.tools if one is not tool and required_of(one)]
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
