"""A plug-in's parameters as a form: drawn from its declaration, no plug-in holds screen code."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.model.parameter import Parameter
from curation.model.values import Json
from ui.text import plain

NARROWEST_PX = 150


def draw_knobs(parameters: Sequence[Parameter], *, owner: str, columns: int = 3) -> dict[str, Json]:
    """Draw every knob and return what they say."""
    values = _draw_grid([one for one in parameters if not one.is_rare], owner, columns)
    rare = [one for one in parameters if one.is_rare]
    if rare:
        with st.expander("More knobs"):
            values |= _draw_grid(rare, owner, columns)
    for one in parameters:
        if told := _outside(one, values[one.name]):
            st.markdown(f":small[:red[:material/error: {plain(told)}]]")
    return {one.name: values[one.name] for one in parameters}


def _draw_grid(parameters: Sequence[Parameter], owner: str, columns: int) -> dict[str, Json]:
    values: dict[str, Json] = {}
    typed = [one for one in parameters if one.kind != "switch"]
    # Where a knob would be too narrow for its value, fewer stand side by side; a label of two lines moves no field.
    with st.grid(columns, min_column_width=NARROWEST_PX, gap="small", vertical_alignment="bottom"):
        for one in typed:
            values[one.name] = _draw(one, f"{owner}.{one.name}")
    # Outside the grid, whose columns are too narrow for a label beside its switch.
    for one in parameters:
        if one.kind == "switch":
            values[one.name] = _draw(one, f"{owner}.{one.name}")
    return values


def _draw(parameter: Parameter, key: str) -> Json:
    hint = parameter.why or None
    title = plain(parameter.title)
    if parameter.kind == "switch":
        return st.toggle(title, value=bool(parameter.default), key=key, help=hint, persist_state="session")
    if parameter.kind == "choice":
        at = parameter.choices.index(parameter.default) if parameter.default in parameter.choices else 0
        return st.selectbox(title, parameter.choices, at, key=key, help=hint, persist_state="session")
    if parameter.kind == "integer":
        return _whole(parameter, key, hint)
    if parameter.kind == "number":
        # Without its limits: the browser would keep what is outside to itself, and the value before would be used.
        return st.number_input(
            title,
            value=float(parameter.default),
            step=_step(float(parameter.default)),
            format="%g",
            key=key,
            help=hint,
            persist_state="session",
        )
    return st.text_input(title, str(parameter.default or ""), key=key, help=hint, persist_state="session")


def _whole(parameter: Parameter, key: str, hint: str | None) -> int:
    value = st.number_input(
        plain(parameter.title), value=int(parameter.default), step=1, key=key, help=hint, persist_state="session"
    )
    return int(value)


def _outside(parameter: Parameter, value: Json) -> str:
    """What is wrong with a number outside its limits; the launch refuses it too."""
    if parameter.kind not in ("integer", "number") or not isinstance(value, int | float):
        return ""
    low, high = parameter.low, parameter.high
    if (low is None or value >= low) and (high is None or value <= high):
        return ""
    limits = [f"{word} {_number(limit)}" for word, limit in (("at least", low), ("at most", high)) if limit is not None]
    return f"{parameter.title} is {_number(value)}; it must be {' and '.join(limits)}."


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e16 else f"{value:g}"


def _step(default: float) -> float:
    """A step that fits the size of the default: a tenth of it, at least."""
    return abs(default) / 10 if default else 0.1
