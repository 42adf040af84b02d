"""Tools that must be handed a file: a draft has none to give, so it would teach to upload nothing."""

from __future__ import annotations

import msgspec

from curation.errors import CurationError
from curation.model.definition import Tool
from curation.rules.units import name_words
from curation.synthesizers.actions import action_of
from curation.synthesizers.contract import Order, Shortfall
from curation.synthesizers.grammar import grammar
from curation.synthesizers.wordings import parameters_of, required_of

_BINARY = "binary"


def takes_file(tool: Tool) -> bool:
    """Whether a call is nothing without a file: one is required, or is uploaded though no argument holds it."""
    schemas = parameters_of(tool)
    if any(_is_binary(schemas[name]) for name in required_of(tool)):
        return True
    return action_of(tool).split()[0] == "upload" and not any(map(_holds_it, schemas))


def _is_binary(schema: object) -> bool:
    return isinstance(schema, dict) and schema.get("format") == _BINARY


def _holds_it(name: str) -> bool:
    """Whether an argument can be what is uploaded, or say where it lies: `content` and `url`, not `file_name`."""
    words = name_words(name)
    return bool(grammar()["contents"].intersection(words)) and words[-1] != "name"


def leave_files_out(order: Order) -> Order:
    """An order for the tools that a draft can call; the others are offered beside, where one's own values say nothing.

    Raises:
        CurationError: where none is left.
    """
    out = tuple(tool for tool in order.tools if takes_file(tool))
    if not out or order.seeds or order.records:
        return order
    names = {tool.name for tool in out}
    tools = tuple(tool for tool in order.tools if tool.name not in names)
    cells = tuple(cell for cell in order.cells if cell.tool not in names)
    if not tools:
        raise CurationError(
            f"`{out[0].name}` must be handed a file, and a draft has none.",
            hint="Order for another tool, or write its examples by hand.",
        )
    for cell in order.cells:
        if cell.tool in names and order.tell_short is not None:
            why = f"`{cell.tool}` must be handed a file, and a draft has none; write its examples by hand."
            order.tell_short(Shortfall(cell, why))
    count = order.count if cells or not order.cells else 0
    return msgspec.structs.replace(order, tools=tools, others=(*order.others, *out), cells=cells, count=count)
