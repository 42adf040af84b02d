"""Parameters a plug-in declares as data; screens and commands draw their forms from them."""

from __future__ import annotations

from typing import Literal

import msgspec

from curation.model.values import Json


class Parameter(msgspec.Struct, frozen=True):
    """One knob of a synthesizer, provider or format."""

    name: str
    title: str
    kind: Literal["integer", "number", "text", "choice", "switch", "path"]
    default: Json
    why: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    is_rare: bool = False
    """Turned by few: forms show it behind the others."""
