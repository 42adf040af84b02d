"""Which parameters the calls give and leave out, which values never come up, and what they give together."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from curation.model.states import ExampleState
from curation.model.traits import Trait, trait
from curation.services.health import Health
from ui.health_choice import draw_choice
from ui.text import count, plain

MOST_PARAMETERS = 6
COVERAGE_WORDS = "How often each parameter is given and left out, and which enum values never are"
TOGETHER_WORDS = "Which optional parameters calls give together"


def count_gaps(measured: Health) -> tuple[int, int]:
    """Parameters never given, and enum values never shown, of tools that are called."""
    called = [tool for tool in measured.coverage if tool.n_calls]
    n_never = sum(not one.n_given for tool in called for one in tool.parameters)
    return n_never, sum(len(one.unused_values) for tool in called for one in tool.parameters if one.n_given)


def draw_coverage(measured: Health, states: tuple[ExampleState, ...] = ()) -> None:
    """Those with most to do first; all of them, and the combinations, one press away."""
    rows = _rows(measured)
    if not rows:
        st.caption("No tool of the catalogue has parameters.")
        return
    rows.sort(key=lambda row: (not row["gap"], float(str(row["given"]))))
    names = ("parameter", "given", "left out", "gap")
    shown = {name: [_cell(row[name]) for row in rows[:MOST_PARAMETERS]] for name in names}
    st.table(shown, border="horizontal", hide_index=True)
    n_never, n_values = count_gaps(measured)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        gaps = f"{count(n_never, 'parameter')} never given, {count(n_values, 'enum value')} never shown"
        st.caption(gaps if n_never or n_values else "Everything is used", width="content")
        # Drawn when it is opened: only then does a browser fetch what a grid needs.
        with st.popover(f"All {len(rows):,}", type="tertiary"):
            st.dataframe(pd.DataFrame(rows), key="health.coverage", hide_index=True, alt=COVERAGE_WORDS)
        if measured.combinations:
            with st.popover("Given together", type="tertiary"):
                together = pd.DataFrame(_together(measured))
                st.dataframe(together, key="health.together", hide_index=True, alt=TOGETHER_WORDS)
    draw_choice("coverage", "Parameter, value or combination", list(_figures(measured)), states)


def _rows(measured: Health) -> list[dict[str, object]]:
    return [
        {
            "parameter": f"{tool.tool}.{parameter.name}",
            "given": 100 * parameter.n_given / tool.n_calls if tool.n_calls else 0.0,
            "left out": tool.n_calls - parameter.n_given,
            "gap": f"never {', '.join(parameter.unused_values)}" if parameter.unused_values else "",
        }
        for tool in measured.coverage
        for parameter in tool.parameters
    ]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.0f} %"
    return f"{value:,}" if isinstance(value, int) else plain(value, 80)


def _together(measured: Health) -> list[dict[str, object]]:
    return [
        {"tool": one.tool, "given together": " + ".join(one.given) or "none of them", "calls": one.n_calls}
        for one in measured.combinations
    ]


def _figures(measured: Health) -> Iterator[tuple[Trait, int]]:
    """Everything that can be looked at or ordered; what is never there comes first, as the list puts it."""
    for tool in measured.coverage:
        for one in tool.parameters:
            for value, n in one.values.items():
                yield trait("value", tool.tool, one.name, value), n
            yield trait("given", tool.tool, one.name), one.n_given
            if not one.is_required:
                yield trait("omitted", tool.tool, one.name), tool.n_calls - one.n_given
    for together in measured.combinations:
        yield trait("options", together.tool, *together.given), together.n_calls
