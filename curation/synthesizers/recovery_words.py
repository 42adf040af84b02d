"""What recoveries are told with: the sentences around a failed call, and where a conversation ends."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec

from curation.formats.own_keys import REJECTED
from curation.formats.turn_sources import write_turns
from curation.model.candidate import Deed
from curation.model.definition import Tool
from curation.model.example import Example, Message
from curation.synthesizers.frames import say
from curation.synthesizers.meant import mean_it
from curation.synthesizers.scene import Request
from curation.synthesizers.stage import Stage


class Ending(msgspec.Struct, frozen=True):
    """A conversation that is told to its end."""

    family: str
    turns: tuple[Message, ...]
    tool: Tool
    needed: tuple[Tool, ...]
    """All tools that must be offered."""
    deeds: tuple[Deed, ...] | None = None
    rejected: tuple[Message, ...] = ()
    """What would have been wrong in the place of the last turn."""

    def example(self, scene: Stage) -> Example:
        """The conversation at the scene's desk."""
        drafted = scene.example(self.family, self.turns, self.needed)
        return (
            msgspec.structs.replace(drafted, extra={REJECTED: write_turns(self.rejected)}) if self.rejected else drafted
        )


@lru_cache(maxsize=1)
def _sentences() -> dict[str, tuple[str, ...]]:
    text = (files("curation.synthesizers") / "recoveries.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, tuple[str, ...]])


def word(scene: Stage, name: str, **phrases: str) -> str:
    """The next sentence of this name."""
    sentences = _sentences()[name]
    return say(sentences[scene.deck.deal_number(f"words/{name}", len(sentences))], phrases)


def action_of(scene: Stage, request: Request) -> str:
    """What was asked for, as a verb phrase."""
    return mean_it(request.tool, scene.wording(request.tool).action, request.arguments)
