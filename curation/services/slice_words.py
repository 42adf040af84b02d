"""The slices of a test split in words; names of tools in them are other people's."""

from __future__ import annotations

from curation.services.trait_words import plain_name, say_category

_KINDS = {
    "category": "category",
    "tool": "tool",
    "reason": "reason",
    "hard_case": "hard case",
    "recovery": "recovery",
    "length": "length",
    "language": "language",
}


def say_slice(name: str) -> str:
    """`tool: track_order`, `plain chat`, `all rows`."""
    kind, _, rest = name.partition(":")
    if not name:
        return "all rows"
    if kind == "fixed":
        return f"always: {plain_name(rest)}"
    if kind not in _KINDS:
        return name
    said = rest if kind == "tool" else say_category(rest) if kind == "category" else plain_name(rest)
    return f"{_KINDS[kind]}: {said}"
