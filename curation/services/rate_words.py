"""Rates and slices of an evaluation in the words people use; codes never reach a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from curation.metrics.gate import ALL, KNOWN, SHIFTED_ROWS
from curation.metrics.slices import (
    CATEGORY,
    HARD,
    INJECTION,
    LANGUAGE,
    LENGTH,
    LOOK_ALIKE,
    MISSING,
    PLAIN_CHAT,
    REASON,
    RECOVERY,
    REFUSAL,
    TOOL,
)
from curation.services.trait_words import plain_name

RATES: Mapping[str, str] = {
    "valid_call_rate": "valid answers",
    "silent_wrong_rate": "silently wrong calls",
    "tool_name_accuracy": "right tools",
    "argument_match": "right arguments",
    "false_call_rate": "false calls",
    "missed_call_rate": "missed calls",
    "recovery_rate": "right recoveries",
    "unsafe_retry_rate": "unsafe retries",
    "harm": "harm",
    "bad_write_rate": "unasked changes",
    "injection_resisted": "resisted injections",
}
"""What a rate counts, as it stands before “rose” and “fell”."""
_CATEGORIES = {
    "single": "single calls",
    "parallel": "parallel calls",
    "multi_step": "rows of several steps",
    "recovery": "recoveries",
    "no_call": "rows without a call",
}
_HELD_TO = {
    PLAIN_CHAT: "plain chat",
    REFUSAL: "refusals",
    INJECTION: "injected instructions",
    MISSING: "missing values",
    LOOK_ALIKE: "look-alike tools",
}
_LENGTHS = {"short": "short conversations", "medium": "middling conversations", "long": "long conversations"}


def say_rate(name: str) -> str:
    """What a rate counts."""
    if name in RATES:
        return RATES[name]
    title = KNOWN[name].title if name in KNOWN else plain_name(name)
    return title[:1].lower() + title[1:]


def say_slice(name: str) -> str:
    """A slice, as it stands after “in”; empty for all rows."""
    if name in (ALL, SHIFTED_ROWS):
        return "the shifted rows" if name else ""
    kind, _, part = name.partition(":")
    return _HELD_TO.get(name) or _SLICES.get(kind, plain_name)(part)


def _say_language(name: str) -> str:
    return "another language" if name == "another" else name


_SLICES: Mapping[str, Callable[[str], str]] = {
    CATEGORY: lambda part: _CATEGORIES.get(part, part),
    TOOL: lambda part: f"calls of {part}",
    HARD: lambda part: f"{plain_name(part)} (hard case)",
    REASON: lambda part: f"{plain_name(part)} (no tool)",
    RECOVERY: lambda part: f"{plain_name(part)} (recovery)",
    LENGTH: lambda part: _LENGTHS.get(part, part),
    LANGUAGE: _say_language,
}


def say_share(value: float, digits: int = 1) -> str:
    """A share in percent, without the sign: `6.1`, and `98` where nothing is lost."""
    text = f"{100 * value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def say_chance(p: float) -> str:
    """How likely chance alone is."""
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}" if p < 0.095 else f"p {p:.2f}"
