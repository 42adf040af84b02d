"""Another wording for arguments that are given: a request in one of the tool's frames that says every one of them."""

from __future__ import annotations

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.frames import slot_name, slots_of
from curation.synthesizers.scene import Request, Scene, phrase_of
from curation.synthesizers.sharing import fits
from curation.synthesizers.wordings import ToolWording, parameters_of


def word_request(scene: Scene, tool: Tool, arguments: dict[str, Json], purpose: str) -> Request | None:
    """A request for exactly these arguments; None where no frame says them all, or the tool does not take them."""
    if not fits(tool, arguments) or not set(arguments) <= set(parameters_of(tool)):
        return None
    wording = scene.wording(tool)
    slots = {slot_name(name) for name in arguments}
    fitting = [number for number, frame in enumerate(wording.frames) if slots <= set(slots_of(frame))]
    if not fitting:
        return None
    number = scene.deck.deal(f"{purpose}/{tool.name}/{'/'.join(sorted(slots))}", fitting)
    phrases = {slot_name(name): _phrase(scene, wording, name, value) for name, value in arguments.items()}
    return Request(tool, wording.frames[number], f"{wording.family}/{number:02}", arguments, phrases)


def _phrase(scene: Scene, wording: ToolWording, name: str, value: Json) -> str:
    ways = wording.values.get(name, {})
    return scene.rng.choice(ways[value]) if isinstance(value, str) and ways.get(value) else phrase_of(value)


def is_worded(scene: Scene, tool: Tool) -> bool:
    """Whether somebody wrote words for this very tool."""
    return not scene.wording(tool).family.startswith("generic")
