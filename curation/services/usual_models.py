"""Which models an evaluation begins with: the one in production beside the newest other one that was trained."""

from __future__ import annotations

from collections.abc import Sequence

from curation.services.models import TRAINED, ModelView


def sort_for_comparison(models: Sequence[ModelView], in_use: str = "") -> list[ModelView]:
    """The one in production, then bases, then the others; the first is what the rest is compared with."""
    return sorted(models, key=lambda one: (one.id != in_use, one.kind in TRAINED))


def choose_usual(models: Sequence[ModelView], in_use: str = "") -> list[ModelView]:
    """The usual pair, the one to compare with first.

    Args:
        models: all that can be asked, newest first.
        in_use: id of the model in production; the gate wants its answers beside, wherever it is asked.
    """
    production = next((one for one in models if one.id == in_use), None)
    # What is asked elsewhere may cost money: but for the one in production, nobody but a person puts it in.
    others = [one for one in models if one.remote_name is None and one is not production]
    newest = next((one for one in others if one.kind in TRAINED), None)
    if production is not None and newest is not None:
        return [production, newest]
    shown = production or newest
    bases = [one for one in others if one.kind not in TRAINED and (shown is None or one.base == shown.base)]
    return [one for one in (*bases[:1], shown) if one is not None]
