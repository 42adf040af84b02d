"""What cannot be taken back is called after a yes: said with the request, or given when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curation.model.definition import Tool
from curation.model.example import Label, Message
from curation.model.values import Json
from curation.rules.consent import asks_for_confirmation
from curation.synthesizers import turns
from curation.synthesizers.actions import action_of, method_action, method_of, verb_in
from curation.synthesizers.arguments import Drawn
from curation.synthesizers.composing import Worded, compose
from curation.synthesizers.details import Detail
from curation.synthesizers.frames import slot_name
from curation.synthesizers.grammar import grammar
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.wordings import required_of

if TYPE_CHECKING:  # A stage asks for the yes itself where a scene knows of none.
    from curation.synthesizers.stage import Stage

_ACT = "@action@comma"


def needs_yes(stage: Stage, tool: Tool, arguments: dict[str, Json]) -> bool:
    """Whether a call wants a yes: it destroys or ends something, or its tool says so; a pack knows its own way."""
    if tool.name not in stage.tongue.composed:
        return False
    if tool.policy.approval or asks_for_confirmation(tool.definition.view.description or ""):
        return True
    method = str(arguments.get(method_of(tool), ""))
    if tool.side_effect == "destructive":
        # Of a tool of many acts only some destroy.
        return not method or verb_in(method) in grammar()["removing"]
    return tool.side_effect == "write" and _ends_for_good((method and method_action(tool, method)) or action_of(tool))


def _ends_for_good(action: str) -> bool:
    """Whether words say what cannot be taken up again: a POST that cancels is no less final than a DELETE."""
    verb, *things = action.lower().split()
    is_closed = verb in grammar()["closing"] and bool(grammar()["closed_for_good"].intersection(things))
    return verb in grammar()["ending"] or is_closed


def be_sure(stage: Stage, text: str, *calls: tuple[Tool, dict[str, Json]]) -> str:
    """What is asked for, not spoken yet, with the yes in it where one of its calls wants one."""
    is_wanted = any(needs_yes(stage, tool, arguments) for tool, arguments in calls)
    return f"{text} {stage.say('sure')}" if is_wanted else text


def get_a_yes(stage: Stage, tool: Tool, request: Request) -> list[Message]:
    """The question whether it is meant and the yes; nothing where the call wants none."""
    return get_yeses(stage, (tool, request))[0]


def get_yeses(stage: Stage, *asked: tuple[Tool, Request]) -> list[list[Message]]:
    """The same question and the same yes for each request that wants one, as only the act tells twins apart."""
    is_wanted = [needs_yes(stage, tool, request.arguments) for tool, request in asked]
    if not any(is_wanted):
        return [[] for _ in asked]
    question, yes = stage.next_saying("confirm"), stage.say("yes")
    return [
        _ask_and_agree(question.replace("{action}", say_act(stage, request)), yes) if is_one else []
        for is_one, (_, request) in zip(is_wanted, asked, strict=True)
    ]


def _ask_and_agree(question: str, yes: str) -> list[Message]:
    return [turns.answer(question, Label(reason="missing_information")), turns.user(yes)]


def say_act(stage: Stage, request: Request) -> str:
    """What is asked for in one breath: "delete the file src/a.txt in the repository willow-labs/garden-cli"."""
    if not isinstance(request, Worded) or not request.action:
        # A pack's sentence is none that could stand inside of another one.
        said = compose(_ACT, stage.wording(request.tool).action, _details_of(stage, request))
    else:
        details = [one for one in request.details if not request.method_action or one.name != request.method]
        said = compose(_ACT, request.method_action or request.action, details)
    return said[:1].lower() + said[1:]


def _details_of(stage: Stage, request: Request) -> tuple[Detail, ...]:
    """Everything that is called with, as it is named behind a request."""
    phrases = {
        name: request.phrases.get(slot_name(name)) or phrase_of(request.arguments[name]) for name in request.arguments
    }
    return stage.details(request.tool, Drawn(request.arguments, phrases, frozenset()))


def act_with(stage: Stage, tool: Tool, drawn: Drawn) -> str:
    """What a tool does to the very things that were named: "list releases in the repository willow-labs/chess-cli"."""
    action = stage.wording(tool).action
    if stage.manner.language != "en" or tool.name not in stage.tongue.composed:
        return action
    given = [name for name in required_of(tool) if name in drawn.arguments]
    details = stage.details(tool, drawn, without=tuple(name for name in drawn.arguments if name not in given))
    said = compose(_ACT, action_said(stage, tool, drawn.arguments), details)
    return said[:1].lower() + said[1:]


def action_said(stage: Stage, tool: Tool, arguments: dict[str, Json]) -> str:
    """What a call does: of a tool of many acts the one that its method names."""
    method = str(arguments.get(method_of(tool), ""))
    return (method_action(tool, method) if method else "") or stage.wording(tool).action
