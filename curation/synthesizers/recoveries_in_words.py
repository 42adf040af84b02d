"""Recoveries that end in words: a person takes over, or it is said honestly that it did not work."""

from __future__ import annotations

from collections.abc import Sequence

from curation.execution.simulating import Simulated
from curation.model.definition import Tool
from curation.model.example import Label, NoToolReason, RecoveryKind
from curation.synthesizers.failing import can_fail, fail, sentence, tells_why
from curation.synthesizers.recovery_words import Ending, action_of, word
from curation.synthesizers.sharing import hands_over, is_shown, is_write
from curation.synthesizers.stage import Stage
from curation.synthesizers.story import Story


def hand_over(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """Only a person may do or decide it."""
    # Who cannot hand over has nobody to hand it to.
    own = [tool for tool in tools if not hands_over(tool)]
    return _end(scene, own, "forbidden", "hand_over", "escalate", "escalate")


def hand_over_unknown(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """A write has an unknown outcome, and nothing can read the state: nobody tries again."""
    blind = scene.once("blind writes", lambda: _writes_without_reader(scene.tools))
    return _end(
        scene, [tool for tool in tools if tool.name in blind], "down", "hand_over_unknown", "escalate", "escalate"
    )


def _writes_without_reader(tools: Sequence[Tool]) -> frozenset[str]:
    writes = (tool for tool in tools if is_write(tool) and not tool.idempotent)
    return frozenset(tool.name for tool in writes if not is_shown(tool, tools))


def give_up(scene: Stage, tools: Sequence[Tool]) -> Ending | None:
    """It cannot be done, and the answer says so."""
    return _end(scene, tools, "refused", "give_up", "cannot_be_done", "give_up")


def _end(
    scene: Stage, tools: Sequence[Tool], trouble: str, words: str, reason: NoToolReason, kind: RecoveryKind
) -> Ending | None:
    failing = [tool for tool in tools if can_fail(tool, trouble)]
    request = scene.request(scene.next_tool(f"recovery/{words}", failing), "recovery") if failing else None
    if request is None:
        return None
    failure = fail(scene, request.tool, trouble, request.arguments)
    story = Story().ask(scene.ask_for(request))
    call = story.call(request.tool, request.arguments, trained=False)
    story.fail(call, failure.text)
    said = word(scene, words, error=sentence(failure.message), action=action_of(scene, request))
    story.answer(f"{said} {_advise(scene, words, failure)}", Label(reason=reason, recovery=kind))
    return Ending(request.family, tuple(story.turns), request.tool, (request.tool,), ())


def _advise(scene: Stage, words: str, failure: Simulated) -> str:
    """What the person can do now."""
    if words != "give_up":
        return word(scene, "after_hand_over")
    return word(scene, "after_refusal" if tells_why(failure) else "after_closing")
