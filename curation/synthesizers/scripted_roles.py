"""A language model that is none: it answers every prompt sensibly for the shop's tools, without a network.

Tests and the demonstration ask it in place of a provider. It reads the same prompts and gives the same kind of
answers; for tools of other domains it says plainly what it was given.
"""

from __future__ import annotations

import re

import msgspec

from curation.llm.contract import Prompt
from curation.llm.scripted import ScriptedClient
from curation.model.values import Json
from curation.synthesizers.scripted_assistant import decide
from curation.synthesizers.scripted_person import speak
from curation.synthesizers.scripted_reading import Asked, read_prompt

TASKS = frozenset({"user_turn", "assistant_turn", "tool_result", "reword", "repair", "judge"})
"""Prompts that it can answer."""
_UNSAID = re.compile(r"“([^”]+)” stands in no message")
_WAYS = (
    "Hi there. {}",
    "{} Thank you.",
    "One question: {}",
    "Good morning. {} Thanks.",
    "Hello, me again. {}",
    "{} That would help me a lot.",
    "Sorry to bother you. {}",
    "Quick one. {}",
)


def demo_client() -> ScriptedClient:
    """The scripted model."""
    return ScriptedClient(answer_prompt)


def answer_prompt(_position: int, prompt: Prompt) -> str:
    """The text of the answer to one prompt; plain words for a prompt it does not know."""
    asked = read_prompt(prompt)
    value = _answer(asked)
    return "I do not know what to say." if value is None else msgspec.json.encode(value).decode()


def _answer(asked: Asked) -> Json:
    if asked.task == "user_turn":
        return {"message": speak(asked)}
    if asked.task == "assistant_turn":
        return msgspec.to_builtins(decide(asked))
    if asked.task == "tool_result":
        return {"result": {"ok": True, **_echo(asked)}}
    if asked.task == "reword":
        return {"message": asked.choose(_WAYS).format(asked.parts.get("message", ""))}
    if asked.task == "repair":
        return {"edits": _edits(asked)}
    return {"fault": "none", "turn": 0, "quote": "", "why": ""} if asked.task == "judge" else None


def _edits(asked: Asked) -> Json:
    """What nobody said, said by the person at the beginning; nothing for any other verdict."""
    found = _UNSAID.search(asked.parts.get("verdict", ""))
    first = next((line for line in asked.lines("conversation") if line.get("by") == "person"), None)
    if found is None or first is None:
        return []
    return [{"turn": first["turn"], "text": f"{first.get('says', '')} It is {found[1]}.", "calls": []}]


def _echo(asked: Asked) -> dict[str, Json]:
    call = next(iter(asked.lines("call")), {})
    arguments = call.get("arguments")
    return arguments if isinstance(arguments, dict) else {}
