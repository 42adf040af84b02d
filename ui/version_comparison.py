"""Two dataset versions side by side: counted, drawn, listed, and taken out as JSON lines."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import islice

import streamlit as st

from curation.services import version_diffing, version_figures
from curation.services.freezing import DatasetView
from curation.services.trait_words import say_category
from curation.services.version_diffing import DiffCounts, DiffRow, Kind
from curation.services.version_figures import EDGES, LengthFigures, VersionFigures
from curation.services.workspace import Workspace
from ui.charts import draw, word_legend
from ui.layout import card_title
from ui.revision_changes import draw_change_table
from ui.session import workspace
from ui.state import PROJECT, Slot
from ui.text import count, plain
from ui.version_charts import pairs
from ui.version_names import titles

KIND_WORDS: dict[Kind, str] = {"came": "came in", "went": "went out", "changed": "changed", "moved": "moved split"}
PAGE, MOST_PAGES = 20, 10
"""So many rows are listed at once, and so many pages: whoever wants all takes the file."""
MOST_TOOLS = 12
_READY: Slot[str] = Slot("versions.diff.ready", "")


def draw_comparison(ws: Workspace, versions: Sequence[DatasetView]) -> None:
    """Choose two; the newest beside the one before it at first."""
    with st.container(border=True):
        with card_title("Compare two versions"):
            pass
        if len(versions) < 2:
            st.caption("There is one version so far: the next one can be compared with it.")
            return
        shown = titles(ws, versions)
        before, after = _choose_two(versions, shown)
        if before.id == after.id:
            st.caption("This is one and the same version: choose another.")
            return
        counts = version_diffing.count_diff(ws, before.id, after.id)
        _draw_counts(counts, before, after)
        _draw_plots(before, after, (f"v{before.n}", f"v{after.n}"))
        _draw_rows(ws, before, after, counts)
        _draw_download(before, after)


def _choose_two(versions: Sequence[DatasetView], shown: Mapping[str, str]) -> tuple[DatasetView, DatasetView]:
    by_id = {one.id: one for one in versions}
    left, right = st.columns(2, gap="small")
    newest = versions[0].id
    before = left.selectbox("From", list(by_id), 1, key=f"versions.before.{newest}", format_func=shown.__getitem__)
    after = right.selectbox("To", list(by_id), 0, key=f"versions.after.{newest}", format_func=shown.__getitem__)
    return by_id[before], by_id[after]


def _draw_counts(counts: DiffCounts, before: DatasetView, after: DatasetView) -> None:
    parts = [f"{counts.of(kind):,} {word}" for kind, word in KIND_WORDS.items() if counts.of(kind)]
    both = f" ({counts.changed_and_moved:,} of the changed moved as well)" if counts.changed_and_moved else ""
    said = ", ".join(parts) + both if parts else "Nothing differs"
    st.markdown(f"**{said}**; {counts.same:,} are the same in both.")
    if before.hash == after.hash:
        st.caption("Both have the same digest.")


@st.cache_data(max_entries=16, show_spinner="Counting the rows of both versions")
def _figures(dataset_id: str, hash: str) -> VersionFigures:  # noqa: ARG001, A002 - names the version in the cache
    """A frozen version never changes, so it is counted once."""
    return version_figures.measure_version(workspace(), dataset_id)


def _draw_plots(before: DatasetView, after: DatasetView, names: tuple[str, str]) -> None:
    old, new = _figures(before.id, before.hash), _figures(after.id, after.hash)
    st.markdown(word_legend(names, first_is_gray=True))  # safe: numbers of versions
    first, second, third, fourth = st.columns(4, gap="medium")
    with first:
        _draw_plot("Rows by split", {one: (old.splits[one], new.splits[one]) for one in new.splits}, names)
    with second:
        shapes = {say_category(name): both for name, both in _totals(old.categories, new.categories).items()}
        _draw_plot("By category", shapes, names)
    with third:
        _draw_plot("By tool called", _totals(old.tools, new.tools), names)
    with fourth:
        _draw_lengths(old.lengths, new.lengths, names)


def _draw_plot(heading: str, counts: Mapping[str, tuple[int, int]], names: tuple[str, str]) -> None:
    st.markdown(f"**{plain(heading)}**")
    if not counts:
        st.caption("none")
        return
    shown = dict(list(counts.items())[:MOST_TOOLS])
    told = ", ".join(f"{name} {a:,} and {b:,}" for name, (a, b) in shown.items())
    chart = pairs({plain(name, 24).replace("\\", ""): both for name, both in shown.items()}, names)
    draw(chart, key=f"versions.plot.{heading}", alt_text=f"{heading}, {names[0]} and {names[1]}: {told}")
    if len(counts) > MOST_TOOLS:
        st.caption(f"and {len(counts) - MOST_TOOLS:,} more")


def _totals(old: Mapping[str, Mapping[str, int]], new: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[int, int]]:
    """Name → rows in both versions, the commonest first."""
    found = {name: (sum(old.get(name, {}).values()), sum(new.get(name, {}).values())) for name in {**new, **old}}
    return dict(sorted(found.items(), key=lambda pair: (-sum(pair[1]), pair[0])))


def _draw_lengths(old: LengthFigures | None, new: LengthFigures | None, names: tuple[str, str]) -> None:
    if old is None or new is None:
        return
    ends = [f"to {edge / 1000:g} kB" for edge in EDGES] + [f"over {EDGES[-1] / 1000:g} kB"]
    counts = {end: (a, b) for end, a, b in zip(ends, old.classes, new.classes, strict=True) if a or b}
    _draw_plot("By length", counts, names)
    st.caption(f"median {old.median:,} and {new.median:,} bytes, longest {old.longest:,} and {new.longest:,}")


def _draw_rows(ws: Workspace, before: DatasetView, after: DatasetView, counts: DiffCounts) -> None:
    """The rows of one kind, page by page."""
    there = [kind for kind in KIND_WORDS if counts.of(kind)]
    if not there:
        return
    key = f"{before.id}.{after.id}"
    kind: Kind = st.radio(
        "What differs",
        there,
        horizontal=True,
        key=f"versions.kind.{key}",
        format_func=lambda one: f"{KIND_WORDS[one]} {counts.of(one):,}",
        label_visibility="collapsed",
    )
    n_pages = min(MOST_PAGES, -(-counts.of(kind) // PAGE))
    page = st.pagination(n_pages, key=f"versions.page.{key}.{kind}") if n_pages > 1 else 1
    found = version_diffing.walk_diff(ws, before.id, after.id, [kind])
    for row in islice(found, (page - 1) * PAGE, page * PAGE):
        _draw_row(row)
    if counts.of(kind) > MOST_PAGES * PAGE:
        st.caption(f"The first {MOST_PAGES * PAGE} are listed here; the file has all of them.")


def _draw_row(row: DiffRow) -> None:
    number = f"#{row.number:,} " if row.number else ""
    splits = [one for one in dict.fromkeys((row.split_before, row.split_after)) if one]
    label = f"{number}{plain(row.title, 70)} · {' → '.join(splits)}"
    if row.kind != "changed":
        st.page_link(
            "../pages/write.py", label=label, query_params={"project": PROJECT.get(), "example": row.example_id}
        )
        return
    with st.expander(
        f"{label} · {count(len(row.changes), 'place')}", type="compact", key=f"versions.row.{row.example_id}"
    ):
        draw_change_table(row.changes)


def _draw_download(before: DatasetView, after: DatasetView) -> None:
    wanted = f"{before.id}.{after.id}"
    if _READY.get() != wanted:
        st.button(
            "Prepare the difference",
            key="versions.diff.prepare",
            icon=":material/difference:",
            on_click=_READY.set,
            args=(wanted,),
        )
        return
    st.download_button(
        "Download it as JSON lines",
        _pack(before.id, after.id),
        file_name=f"versions-{before.n}-{after.n}.jsonl",
        mime="application/jsonl",
        key="versions.diff.download",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(
        "The counts first, then one line an example: what became of it, its splits, and every place that changed."
    )


@st.cache_data(max_entries=2, show_spinner="Writing the difference")
def _pack(before_id: str, after_id: str) -> bytes:
    out = io.BytesIO()
    version_diffing.write_diff(workspace(), before_id, after_id, out)
    return out.getvalue()
