"""What is said when a call has worked: by the tool's own words, by what was found, or that it is done."""

from __future__ import annotations

import msgspec

from curation.execution.drawing import draw
from curation.model.definition import Tool
from curation.model.values import Json
from curation.schemas import compile_schema
from curation.synthesizers.acting import looks
from curation.synthesizers.answering import chief_facts, say_done, tell_facts, tell_things, unwrap
from curation.synthesizers.choices import choices_in
from curation.synthesizers.details import join, say_plainly
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.generic import generic_words
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.stage import Stage
from curation.synthesizers.subjects import reads

_MOST_TOLD = 4
_LONGEST = 300
"""Characters beyond which a list is counted instead of read out."""
_OPENINGS = ("This is what I found", "The answer says", "Here is what came back")
_COUNTED = ("I found {count}", "There {are} {count}", "The answer has {count}")
"""Said in turn, as two looks of one answer would stutter otherwise."""
NO_DETAILS = "It went through; the answer gives no details."


def draw_outcome(scene: Stage, tool: Tool, arguments: dict[str, Json]) -> Json:
    """A result that fits the tool's result schema, be it an object or a list; what the call named keeps its value."""
    answered = scene.simulate(tool, arguments)
    compiled = compile_schema(tool.result_schema or "{}")
    if compiled.fault is None and compiled.errors(answered):
        drawn = draw(msgspec.json.decode(tool.result_schema or "{}"), scene.rng)
        return answered if compiled.errors(drawn) else drawn
    return answered


def is_known(tool: Tool) -> bool:
    """Whether anything says what a look brings; what is drawn for it otherwise is a stand-in that nobody can tell."""
    return tool.result_schema is not None or bool(tool.samples) or not (reads(tool) or looks(tool))


def says_something(tool: Tool, outcome: Json) -> bool:
    """Whether a result can be told: that a look went through is no answer to who asked for what it shows."""
    return is_known(tool) and (not looks(tool) or _tell_found(unwrap(outcome), choices_in(tool)) != NO_DETAILS)


def tell_outcome(scene: Stage, request: Request, outcome: Json) -> str:
    """An answer that holds only what the call gave and the result says."""
    tool = request.tool
    facts = outcome if isinstance(outcome, dict) else {}
    phrases = {slot_name(name): phrase_of(value) for name, value in (request.arguments | facts).items()}
    own = [text for text in scene.wording(tool).done.get("say", ()) if "{" in text]
    fitting = [text for text in own if set(slots_of(text)) <= set(phrases)]
    if fitting:
        return say(scene.rng.choice(fitting), phrases)
    if looks(tool) or (reads(tool) and not isinstance(outcome, str)):
        told = _tell_found(unwrap(outcome), choices_in(tool), scene.deck.deal_number("opening", len(_OPENINGS)))
        if told != NO_DETAILS or looks(tool):
            return told
    done = say_done(scene, tool, request.arguments)
    return f"I have {done}." if done else scene.rng.choice(generic_words().done)


def _tell_found(outcome: Json, choices: frozenset[str], opening: int = 0) -> str:
    if isinstance(outcome, list):
        return _tell_list(outcome, choices, opening)
    opened = _OPENINGS[opening]
    if isinstance(outcome, str) and outcome:
        return f"{opened}: {say_plainly(outcome).rstrip('.')}."
    facts = tell_facts(outcome, "en", choices)
    if len(facts) > _MOST_TOLD:
        return f"{opened}: {', '.join(chief_facts(outcome, 'en', choices, _MOST_TOLD))}, and more."
    return f"{opened}: {join(facts)}." if facts else NO_DETAILS


def _tell_list(found: list[Json], choices: frozenset[str], opening: int) -> str:
    if not found:
        return "I found none."
    told = tell_things(found, "en", choices)
    count = "one" if len(found) == 1 else str(len(found))
    few = f"{_COUNTED[opening].format(count=count, are='is' if len(found) == 1 else 'are')}: {join(told)}."
    return few if told and len(few) <= _LONGEST else f"I found {len(found)} of them."
