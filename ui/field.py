"""One text field of a conversation: drawn, and known to the scene."""

from __future__ import annotations

from typing import Literal

from ui.editor import Field, draw
from ui.scene import Scene


def draw_field(
    scene: Scene,
    pointer: str,
    key: str,
    *,
    label: str,
    value: str,
    mode: Literal["text", "json"],
    placeholder: str = "",
) -> None:
    """Put the field on the page; what is wrong in it is said under it."""
    draw(
        Field(
            key=key,
            label=label,
            value=value,
            claim=scene.field_claim(pointer),
            mode=mode,
            placeholder=placeholder,
            findings=scene.at_field(pointer),
        )
    )
    scene.add_field(key, pointer)
