"""What an export would do to rows: counts, kinds, and the examples behind each of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from curation.services import export_choices
from curation.services.export_choices import LossGroup
from curation.services.exporting import ExportPreview
from curation.services.gating import Faulty
from ui.session import workspace
from ui.state import PROJECT
from ui.text import count, named, plain, show_unseen

PAGE = 6
"""Examples that one page of links shows."""
KINDS = {"refused": "left out", "lost": "lost", "changed": "changed"}
MOST_GROUPS = 12
_MOST_LETTERS = 70


def draw_badges(rows: int, preview: ExportPreview) -> None:
    """How many rows come out, and what is to be known of them, in one line."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{count(rows, 'row')}**", width="content")
        if not preview.losses and not preview.refused:
            st.badge("nothing is lost", icon=":material/check:", color="green")
        if preview.losses:
            lost = max(one.examples for one in preview.losses)
            st.badge(f"something is lost in {count(lost, 'example')}", icon=":material/warning:", color="orange")
        if preview.refused:
            st.badge(f"{count(len(preview.refused), 'example')} refused", icon=":material/error:", color="red")
        if preview.changes:
            changed = max(one.examples for one in preview.changes)
            st.badge(f"{count(changed, 'example')} changed on request", icon=":material/edit:", color="blue")
        if preview.kept:
            kept = sum(one.findings for one in preview.kept)
            st.badge(f"{count(kept, 'finding')} kept anyway", icon=":material/back_hand:", color="gray")


def draw_losses(key: str, preview: ExportPreview) -> None:
    """Each kind with its counts, the examples of the chosen one, and what was kept anyway."""
    groups = export_choices.group_losses(preview)
    if groups:
        _draw_groups(groups[:MOST_GROUPS])
        if len(groups) > MOST_GROUPS:
            st.caption(f"{len(groups) - MOST_GROUPS:,} more kinds stand in the list of examples below.")
        with st.expander("The examples behind each", type="compact", key="export.behind"):
            _draw_examples(key, groups)
    if preview.kept:
        kept = {
            "rule": [one.rule for one in preview.kept],
            "kept because": [one.reason for one in preview.kept],
            "findings": [one.findings for one in preview.kept],
        }
        st.dataframe(pd.DataFrame(kept), key="export.kept", hide_index=True)


def _draw_groups(groups: Sequence[LossGroup]) -> None:
    """A table whose sentences are read whole; a grid would cut them."""
    table = {
        "row": [KINDS[one.kind] for one in groups],
        "what": [named(one.what) for one in groups],
        "examples": [f"{one.examples:,}" for one in groups],
        "places": [f"{one.places:,}" for one in groups],
    }
    st.table(table, border="horizontal", hide_index=True)


def _draw_examples(key: str, groups: Sequence[LossGroup]) -> None:
    """Links to the examples behind one kind: the first hundred, a page at a time."""
    chosen = st.selectbox(
        "Examples",
        range(len(groups)),
        key=f"export.examples.{key[:16]}",
        format_func=lambda n: f"{KINDS[groups[n].kind]}: {_flat(groups[n].what)}",
    )
    group = groups[chosen]
    n_pages = -(-len(group.example_ids) // PAGE)
    page = st.pagination(n_pages, key=f"export.page.{key[:16]}.{chosen}") if n_pages > 1 else 1
    shown = group.example_ids[(page - 1) * PAGE : page * PAGE]
    with st.container(gap="xxsmall"):
        _draw_links(shown)
    left = group.examples - len(group.example_ids)
    if left > 0:
        st.caption(f"and {count(left, 'more example')}, which the row-by-row file names")


def _flat(text: str) -> str:
    """Words for a list of choices, which reads no mark-up."""
    flat = show_unseen(" ".join(text.split()))
    return flat if len(flat) <= _MOST_LETTERS else f"{flat[: _MOST_LETTERS - 1]}…"


def _draw_links(example_ids: Sequence[str]) -> None:
    for one in export_choices.name_examples(workspace(), example_ids):
        st.page_link(
            "../pages/write.py",
            label=f"#{one.number:,} {plain(one.title, 60)}",
            query_params={"project": PROJECT.get(), "example": one.example_id},
        )


def draw_reader(format_name: str) -> None:
    """What whoever reads the format does to rows by itself, which no file can prevent."""
    found = export_choices.list_reader_facts(format_name)
    if found is None:
        return
    reader, facts = found
    with st.expander(f"What {plain(reader)} does with rows by itself", type="compact", key="export.reader"):
        st.markdown("\n".join(f"- {named(fact)}" for fact in facts))


def draw_faulty(faulty: Sequence[Faulty]) -> None:
    """The rows that have errors today, though they had none when they were frozen."""
    more = " or more" if len(faulty) >= export_choices.MOST_FAULTY else ""
    st.error(
        f"{count(len(faulty), 'row')}{more} with errors that the checker has learnt of since the version was frozen: "
        "they are refused. Put them right and freeze again.",
        icon=":material/error:",
    )
    for one in faulty[:PAGE]:
        _draw_links([one.example_id])
        st.caption(named(one.finding.message))
