"""What is said when a call has worked: by the tool's own words, by what was found, or that it is done."""

from __future__ import annotations

import msgspec

from curation.execution.drawing import draw
from curation.model.definition import Tool
from curation.model.values import Json
from curation.schemas import compile_schema
from curation.synthesizers.arguments import SECRET
from curation.synthesizers.clarifying import readable
from curation.synthesizers.details import say_plainly
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.generic import generic_words, label_of
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.stage import Stage
from curation.synthesizers.subjects import reads

_MOST_TOLD = 4
_FEW = 3
_LONGEST = 300
"""Characters beyond which a list is counted instead of read out."""
NO_DETAILS = "It went through; the answer gives no details."


def draw_outcome(scene: Stage, tool: Tool, arguments: dict[str, Json]) -> Json:
    """A result that fits the tool's result schema, be it an object or a list; what the call named keeps its value."""
    answered = scene.simulate(tool, arguments)
    compiled = compile_schema(tool.result_schema or "{}")
    if compiled.fault is None and compiled.errors(answered):
        drawn = draw(msgspec.json.decode(tool.result_schema or "{}"), scene.rng)
        return answered if compiled.errors(drawn) else drawn
    return answered


def says_something(tool: Tool, outcome: Json) -> bool:
    """Whether a result can be told: that a look went through is no answer to who asked for what it shows."""
    if isinstance(outcome, list):
        return any(one != {} for one in outcome)
    if not reads(tool):
        return True
    return isinstance(outcome, dict) and not outcome.keys() <= {"ok"} and _tell_found(outcome) != NO_DETAILS


def tell_outcome(scene: Stage, request: Request, outcome: Json) -> str:
    """An answer that holds only what the call gave and the result says."""
    facts = outcome if isinstance(outcome, dict) else {}
    phrases = {slot_name(name): phrase_of(value) for name, value in (request.arguments | facts).items()}
    own = [text for text in scene.wording(request.tool).done.get("say", ()) if "{" in text]
    fitting = [text for text in own if set(slots_of(text)) <= set(phrases)]
    if fitting:
        return say(scene.rng.choice(fitting), phrases)
    return _tell_found(outcome) if request.tool.side_effect == "read" else scene.rng.choice(generic_words().done)


def _tell_found(outcome: Json) -> str:
    if isinstance(outcome, list):
        return _tell_list(outcome)
    known = outcome if isinstance(outcome, dict) else {}
    plain = {name: value for name, value in known.items() if isinstance(value, str | int | float)}
    plain = {name: value for name, value in plain.items() if not isinstance(value, bool) and not SECRET.search(name)}
    facts = [f"{label_of(name)} {phrase_of(value)}" for name, value in list(plain.items())[:_MOST_TOLD]]
    return f"This is what I found: {phrase_of(facts)}." if facts else NO_DETAILS


def _tell_list(found: list[Json]) -> str:
    if not found:
        return "I found none."
    told = say_plainly([readable(one) for one in found]) if len(found) <= _FEW else ""
    few = f"I found {'one' if len(found) == 1 else len(found)}: {told}."
    return few if told and len(few) <= _LONGEST else f"I found {len(found)} of them."
