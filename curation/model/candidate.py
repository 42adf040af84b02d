"""An example that a machine drafted and nobody has judged yet."""

from __future__ import annotations

import msgspec

from curation.model.example import Example
from curation.model.values import Json


class Deed(msgspec.Struct, frozen=True):
    """One call that the request asks for: what must have been done when the conversation is over."""

    tool: str
    arguments: dict[str, Json]


class Candidate(msgspec.Struct, frozen=True):
    """One drafted example; `example.group` names its wording family."""

    example: Example
    category: str
    """What it was drafted as: `positive`, `no_tool`, `recovery`, …"""
    kind: str = ""
    """Which of the category: a no-tool reason, a recovery kind, a hard case; empty where there is only one."""
    tool: str = ""
    """The tool it is about, where it is about one."""
    deeds: tuple[Deed, ...] | None = None
    """What the request asks for in all; None: nobody has said, so it is what is called and succeeds."""
    strategy: str = ""
    twin: str = ""
    """Which other candidates it makes a pair with, where two only teach together."""
    exchanges: tuple[str, ...] = ()
    """The questions put to a model for it, by their ids in the record."""
