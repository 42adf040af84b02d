"""Another wording for arguments that are given: a request in one of the tool's frames that says every one of them."""

from __future__ import annotations

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.arguments import Drawn
from curation.synthesizers.details import say_plainly
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.sharing import fits
from curation.synthesizers.stage import Stage
from curation.synthesizers.wordings import parameters_of


def word_request(scene: Stage, tool: Tool, arguments: dict[str, Json], purpose: str) -> Request | None:
    """A request for exactly these arguments in the tool's next frame; None where the tool does not take them."""
    if not fits(tool, arguments) or not set(arguments) <= set(parameters_of(tool)):
        return None
    ways = scene.wording(tool).values
    told = frozenset(
        name for name, value in arguments.items() if isinstance(value, str) and ways.get(name, {}).get(value)
    )
    # A pack's frame has a place for the value; behind a template it has to be clear where a text ends.
    plainly = phrase_of if is_worded(scene, tool) else say_plainly
    phrases = {
        name: scene.rng.choice(ways[name][value]) if name in told else plainly(value)
        for name, value in arguments.items()
    }
    return scene.word(tool, Drawn(arguments, phrases, told), purpose)


def is_worded(scene: Stage, tool: Tool) -> bool:
    """Whether somebody wrote words for this very tool."""
    return tool.name not in scene.tongue.composed
