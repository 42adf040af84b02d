"""Models side by side: rates with their doubt, what goes wrong, and the rows where answers differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from curation.model.values import Json
from curation.services.evaluating import EvaluationView
from ui.charts import draw, word_legend
from ui.comparison_charts import Whisker, failure_bars, whiskers
from ui.layout import card_title
from ui.text import count, plain

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
INVALID = ("unparseable", "unknown_tool", "schema_invalid")


class Contestant(NamedTuple):
    """One evaluated model: its name and its report, in the machine shape of a score."""

    name: str
    report: Mapping[str, Json]


def contestants(view: EvaluationView) -> list[Contestant]:
    """The models that have answered, under names short enough for a chart."""
    names = short_names([one.label for one in view.models])
    return [Contestant(name, one.report.to_json()) for name, one in zip(names, view.models, strict=True) if one.report]


def short_names(labels: Sequence[str]) -> list[str]:
    """A tuned model or another way to ask is often called after the first one; beside it, the rest says enough."""
    first = f"{labels[0]}, " if labels else ""
    short = [label.removeprefix(first) or label for label in labels]
    return short if len(set(short)) == len(short) else list(labels)


def rate_rows(contestants: Sequence[Contestant], names: Mapping[str, str]) -> list[Whisker]:
    """The rates there is anything to count for, in percent."""
    return [
        Whisker(title, one.name, 100 * rate["value"], 100 * rate["low"], 100 * rate["high"], rate["n"])
        for metric, title in names.items()
        for one in contestants
        if (rate := one.report["metrics"].get(metric)) and rate["value"] is not None
    ]


def failure_shares(report: Mapping[str, Json]) -> dict[str, float]:
    """What every answer was, in percent of all rows; together they make 100."""
    rows = report["n"]["rows"] or 1
    failures = report["failures"]
    counts = {
        "wrong arguments": failures.get("wrong_arguments", 0),
        "wrong tool": failures.get("wrong_tool", 0),
        "invalid": sum(failures.get(name, 0) for name in INVALID),
        "false call": failures.get("needless_call", 0),
        "missed call": failures.get("missed_call", 0),
    }
    right = max(0, report["n"]["rows"] - sum(counts.values()))
    return {name: 100 * n / rows for name, n in ({"right": right} | counts).items()}


def draw_rates(contestants: Sequence[Contestant]) -> None:
    """Dots and whiskers, and the same figures as a table."""
    names = [one.name for one in contestants]
    with st.container(border=True):
        marks = word_legend([plain(name, 30) for name in names], first_is_gray=True)
        with card_title("Side by side", "95 % intervals"):
            st.markdown(marks, width="content")  # safe: our marks, the names went through plain()
        left, right = st.columns([5, 4], gap="medium")
        with left:
            _draw_whiskers("Higher is better", rate_rows(contestants, HIGHER), names)
        with right:
            _draw_whiskers("Lower is better", rate_rows(contestants, LOWER), names)
        with st.expander("The same as a table", type="compact"):
            rows = rate_rows(contestants, HIGHER | LOWER)
            st.dataframe(_rate_table(rows), hide_index=True, key="evaluation.rates")


def _draw_whiskers(title: str, rows: list[Whisker], names: list[str]) -> None:
    st.caption(title)
    if not rows:
        st.caption("Nothing to count in these rows.")
        return
    words = "; ".join(f"{one.model}: {one.metric} {one.value:.1f} % of {one.n}" for one in rows)
    draw(whiskers(rows, names), key=f"evaluation.{title}", alt_text=f"{title}. {words}")


def _rate_table(rows: list[Whisker]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rate": [one.metric for one in rows],
            "model": [one.model for one in rows],
            "%": [round(one.value, 1) for one in rows],
            "95 % interval": [f"{one.low:.1f} to {one.high:.1f}" for one in rows],
            "n": [one.n for one in rows],
        }
    )


def draw_failures(contestants: Sequence[Contestant]) -> None:
    """One bar a model: right, and every way to be wrong."""
    shares = {one.name: failure_shares(one.report) for one in contestants}
    with st.container(border=True, height="stretch"):
        with card_title("What goes wrong", "share of all rows"):
            pass
        words = "; ".join(f"{name}: right {kinds['right']:.1f} %" for name, kinds in shares.items())
        draw(failure_bars(shares), key="evaluation.failures", alt_text=f"What goes wrong. {words}")
        with st.expander("The same as a table", type="compact"):
            table = pd.DataFrame(
                [{"model": name, **{kind: round(x, 1) for kind, x in kinds.items()}} for name, kinds in shares.items()]
            )
            st.dataframe(table, hide_index=True, key="evaluation.failures.table")


def draw_breakdown(view: EvaluationView, answered: Sequence[Contestant]) -> None:
    """What goes wrong, and beside it how far every later model is from the first one."""
    rows = _difference_rows(view)
    if not rows:
        draw_failures(answered)
        return
    left, right = st.columns([5, 6], gap="medium")
    with left:
        draw_failures(answered)
    with right, st.container(border=True, height="stretch"):
        with card_title("Difference to the first"):
            pass
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            key="evaluation.differences",
            height="content" if len(rows) <= MOST_DIFFERENCES else 290,
            column_config={
                "rate": st.column_config.TextColumn(width=140),
                "model": st.column_config.TextColumn(width=110),
                "points": st.column_config.TextColumn(width=60),
                "95 % interval": st.column_config.TextColumn(width=110),
                "says": st.column_config.TextColumn(width=100),
            },
            alt=f"How far each rate is from that of {view.models[0].label}, in points",
        )
        n_groups = max((found.n_groups for one in view.differences.values() for found in one.values()), default=0)
        st.caption(f"{plain(view.models[0].label)}, in points on the same rows of {count(n_groups, 'group')}")


def _difference_rows(view: EvaluationView) -> list[dict[str, str]]:
    """In the order of the charts; the model is named where there are several."""
    names = short_names([one.label for one in view.models])[1:]
    later = [(name, view.differences.get(one.label, {})) for name, one in zip(names, view.models[1:], strict=True)]
    return [
        {
            "rate": title,
            **({"model": name} if len(later) > 1 else {}),
            "points": f"{100 * found.value:+.1f}",
            "95 % interval": f"{100 * (found.low or 0):+.1f} to {100 * (found.high or 0):+.1f}",
            "says": "clear" if found.is_clear else "could be chance",
        }
        for name, metrics in later
        for metric, title in (HIGHER | LOWER).items()
        if (found := metrics.get(metric)) is not None and found.value is not None
    ]
