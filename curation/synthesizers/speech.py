"""Which words an order is drafted with: a domain pack where it fits the tools, generic words elsewhere."""

from __future__ import annotations

from curation.model.definition import Tool
from curation.synthesizers.domain import Pack, load_pack, pack_names
from curation.synthesizers.frames import slots_of
from curation.synthesizers.generic import generic_words, word_tool
from curation.synthesizers.wordings import Speech, ToolWording, required_of

AUTOMATIC = "automatic"
NONE = "none"


def choose_speech(tools: tuple[Tool, ...], pack_name: str = AUTOMATIC) -> Speech:
    """The words for these tools.

    Args:
        tools: what the order is about.
        pack_name: a pack's name, `automatic` for the first pack that knows all the tools, `none` for generic words.
    """
    pack = find_pack(tools, pack_name)
    if pack is None:
        words = generic_words()
        wordings = {tool.name: word_tool(tool) for tool in tools}
        return Speech(wordings, words.remarks, words.slots, {}, None, "generic")
    wordings = {tool.name: _pick_wording(pack, tool) for tool in tools}
    return Speech(wordings, pack.remarks, pack.slots, pack.parts, pack.system, pack.name)


def find_pack(tools: tuple[Tool, ...], pack_name: str) -> Pack | None:
    """The pack of this name; with `automatic`, the first that knows all the tools."""
    if pack_name == NONE:
        return None
    if pack_name != AUTOMATIC:
        return load_pack(pack_name)
    packs = (load_pack(name) for name in pack_names())
    return next((pack for pack in packs if tools and all(knows(pack, tool) for tool in tools)), None)


def _pick_wording(pack: Pack, tool: Tool) -> ToolWording:
    return pack.wordings[tool.name] if knows(pack, tool) else word_tool(tool)


def knows(pack: Pack, tool: Tool) -> bool:
    """Whether the pack has words for this tool and its frames name every argument the tool requires."""
    wording = pack.wordings.get(tool.name)
    return wording is not None and all(set(required_of(tool)) <= set(slots_of(frame)) for frame in wording.frames)
