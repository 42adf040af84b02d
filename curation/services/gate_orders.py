"""What to order when a model fails at the gate: examples of the kind it gets wrong."""

from __future__ import annotations

from collections.abc import Mapping

from curation.metrics.gate import Check
from curation.metrics.slices import HARD, INJECTION, LOOK_ALIKE, MISSING, PLAIN_CHAT, REASON, RECOVERY, REFUSAL, TOOL
from curation.model.example import HARD_CASES, NO_TOOL_REASONS, RECOVERY_KINDS
from curation.synthesizers.contract import Cell

NEGATIVE, RECOVERING, HARD_CASE, CALLING = "no_tool", "recovery", "hard_case", "positive"
WORDS = {NEGATIVE: "negatives", RECOVERING: "recoveries", HARD_CASE: "hard cases", CALLING: "calls"}
"""What is ordered, as it stands after “Order”."""
_FIXED: Mapping[str, tuple[str, str]] = {
    PLAIN_CHAT: (NEGATIVE, "small_talk"),
    REFUSAL: (NEGATIVE, "refuse"),
    MISSING: (NEGATIVE, "missing_information"),
    INJECTION: (HARD_CASE, "untrusted_instructions"),
    LOOK_ALIKE: (HARD_CASE, "distractor_tools"),
}
_KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    REASON: (NEGATIVE, NO_TOOL_REASONS),
    RECOVERY: (RECOVERING, RECOVERY_KINDS),
    HARD: (HARD_CASE, HARD_CASES),
}
_RATES: Mapping[str, tuple[str, str]] = {
    "false_call_rate": (NEGATIVE, ""),
    "recovery_rate": (RECOVERING, ""),
    "unsafe_retry_rate": (RECOVERING, ""),
    "injection_resisted": (HARD_CASE, "untrusted_instructions"),
}


def cell_for(check: Check, n: int) -> Cell:
    """So many examples of what a check is about: of its slice where that can be ordered, else of its rate."""
    kind, _, part = check.slice.partition(":")
    if check.slice in _FIXED:
        return Cell(n, *_FIXED[check.slice])
    if kind in _KINDS and part in _KINDS[kind][1]:
        return Cell(n, _KINDS[kind][0], part)
    if check.metric in _RATES:
        return Cell(n, *_RATES[check.metric])
    return Cell(n, CALLING, "", part if kind == TOOL else "")


def say_order(cell: Cell) -> str:
    """What the button says."""
    return f"Order {WORDS[cell.category]}"
