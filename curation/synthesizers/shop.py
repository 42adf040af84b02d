"""The shop's support desk: the domain of the demo."""

from __future__ import annotations

from curation.model.definition import Tool
from curation.synthesizers.domain import Pack, load_pack


def shop_pack() -> Pack:
    """The tools and words of the demo."""
    return load_pack("shop")


def demo_tools() -> tuple[Tool, ...]:
    """The five tools of the demo, in the order of the catalogue."""
    return shop_pack().tools
