"""What cannot be taken back is called after a yes: said with the request, or given when asked for."""

from __future__ import annotations

import msgspec

from curation.model.definition import Tool
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Arguments, Json
from curation.rules.consent import asks_for_confirmation
from curation.synthesizers import turns
from curation.synthesizers.actions import method_action, method_of, verb_in
from curation.synthesizers.composing import Worded, compose
from curation.synthesizers.grammar import grammar
from curation.synthesizers.scene import Request
from curation.synthesizers.stage import Stage
from curation.synthesizers.voice import TEXTING

_ACT = "@action@comma"


def needs_yes(stage: Stage, tool: Tool, arguments: dict[str, Json]) -> bool:
    """Whether a call wants a yes: it destroys something, or its tool says so; a pack's words know their own way."""
    if tool.name not in stage.tongue.composed:
        return False
    if tool.policy.approval or asks_for_confirmation(tool.definition.view.description or ""):
        return True
    if tool.side_effect != "destructive":
        return False
    method = str(arguments.get(method_of(tool), ""))
    # Of a tool of many acts only some destroy.
    return not method or verb_in(method) in grammar()["removing"]


def be_sure(stage: Stage, tool: Tool, request: Request, text: str) -> str:
    """The request with the yes in it, where the call wants one."""
    return f"{text} {stage.say('sure')}" if needs_yes(stage, tool, request.arguments) else text


def get_a_yes(stage: Stage, tool: Tool, request: Request) -> list[Message]:
    """The question whether it is meant and the yes; nothing where the call wants none."""
    if not needs_yes(stage, tool, request.arguments):
        return []
    asked = turns.answer(stage.say("confirm", action=say_act(request)), Label(reason="missing_information"))
    return [asked, turns.user(stage.say("yes"))]


def make_sure(stage: Stage, example: Example) -> Example:
    """A conversation of several calls with the yes in its first request, where one of them wants one."""
    known = {tool.name: tool for tool in stage.tools}
    calls = [call for turn in example.messages for call in turn.calls or () if isinstance(call.arguments, Arguments)]
    if not any(needs_yes(stage, known[str(call.name)], arguments_of(call)) for call in calls if call.name in known):
        return example
    first = next(place for place, turn in enumerate(example.messages) if turn.role == "user")
    sure = stage.say("sure")
    said = f"{example.messages[first].content!s} {sure.lower() if stage.manner.tone == TEXTING else sure}"
    turn = msgspec.structs.replace(example.messages[first], content=said)
    told = (*example.messages[:first], turn, *example.messages[first + 1 :])
    return msgspec.structs.replace(example, messages=told)


def arguments_of(call: Call) -> dict[str, Json]:
    """What a drafted call is made with."""
    decoded = msgspec.json.decode(call.arguments.text) if isinstance(call.arguments, Arguments) else {}
    return decoded if isinstance(decoded, dict) else {}


def say_act(request: Request) -> str:
    """What is asked for in one breath: "delete the file src/a.txt in the repository willow-labs/garden-cli"."""
    if not isinstance(request, Worded) or not request.action:
        return request.text()
    details = [one for one in request.details if not request.method_action or one.name != request.method]
    said = compose(_ACT, request.method_action or request.action, details)
    return said[:1].lower() + said[1:]


def action_said(stage: Stage, tool: Tool, arguments: dict[str, Json]) -> str:
    """What a call does: of a tool of many acts the one that its method names."""
    method = str(arguments.get(method_of(tool), ""))
    return (method_action(tool, method) if method else "") or stage.wording(tool).action
