"""The floors of a gate as a form has them: one field a floor, its bound in per cent, and what else could be asked."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from curation.metrics.gate import ALL, KNOWN, SHIFTED_ROWS, Floor
from curation.metrics.slices import FIXED_SLICES
from curation.services.rate_words import RATES, say_rate, say_slice

_DIGITS = 6
"""Shares are rounded to so many digits: `0.07` is 7 %, not a little more."""


class FloorField(msgspec.Struct, frozen=True):
    """One floor that is asked for now."""

    metric: str
    slice: str
    title: str
    """`valid answers, at least`, `harm in plain chat, at most`."""
    percent: float


def list_fields(floors: Iterable[Floor]) -> tuple[FloorField, ...]:
    """A field for each floor, in its order."""
    return tuple(
        FloorField(one.metric, one.slice, name_floor(one.metric, one.slice), round(100 * one.bound, _DIGITS - 2))
        for one in floors
    )


def name_floor(metric: str, slice_name: str = ALL) -> str:
    """A floor without its bound."""
    where = say_slice(slice_name)
    side = "at least" if KNOWN[metric].higher_is_better else "at most"
    return f"{say_rate(metric)}{f' in {where}' if where else ''}, {side}"


def make_floor(metric: str, slice_name: str, percent: float) -> Floor:
    """What is asked for when a field says so."""
    return Floor(metric, round(percent / 100, _DIGITS), slice_name)


def floor_rates() -> dict[str, str]:
    """Every rate a floor can be set under → its words, those that the gate holds against production first."""
    return {name: say_rate(name) for name in sorted(KNOWN, key=lambda name: name not in RATES)}


def floor_places(slices: Iterable[str] = ()) -> dict[str, str]:
    """Where a floor can be asked for → its words: in all rows, in what every project has, and in these slices."""
    names = dict.fromkeys((ALL, *FIXED_SLICES, SHIFTED_ROWS, *sorted(slices)))
    return {name: say_slice(name) or "all rows" for name in names}
