"""Examples in which no tool is called, one drafter for each reason."""

from __future__ import annotations

from curation.model.example import Example, Label, NoToolReason
from curation.synthesizers import turns
from curation.synthesizers.frames import say
from curation.synthesizers.scene import Request, Scene
from curation.synthesizers.wordings import required_of

_REMOVED_SHARE = 0.5
"""Share of "cannot be done" in which the right tool is not offered; the rest asks for what no tool does."""
_ALL_OPEN_SHARE = 0.2


def draft_no_tool(scene: Scene, reason: NoToolReason) -> Example | None:
    """A near-miss for one reason."""
    if reason == "missing_information":
        return draft_missing(scene)
    if reason == "cannot_be_done" and len(scene.tools) + len(scene.others) > 1 and scene.rng.random() < _REMOVED_SHARE:
        return draft_removed(scene)
    return draft_remark(scene, reason)


def draft_missing(scene: Scene) -> Example | None:
    """A request that leaves required arguments open, and the question for exactly those."""
    fitting = [tool for tool in scene.tools if required_of(tool)]
    if not fitting:
        return None
    request = scene.request(scene.next_tool("missing", fitting), "missing")
    if request is None or not (missing := _leave_open(scene, request)):
        return None
    reply = turns.answer(scene.ask(request.tool, missing), Label(reason="missing_information", missing=missing))
    return scene.example(request.family, [turns.user(request.text(missing)), reply], [request.tool])


def _leave_open(scene: Scene, request: Request) -> tuple[str, ...]:
    ask = scene.wording(request.tool).ask
    openable = tuple(name for name in request.openable() if ask.get(name))
    if len(openable) < 2 or scene.rng.random() < _ALL_OPEN_SHARE:
        return openable
    return (scene.deck.deal(f"open/{request.tool.name}/{len(openable)}", openable),)


def draft_removed(scene: Scene) -> Example | None:
    """A request for a tool that is not offered here, with everything it would need."""
    request = scene.request(scene.next_tool("removed"), "removed")
    if request is None:
        return None
    reply = turns.answer(scene.cannot(request.tool), Label(reason="cannot_be_done"))
    return scene.example(request.family, [turns.user(request.text()), reply], [], without=[request.tool])


def draft_remark(scene: Scene, reason: NoToolReason) -> Example | None:
    """A request from the list of the reason, with its reply."""
    remarks = scene.speech.remarks.get(reason, ())
    if not remarks:
        return None
    number = scene.deck.deal_number(f"remark/{reason}", len(remarks))
    remark = remarks[number]
    phrases = scene.fill(remark.say + remark.reply)
    told = [turns.user(say(remark.say, phrases)), turns.answer(say(remark.reply, phrases), Label(reason=reason))]
    return scene.example(f"{scene.speech.remark_family}/{reason}/{number:02}", told, [])
