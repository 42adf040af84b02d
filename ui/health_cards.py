"""The cards of dataset health: every number says what it counts, every lack offers to fill itself."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation.model.filters import UNDRAWN, ExampleFilter, Level
from curation.model.finding import Severity
from curation.model.states import ExampleState
from curation.services.health import Health
from ui.charts import draw
from ui.glossary import meaning_of
from ui.health_charts import bars, histogram
from ui.layout import card_title, severity_badge
from ui.list_links import number_button
from ui.share_bar import draw_share
from ui.text import count, named, plain

MAX_RULES = 30
MAX_FAULTS = 6
MOST_PARAMETERS = 6
COVERAGE_WORDS = "How often each parameter is given, and which enum values never are"
REASON_WORDS = {
    "small_talk": "small talk",
    "answer_directly": "answer directly",
    "missing_information": "missing information",
    "cannot_be_done": "cannot be done",
    "refuse": "refuse",
    "escalate": "escalate",
}


def draw_blockers(measured: Health, n_with_errors: int, number: int) -> None:
    """What stands before the next version, in one strip."""
    if not measured.n_rows:
        return
    share = measured.share_of_decisions
    empty = sum(not cell.n for cell in measured.cells)
    leaks = sum(one.severity is Severity.ERROR for one in measured.findings)
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Before v{number}**", width="content")
        if n_with_errors:
            st.badge(f"{count(n_with_errors, 'example')} with errors", icon=":material/error:", color="red")
        if leaks:
            st.badge(f"{count(leaks, 'row')} in two splits", icon=":material/error:", color="red")
        if share is not None and not measured.band[0] <= share <= measured.band[1]:
            st.badge(f"no-tool {100 * share:.1f} %", icon=":material/warning:", color="orange")
        if empty:
            st.badge(f"{count(empty, 'empty cell')}", icon=":material/warning:", color="orange")
        if measured.duplicates:
            st.badge(f"{count(len(measured.duplicates), 'duplicate')}", icon=":material/warning:", color="orange")
        if not (n_with_errors or leaks or empty or measured.duplicates):
            st.badge("nothing stands in the way", icon=":material/check:", color="green")
        st.space("stretch")
        if n_with_errors:
            faulty = ExampleFilter(level=Level.ERROR)
            number_button("Show the errors", faulty, key="health.errors", icon=":material/arrow_forward:")


def draw_no_tool(measured: Health) -> None:
    """The share of decisions that call nothing against the wanted band, and their reasons."""
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
        reasons = {REASON_WORDS.get(name, name): n for name, n in measured.reasons.items() if n}
        if reasons:
            named = ", ".join(f"{name} {n}" for name, n in reasons.items())
            draw(bars(reasons), key="health.reasons", alt_text=f"No-tool reasons: {named}")
        rows = measured.share_of_rows or 0.0
        st.caption(
            f"{measured.n_no_tool_decisions:,} of {count(measured.n_decisions, 'decision')}, in "
            f"{measured.n_no_tool_rows:,} of {count(measured.n_rows, 'row')} ({100 * rows:.1f} % of rows)"
        )


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


def draw_coverage(measured: Health) -> None:
    """Which parameters and enum values the examples really use."""
    rows = [
        {
            "parameter": f"{tool.tool}.{parameter.name}",
            "used": 100 * parameter.n_given / tool.n_calls if tool.n_calls else 0.0,
            "gap": f"never {', '.join(map(str, parameter.unused_values))}" if parameter.unused_values else "",
        }
        for tool in measured.coverage
        for parameter in tool.parameters
    ]
    with st.container(border=True, height="stretch"):
        with card_title("Parameters and enums"):
            pass
        if not rows:
            st.caption("No tool of the catalogue has parameters.")
            return
        thin = sum(bool(row["gap"]) or not row["used"] for row in rows)
        rows.sort(key=lambda row: (not row["gap"], float(str(row["used"]))))
        _draw_parameters(rows[:MOST_PARAMETERS])
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(
                f"{count(thin, 'parameter')} never given or with values never used" if thin else "Everything is used",
                width="content",
            )
            if len(rows) > MOST_PARAMETERS:
                # Drawn when it is opened: only then does a browser fetch what a grid needs.
                with st.popover(f"All {len(rows):,}", type="tertiary"):
                    st.dataframe(pd.DataFrame(rows), key="health.coverage", hide_index=True, alt=COVERAGE_WORDS)


def _draw_parameters(rows: list[dict[str, object]]) -> None:
    """Those with most to do first, every name in full."""
    names = ("parameter", "used", "gap") if any(row["gap"] for row in rows) else ("parameter", "used")
    st.table({name: [_cell(row[name]) for row in rows] for name in names}, border="horizontal", hide_index=True)


def _cell(value: object) -> str:
    return f"{value:.0f} %" if isinstance(value, float) else plain(value, 80)


def draw_faults(measured: Health) -> None:
    """What is wrong with the whole: duplicates, leakage, balance; then the commonest findings in rows."""
    with st.container(border=True, height="stretch"):
        with card_title("The data as a whole", f"{len(measured.findings)}" if measured.findings else ""):
            pass
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


def draw_lengths(measured: Health) -> None:
    """How long rows are."""
    with st.container(border=True, height="stretch"):
        with card_title("Length of rows", "in kB as stored"):
            pass
        lengths = measured.lengths
        if lengths is None:
            st.caption("There is no row to measure.")
            return
        facts = (
            f"shortest {lengths.shortest:,}, median {lengths.median:,}, "
            f"95 % under {lengths.p95:,}, longest {lengths.longest:,}"
        )
        bins = [(upper / 1000, n) for upper, n in lengths.histogram]
        drawn = histogram(bins, lengths.bin_width / 1000, n_longer=lengths.n_longer)
        draw(drawn, key="health.lengths", alt_text=f"Length of rows in bytes: {facts}")
        longer = f"; {count(lengths.n_longer, 'row')} far longer than the others" if lengths.n_longer else ""
        st.caption(f"Bytes: {facts}{longer}. Preflight counts tokens.")


def draw_rules(measured: Health, states: tuple[ExampleState, ...] = ()) -> None:
    """The findings in rows, the commonest first; each opens the examples that have it."""
    if not measured.rules:
        return
    with st.expander(f"{count(len(measured.rules), 'rule')} with findings in these rows", type="compact"):
        for one in measured.rules[:MAX_RULES]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{plain(one.code)}** {plain(one.rule)}", width=320)
                wanted = ExampleFilter(rule=one.rule, states=states)
                number_button(count(one.n_rows, "row"), wanted, key=f"health.rule.{one.rule}")
        if len(measured.rules) > MAX_RULES:
            st.caption(f"{len(measured.rules) - MAX_RULES:,} rarer ones are choices of the filter in Examples")
