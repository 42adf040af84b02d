"""What an order for conversations comes to: example by example its cell, and the tools it may be about."""

from __future__ import annotations

from random import Random

import msgspec

from curation.model.example import HARD_CASES, NO_TOOL_REASONS, RECOVERY_KINDS
from curation.synthesizers.contract import Cell, Order
from curation.synthesizers.deck import Deck
from curation.synthesizers.schema_driven import DEFAULT_MIX, NO_TOOL_WEIGHTS, share_out

_KINDS: dict[str, tuple[str, ...]] = {
    "no_tool": NO_TOOL_REASONS,
    "recovery": RECOVERY_KINDS,
    "hard_case": HARD_CASES,
}


class Planned(msgspec.Struct, frozen=True):
    """One example to be drafted, and the tools it may be about, the one whose turn it is first."""

    cell: Cell
    tools: tuple[str, ...]


def plan_cells(order: Order) -> list[Planned]:
    """What is to be drafted, one cell an example, mixed; kinds and tools that nobody named are dealt in turn."""
    rng = Random(f"{order.seed}/cells")
    wanted = order.cells or tuple(
        Cell(count, category) for category, count in share_out(order.count, order.mix or DEFAULT_MIX).items()
    )
    cells = [msgspec.structs.replace(cell, count=1, kind=kind) for cell in wanted for kind in _kinds_of(cell)]
    rng.shuffle(cells)
    deck, names = Deck(rng), [tool.name for tool in order.tools if tool.name]
    planned = [Planned(cell, (cell.tool,) if cell.tool else _deal(deck, cell, names)) for cell in cells]
    return planned[: order.count] if order.count else planned


def _deal(deck: Deck, cell: Cell, names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    first = deck.deal(cell.category, names)
    at = names.index(first)
    return (*names[at:], *names[:at])


def _kinds_of(cell: Cell) -> list[str]:
    if cell.kind or cell.category not in _KINDS:
        return [cell.kind] * cell.count
    weights = {kind: float(NO_TOOL_WEIGHTS.get(kind, 1)) for kind in _KINDS[cell.category]}  # type: ignore[call-overload]
    return [kind for kind, times in share_out(cell.count, weights).items() for _ in range(times)]
