"""Models side by side: rates with their doubt, and how far each model is from the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from curation.services.look_parts import Figures, Part, compare_part
from ui.charts import draw_kept, word_legend
from ui.comparison_charts import Whisker, whiskers
from ui.layout import card_title
from ui.look_names import Names
from ui.rate_tables import draw_rate_folds
from ui.text import count, named, plain

HIGHER = {
    "valid_call_rate": "valid call",
    "tool_name_accuracy": "right tool",
    "argument_match": "right arguments",
    "recovery_rate": "recovers",
}
LOWER = {
    "false_call_rate": "false call",
    "invalid_on_no_tool": "invalid instead of no call",
    "missed_call_rate": "missed call",
    "silent_wrong_rate": "silently wrong",
}
MOST_DIFFERENCES = 8


class Contestant(NamedTuple):
    """One evaluated model: its name and its figures on the rows on screen."""

    name: str
    figures: Figures


def contestants(part: Part, names: Names) -> list[Contestant]:
    """The models on screen, under names short enough for a chart."""
    return [Contestant(names[one.label], one.report.overall) for one in part.models if one.report]


def rate_rows(contestants: Sequence[Contestant], names: Mapping[str, str]) -> list[Whisker]:
    """The rates there is anything to count for, in percent; one above 1 has no interval."""
    return [
        Whisker(
            title,
            one.name,
            100 * rate.value,
            _percent(rate.low, rate.value),
            _percent(rate.high, rate.value),
            rate.n,
            one.figures.vacuous.get(metric, 0),
        )
        for metric, title in names.items()
        for one in contestants
        if (rate := one.figures.metrics.get(metric)) and rate.value is not None
    ]


def _percent(bound: float | None, value: float) -> float:
    return 100 * (value if bound is None else bound)


def draw_warnings(part: Part, names: Names) -> None:
    """What to know before believing the figures, with the models it is about where it is not about all."""
    for warning, labels in part.warnings.items():
        about = f"{plain('; '.join(names[one] for one in labels))}: " if labels else ""
        st.warning(about + named(warning), icon=":material/warning:")


def draw_rates(part: Part, names: Names) -> None:
    """Dots and whiskers, and the same figures as a table."""
    shown = contestants(part, names)
    marks = [plain(names.told(one.label), 34) for one in part.models]
    with st.container(border=True, height="stretch"):
        with card_title("Side by side", "95 % intervals"):
            st.markdown(word_legend(marks, names.places(part.labels)), width="content")  # safe: plain() made the names
        left, right = st.columns([5, 4], gap="medium")
        with left:
            _draw_whiskers("Higher is better", rate_rows(shown, HIGHER), names)
        with right:
            _draw_whiskers("Lower is better", rate_rows(shown, LOWER), names)
        opened = st.expander("The same as a table", type="compact", key="evaluation.rates.fold", on_change="rerun")
        if opened.open:
            with opened:
                rows = _rate_table(rate_rows(shown, HIGHER | LOWER))
                st.dataframe(rows, hide_index=True, key="evaluation.rates", alt="Rates with their intervals and rows")
        _draw_differences(part, names)
        draw_rate_folds(part, names)


def _draw_whiskers(title: str, rows: list[Whisker], names: Names) -> None:
    st.caption(title)
    if not rows:
        st.caption("Nothing to count in these rows.")
        return
    words = "; ".join(f"{one.model}: {one.metric} {one.shown} % of {one.n}" for one in rows)
    draw_kept(whiskers, tuple(rows), names.short, key=f"evaluation.{title}", alt_text=f"{title}. {words}")
    if any(one.mute for one in rows):
        st.caption("\\* says little: most of the answers it counts cannot be read or used")


def _rate_table(rows: list[Whisker]) -> pd.DataFrame:
    columns = {
        "rate": [one.metric for one in rows],
        "model": [one.model for one in rows],
        "%": [round(one.value, 1) for one in rows],
        "95 % interval": [f"{one.low:.1f} to {one.high:.1f}" for one in rows],
        "n": [one.n for one in rows],
    }
    if any(one.mute for one in rows):
        columns["says little"] = [f"{one.mute:,} of {one.n:,} unusable" if one.mute else "" for one in rows]
    return pd.DataFrame(columns)


def _draw_differences(part: Part, names: Names) -> None:
    """How far every later model is from the first one; worked out when somebody wants to see it."""
    if len(part.models) < 2:
        return
    first = names[part.labels[0]]
    label = f"Difference to {plain(first, 40)}"
    opened = st.expander(label, type="compact", key="evaluation.differences.fold", on_change="rerun")
    if not opened.open:
        return
    rows = _difference_rows(part, names)
    with opened:
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            key="evaluation.differences",
            height="content" if len(rows) <= MOST_DIFFERENCES else 290,
            alt=f"How far each rate is from that of {first}, in points",
        )
        found = compare_part(part)
        n_groups = max((one.n_groups for metrics in found.values() for one in metrics.values()), default=0)
        st.caption(f"In points on the same rows of {count(n_groups, 'group')}")  # safe: a number


def _difference_rows(part: Part, names: Names) -> list[dict[str, str]]:
    """In the order of the charts; the model is named where there are several."""
    later = compare_part(part)
    return [
        {
            "rate": title,
            **({"model": names[label]} if len(later) > 1 else {}),
            "points": f"{100 * found.value:+.1f}",
            "95 % interval": f"{100 * (found.low or 0):+.1f} to {100 * (found.high or 0):+.1f}",
            "says": "clear" if found.is_clear else "could be chance",
        }
        for label, metrics in later.items()
        for metric, title in (HIGHER | LOWER).items()
        if (found := metrics.get(metric)) is not None and found.value is not None
    ]
