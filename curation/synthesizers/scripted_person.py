"""The scripted person: puts given facts into the words of the shop, or into plain ones for tools it does not know."""

from __future__ import annotations

import re

from curation.model.values import Json
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.generic import label_of
from curation.synthesizers.scene import phrase_of
from curation.synthesizers.scripted_reading import Asked, remarks, shop
from curation.synthesizers.situations import describe, situation_words
from curation.synthesizers.wordings import ToolWording, required_of

_NEEDS = re.compile(
    r": (?P<what>.+?)(?: (?:Only then: |If that cannot be done, they want this instead: )(?P<then>.+))?$"
)
AFTER, OTHERWISE, OR_ELSE = "After that, ", "If that fails, ", "Or is it "
_MATTERS = ("small_talk", "refuse", "escalate")


def speak(asked: Asked) -> str:
    """The person's next words."""
    answers = situation_words().answers
    situation = asked.parts.get("situation", "")
    facts = asked.lines("facts")
    if situation == answers["approval"]:
        return asked.choose(("Yes, please go ahead.", "Yes, do it.", "Yes, that is right.", "Go ahead, yes."))
    if situation == answers["conflicting"]:
        return asked.choose(("Sorry, {} is right.", "{}, my mistake.", "Take {}, please.")).format(_listed(facts))
    if situation == answers["missing"]:
        return asked.choose(("It is {}.", "{}.", "Here it is: {}.", "Oh, {}.")).format(_listed(facts))
    return _open(asked, situation, facts)


def _listed(facts: list[dict[str, Json]]) -> str:
    return " and ".join(phrase_of(fact["value"]) for fact in facts)


def _open(asked: Asked, situation: str, facts: list[dict[str, Json]]) -> str:
    found = _NEEDS.search(situation)
    if reason := _reason_of(situation):
        return _remark(asked, reason)
    if found is None:
        return "Hello, can you help me?"
    what, then = found["what"], found["then"] or ""
    tail = ""
    if then:
        tail = f" {OTHERWISE if 'If that cannot be done' in situation else AFTER}{_action(then)}."
    return _request(asked, what, facts, conflicts="twice and differently" in situation) + tail


def _reason_of(situation: str) -> str:
    """The no-tool reason a situation was put for."""
    if "words of the desk" in situation:
        return "answer_directly"
    matters = situation_words().matters
    return next((name for name in _MATTERS if any(matter in situation for matter in matters[name])), "")


def _remark(asked: Asked, reason: str) -> str:
    """One of the known remarks, without figures that nobody gave."""
    sayings = [remark.say for remark in remarks(True).get(reason, ()) if "{amount}" not in remark.say]
    chosen = asked.choose([text for text in sayings if not any(letter.isdigit() for letter in text)] or ["Hello."])
    return say(chosen, {slot: asked.choose(values, slot) for slot, values in shop().slots.items()})


def _request(asked: Asked, what: str, facts: list[dict[str, Json]], *, conflicts: bool) -> str:
    """The facts in a frame of the tool, or one after the other."""
    wording = _wording_of(what)
    if wording is None:
        known = [fact for fact in facts if fact["value"] not in ("", [], {})]
        said = "; ".join(f"{label_of(str(fact['name']))}: {phrase_of(fact['value'])}" for fact in known)
        return f"I need this: {what}" + (f" {said}." if said else "")
    phrases, spare = _phrases(asked, wording, facts, conflicts=conflicts)
    frames = [frame for frame in wording.frames if set(phrases) <= set(slots_of(frame))] or list(wording.frames)
    text = say(asked.choose(frames), phrases)
    return f"{text} {OR_ELSE}{spare}?" if spare else text


def _phrases(
    asked: Asked, wording: ToolWording, facts: list[dict[str, Json]], *, conflicts: bool
) -> tuple[dict[str, str], str]:
    phrases: dict[str, str] = {}
    spare = ""
    for fact in facts:
        slot, value = slot_name(str(fact["name"])), phrase_of(fact["value"])
        ways = wording.values.get(str(fact["name"]), {}).get(value)
        words = asked.choose(ways, slot) if ways else value
        if slot in phrases and conflicts:
            spare = words
        else:
            phrases[slot] = f"{phrases[slot]} and {words}" if slot in phrases else words
    return phrases, spare


def _wording_of(what: str) -> ToolWording | None:
    """The shop's words for the tool with this description."""
    tool = next((tool for tool in shop().tools if describe(tool) == what), None)
    return shop().wordings[tool.name] if tool and required_of(tool) else None


def _action(what: str) -> str:
    wording = _wording_of(what)
    return wording.action if wording else f"I need this: {what.rstrip('.')}"
