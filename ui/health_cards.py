"""The cards of dataset health: every number says what it counts, every lack offers to fill itself."""

from __future__ import annotations

import streamlit as st

from curation.model.example import NO_TOOL_REASONS
from curation.model.filters import UNDRAWN, ExampleFilter
from curation.model.states import ExampleState
from curation.model.traits import trait
from curation.services.health import Health
from curation.services.trait_words import plain_name
from ui.charts import draw_kept
from ui.glossary import meaning_of
from ui.health_charts import bars
from ui.health_choice import draw_choice
from ui.layout import card_title, severity_badge
from ui.list_links import number_button
from ui.share_bar import draw_share
from ui.text import count, named, plain

MAX_RULES = 30
MAX_FAULTS = 6


def draw_no_tool(measured: Health, states: tuple[ExampleState, ...] = ()) -> None:
    """The share of decisions that call nothing against the wanted band, and each reason's part of it."""
    share, low, high = measured.share_of_decisions, *(100 * edge for edge in measured.band)
    with st.container(border=True):
        with card_title("No-tool decisions"):
            if share is not None:
                st.markdown(f"**{100 * share:.1f} %**", width="content", help=meaning_of("no-tool share"))
                _band_badge(100 * share, low, high)
        if share is None:
            st.caption("Nothing is counted yet: there is no decision in these examples.")
            return
        words_for_it = (
            f"{100 * share:.1f} percent of decisions call no tool; wanted are {low:.0f} to {high:.0f} percent"
        )
        draw_share(100 * share, low, high, key="health.gauge", alt_text=words_for_it)
        _draw_reasons(measured, states)
        rows = measured.share_of_rows or 0.0
        unlabelled = f", {measured.n_unlabelled:,} without a reason" if measured.n_unlabelled else ""
        st.caption(
            f"{measured.n_no_tool_decisions:,} of {count(measured.n_decisions, 'decision')}{unlabelled}, in "
            f"{measured.n_no_tool_rows:,} of {count(measured.n_rows, 'row')} ({100 * rows:.1f} % of rows)"
        )


def _draw_reasons(measured: Health, states: tuple[ExampleState, ...]) -> None:
    """Every reason there is, those that nobody has shown with a nought."""
    counted: dict[str, int] = {reason: measured.reasons.get(reason, 0) for reason in NO_TOOL_REASONS}
    counted |= {reason: n for reason, n in measured.reasons.items() if reason not in counted}
    shown = {f"{plain_name(name)} {100 * n / measured.n_decisions:.1f} %": n for name, n in counted.items()}
    told = ", ".join(f"{name}: {n}" for name, n in shown.items())
    draw_kept(
        bars, tuple(shown.items()), key="health.reasons", alt_text=f"No-tool reasons, share of all decisions: {told}"
    )
    draw_choice("reason", "Reason", [(trait("reason", name), n) for name, n in counted.items()], states)


def _band_badge(share: float, low: float, high: float) -> None:
    if low <= share <= high:
        st.badge(f"within {low:.0f}–{high:.0f} %", icon=":material/check:", color="green")
    else:
        side = "below" if share < low else "above"
        st.badge(f"{side} {low:.0f}–{high:.0f} %", icon=":material/warning:", color="orange")


def draw_splits(measured: Health, states: tuple[ExampleState, ...] = ()) -> None:
    """Rows by split, and those whose group has none yet."""
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Splits", anchor=False, width="content", help=meaning_of("split"))
        st.space("stretch")
        for split, n in measured.splits.items():
            number_button(f"{split} {n:,}", ExampleFilter(split=split, states=states), key=f"health.split.{split}")
        if measured.n_undrawn:
            undrawn = ExampleFilter(split=UNDRAWN, states=states)
            number_button(f"{measured.n_undrawn:,} not drawn yet", undrawn, key="health.undrawn")
        st.page_link("../pages/versions.py", label="By tool", icon=":material/pie_chart:", width="content")


def draw_faults(measured: Health) -> None:
    """What is wrong with the whole: duplicates, leakage, balance; then the commonest findings in rows."""
    if not measured.n_rows:
        st.caption("There is no row to compare.")
    elif not measured.findings:
        st.caption("No row twice, none in two splits, the balance is right.")
    for one in measured.findings[:MAX_FAULTS]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            severity_badge(one.severity)
            st.caption(plain(one.finding.rule), width="content")
        st.markdown(named(one.finding.message))
    if len(measured.findings) > MAX_FAULTS:
        st.caption(f"{len(measured.findings) - MAX_FAULTS:,} more once these are mended")


def draw_rules(measured: Health, states: tuple[ExampleState, ...] = ()) -> None:
    """The findings in rows, the commonest first; each opens the examples that have it."""
    for one in measured.rules[:MAX_RULES]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(one.code)}** {plain(one.rule)}", width=320)
            wanted = ExampleFilter(rule=one.rule, states=states)
            number_button(count(one.n_rows, "row"), wanted, key=f"health.rule.{one.rule}")
    if len(measured.rules) > MAX_RULES:
        st.caption(f"{len(measured.rules) - MAX_RULES:,} rarer ones are choices of the filter in Examples")
