"""How the rows of every category and tool are shared out among the splits."""

from __future__ import annotations

import msgspec
import streamlit as st

from curation.model.states import ExampleState, Split
from curation.services import split_shares
from curation.services.projects import ProjectView
from curation.services.split_shares import Shares, SplitShares
from curation.services.trait_words import say_category
from curation.services.workspace import Workspace
from ui.glossary import meaning_of
from ui.layout import card_title
from ui.text import count, plain

MOST_TOOLS = 12
LIVING = tuple(one for one in ExampleState if one not in (ExampleState.REJECTED, ExampleState.ARCHIVED))


def draw_shares(ws: Workspace, project: ProjectView) -> None:
    """A line for all rows, one for each category and each tool."""
    told = split_shares.measure_shares(ws, project.id, states=LIVING)
    with st.container(border=True, height="stretch"):
        with card_title("Splits by category and tool"):
            wanted = ", ".join(f"{split} {100 * share:.0f} %" for split, share in told.wanted.items())
            st.caption(f"wanted: {wanted}", width="content", help=meaning_of("split"))  # safe: numbers
        if not told.all.n_drawn:
            st.caption("Groups get their split when the first version is frozen: by category and tool, drawn once.")
            return
        shapes = [msgspec.structs.replace(one, name=say_category(one.name)) for one in told.categories]
        lines = [told.all, *shapes, *told.tools[:MOST_TOOLS]]
        st.table(_table(lines), border="horizontal", hide_index=True)
        _draw_rest(told)


def _draw_rest(told: SplitShares) -> None:
    missing = sum(bool(one.missing_in) for one in (*told.categories, *told.tools))
    said = [f"{count(missing, 'line')} with a split that has none"] if missing else []
    if told.all.n_undrawn:
        said.append(f"{count(told.all.n_undrawn, 'row')} without a split yet")
    more = told.tools[MOST_TOOLS:]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if said:
            st.caption("; ".join(said), width="content")  # safe: counts and our words
        if more:
            with st.popover(f"{len(more):,} more tools", type="tertiary"):
                st.table(_table(more), border="horizontal", hide_index=True)


def _table(lines: list[Shares] | tuple[Shares, ...]) -> dict[str, list[str]]:
    return {
        "rows of": [plain(one.name, 40) for one in lines],
        **{split.value: [_cell(one, split) for one in lines] for split in Split},
    }


def _cell(one: Shares, split: Split) -> str:
    share = one.share(split)
    if share is None:
        return "–"
    if split.value in one.missing_in:
        return ":orange-badge[none]"
    return f"{one.rows[split.value]:,} · {100 * share:.0f} %"
