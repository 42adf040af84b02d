"""What an order is made of: its categories and their kinds, counted out one by one."""

from __future__ import annotations

from random import Random

from curation.errors import CurationError
from curation.model.definition import Tool
from curation.model.example import NO_TOOL_REASONS, RECOVERY_KINDS, NoToolReason
from curation.synthesizers.contract import Cell, Order

POSITIVE_KINDS = ("direct", "answered", "clarified", "changed_mind")
"""How one tool comes to be called: at once, with its answer, after a question back, after second thoughts."""
PARALLEL_KINDS = ("same_tool", "different_tools")
MULTI_STEP_KINDS = ("shared", "in_order", "from_result")
"""What ties the second call to the first: the same value, only the order, or what the first brought back."""
KINDS: dict[str, tuple[str, ...]] = {
    "positive": POSITIVE_KINDS,
    "parallel": PARALLEL_KINDS,
    "multi_step": MULTI_STEP_KINDS,
    "no_tool": NO_TOOL_REASONS,
    "recovery": RECOVERY_KINDS,
}
DEEP_MIX = {"positive": 0.58, "no_tool": 0.17, "recovery": 0.1, "multi_step": 0.08, "parallel": 0.07}
NO_TOOL_WEIGHTS: dict[NoToolReason, int] = {
    "missing_information": 9,
    "cannot_be_done": 3,
    "small_talk": 2,
    "answer_directly": 2,
    "refuse": 2,
    "escalate": 2,
}
_POSITIVE_WEIGHTS = {"direct": 5, "answered": 2, "clarified": 2, "changed_mind": 1}


def share_out(count: int, mix: dict[str, float]) -> dict[str, int]:
    """Whole numbers that add up to `count`, by largest remainder."""
    total = sum(mix.values()) or 1.0
    exact = {category: count * share / total for category, share in mix.items()}
    counts = {category: int(share) for category, share in exact.items()}
    by_remainder = sorted(exact, key=lambda category: counts[category] - exact[category])
    for category in by_remainder[: count - sum(counts.values())]:
        counts[category] += 1
    return counts


def lay_out(order: Order, tools: tuple[Tool, ...], rng: Random) -> list[Cell]:
    """The order one candidate at a time, shuffled; a kind or tool that is left open stays open.

    Raises:
        CurationError: it names a category, a kind or a tool that there is not.
    """
    wanted = order.cells or tuple(
        Cell(count, *category.partition(".")[::2])
        for category, count in share_out(order.count, order.mix or DEEP_MIX).items()
    )
    singles = [single for cell in wanted for single in _singles(_checked(cell, tools))]
    rng.shuffle(singles)
    return singles


def _checked(cell: Cell, tools: tuple[Tool, ...]) -> Cell:
    if cell.category not in KINDS:
        raise CurationError(f"`{cell.category}` is no category of examples.", hint=f"Choose among {', '.join(KINDS)}.")
    kinds = KINDS[cell.category]
    if cell.kind and cell.kind not in kinds:
        raise CurationError(
            f"`{cell.kind}` is no kind of `{cell.category}` examples.", hint=f"Choose among {', '.join(kinds)}."
        )
    names = [tool.name for tool in tools]
    if cell.tool and cell.tool not in names:
        raise CurationError(f"There is no tool `{cell.tool}` in this order.", hint=f"Tools: {', '.join(names)}.")
    return cell


def _singles(cell: Cell) -> list[Cell]:
    """The cell as so many of one; no-tool reasons and ways of asking come in their usual proportions."""
    weights: dict[str, float] = {}
    if not cell.kind and cell.category == "no_tool":
        weights = {kind: float(weight) for kind, weight in NO_TOOL_WEIGHTS.items()}
    elif not cell.kind and cell.category == "positive":
        weights = {kind: float(weight) for kind, weight in _POSITIVE_WEIGHTS.items()}
    elif not cell.kind and cell.category == "recovery":
        weights = dict.fromkeys(RECOVERY_KINDS, 1.0)
    if not weights:
        return [Cell(1, cell.category, cell.kind, cell.tool)] * cell.count
    counts = share_out(cell.count, weights)
    return [Cell(1, cell.category, kind, cell.tool) for kind, count in counts.items() for _ in range(count)]
