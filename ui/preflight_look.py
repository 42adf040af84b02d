"""What a preflight found: rows with their loss mask, category by category; lengths; what is left out, and why."""

from __future__ import annotations

import streamlit as st

from curation.services import export_choices
from curation.services.freezing import DatasetView
from curation.services.health_lengths import measure_lengths
from curation.services.preflighting import LONGEST, PROBLEM, SHORTEST, Dropped, Preflight, Sample
from ui.charts import draw
from ui.health_charts import histogram
from ui.loss_mask import draw_row
from ui.session import workspace
from ui.state import PROJECT
from ui.tabs import tab_label
from ui.text import count, named, plain

MAX_PROBLEMS = 8
LINKED = 10
WORDS = {
    PROBLEM: "rows with a problem",
    SHORTEST: "the shortest rows",
    LONGEST: "the longest rows",
    "single": "one call",
    "parallel": "calls side by side",
    "multi_step": "several steps",
    "recovery": "recovery after a failure",
    "no_call": "no tool",
    "": "other rows",
}


def draw_checked(checked: Preflight, version: DatasetView, steps: int) -> None:
    """The figures first, then the rows, then what is left out."""
    share = 100 * checked.n_trained_tokens / max(checked.n_tokens, 1)
    st.markdown(
        f"**{count(checked.n_rows, 'row')}, {count(steps, 'step')}** · {checked.n_trained_tokens:,} of "
        f"{count(checked.n_tokens, 'token')} carry loss ({share:.0f} %)"
    )
    n = version.counts.get("train", 0)
    of_them = f"{count(n, 'training example')} of v{version.n:,}"
    if checked.style == "router":
        st.caption(f"One row for every decision in the {of_them}, as this model knows no tool calls of its own")
    else:
        st.caption(f"One row a conversation, from the {of_them}")
    _draw_sentinel(checked)
    for note in checked.notes:
        st.caption(f":material/info: {named(note)}")
    if checked.samples:
        _draw_samples(checked.samples)
    _draw_lengths(checked)
    _draw_dropped(checked.dropped)


def _draw_sentinel(checked: Preflight) -> None:
    """Whether the names and values the model must learn stand where loss is, in every row."""
    if not checked.problems and checked.n_rows:
        st.markdown(
            f":material/check_circle: In all {count(checked.n_rows, 'row')} the tool, its arguments and the token that "
            "ends the turn carry loss."
        )
    for problem in checked.problems[:MAX_PROBLEMS]:
        st.error(named(problem), icon=":material/error:")
    more = checked.n_faulty - MAX_PROBLEMS
    if more > 0:
        st.caption(f"{count(checked.n_faulty, 'row')} lose something that is to be learnt; the first are named.")


def _draw_samples(samples: tuple[Sample, ...]) -> None:
    kinds = {sample.kind: sample for sample in samples}
    chosen = st.selectbox(
        "Rows to look at",
        list(kinds),
        key="training.kind",
        format_func=lambda kind: f"{WORDS.get(kind, kind)} · {count(kinds[kind].n_rows, 'row')}",
    )
    rows = kinds[chosen].rows
    tabs = st.tabs([tab_label(f"Row {row.number}") for row in rows])  # safe: row numbers
    for tab, row in zip(tabs, rows, strict=True):
        with tab:
            draw_row(row)


def _draw_lengths(checked: Preflight) -> None:
    lengths = measure_lengths(sorted(checked.lengths))
    if lengths is None:
        return
    facts = (
        f"shortest {lengths.shortest:,}, median {lengths.median:,}, "
        f"95 % under {lengths.p95:,}, longest {lengths.longest:,}"
    )
    drawn = histogram(list(lengths.histogram), lengths.bin_width, n_longer=lengths.n_longer, limit=checked.limit)
    draw(drawn, key="training.lengths", alt_text=f"Rows by their tokens: {facts}")
    cut = f"{count(checked.n_too_long, 'row')} longer than the limit of {checked.limit:,}, left out whole; none is cut"
    none = f"none reaches the limit of {checked.limit:,}, so nothing is cut"
    st.caption(f"Tokens a row: {facts}; {cut if checked.n_too_long else none}.")


def _draw_dropped(dropped: tuple[Dropped, ...]) -> None:
    """Each reason with the examples behind it, one click from the desk where they are written."""
    if not dropped:
        return
    n = sum(one.n_rows for one in dropped)
    with st.expander(f"{count(n, 'row')} left out", type="compact", key="training.dropped"):
        for one in dropped:
            st.markdown(f"**{one.n_rows:,}** · {named(one.reason)}")
            for example in export_choices.name_examples(workspace(), one.example_ids[:LINKED]):
                st.page_link(
                    "../pages/write.py",
                    label=f"#{example.number:,} {plain(example.title, 60)}",
                    query_params={"project": PROJECT.get(), "example": example.example_id},
                )
            if len(one.example_ids) > LINKED:
                st.caption("and others")
