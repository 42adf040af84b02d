"""The knobs of an order: those that its strategy has, with values that they take."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.errors import StateError
from curation.model.parameter import Parameter
from curation.model.values import Json
from curation.synthesizers import Synthesizer, get_synthesizer

_TYPES: Mapping[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "switch": (bool,)}
_TYPED = {"integer": "a whole number", "number": "a number", "switch": "true or false"}


def read_knobs(strategy_name: str, texts: Mapping[str, str]) -> dict[str, Json]:
    """What was typed, as the knobs of a strategy take it.

    Raises:
        CurationError: there is no such strategy or knob, or it takes no such value.
    """
    strategy = get_synthesizer(strategy_name)
    kinds = {one.name: one.kind for one in strategy.parameters}
    knobs = {name: _decode(text) if kinds.get(name) in _TYPES else text for name, text in texts.items()}
    require_knobs(strategy, knobs)
    return knobs


def require_knobs(strategy: Synthesizer, knobs: Mapping[str, Json]) -> None:
    """Refuse a knob that would be passed over in silence.

    Raises:
        StateError: the strategy has no such knob, or it takes no such value.
    """
    known = {one.name: one for one in strategy.parameters}
    for name, value in knobs.items():
        if name not in known:
            names = ", ".join(f"`{one}`" for one in known) or "none"
            raise StateError(f"“{strategy.title}” has no knob `{name}`.", hint=f"Its knobs: {names}.")
        if wanted := _unmet(known[name], value):
            raise StateError(f"The knob `{name}` of “{strategy.title}” is {value!r}.", hint=f"It takes {wanted}.")


def _unmet(knob: Parameter, value: Json) -> str:
    """What the knob takes instead of a value; empty where it takes it."""
    if knob.kind == "choice":
        return "" if value in knob.choices else f"one of {', '.join(knob.choices)}"
    if knob.kind not in _TYPES:
        return "" if isinstance(value, str) else "a text"
    if type(value) not in _TYPES[knob.kind]:
        return _TYPED[knob.kind]
    low = float("-inf") if knob.low is None else knob.low
    high = float("inf") if knob.high is None else knob.high
    # NaN lies nowhere.
    is_within = isinstance(value, int | float) and low <= value <= high
    return "" if is_within else f"{_TYPED[knob.kind]} from {low:,g} to {high:,g}"


def _decode(text: str) -> Json:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
