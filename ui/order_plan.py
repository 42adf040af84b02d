"""The plan of an order, live beside its form: what it makes, against the band, with its time and its price."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.errors import CurationError
from curation.services import synthesis_jobs, synthesis_plans
from curation.services.order_choices import HOSTED, SAMPLE, SHAPES, Need, Sheet
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.synthesis_plans import Band, PlannedCell, SynthesisPlan
from curation.services.trait_words import plain_name
from ui import keys
from ui.errors import errors_shown
from ui.layout import card_title
from ui.moments import span
from ui.order_rail import ORDER
from ui.session import workspace
from ui.share_bar import draw_share
from ui.state import NOTICE, Act, ask
from ui.text import count, plain

PAGE = "orders"
MOST_CELLS = 24
Unread = dict[Need, CurationError]
"""Parts of the form that hold something nobody can read, and why."""


def draw_plan(project: ProjectView, sheet: Sheet, unread: Unread, act: Act) -> None:
    """What would be made, and the two ways to begin."""
    plan = synthesis_plans.plan_synthesis(workspace(), project.id, sheet, unread=unread.keys())
    is_hosted = sheet.endpoint is not None and sheet.endpoint.kind == HOSTED
    with card_title("Plan", count(plan.n, "candidate")):
        st.caption(plain(_word_cost(plan, is_hosted=is_hosted)), width="content")
    _draw_cells(plan.cells)
    if plan.is_shape_known:
        _draw_band("This order", plan.ordered, "ordered")
        _draw_band("The project with all of it", plan.after, "after")
    else:
        st.caption("Which shapes come of it the strategy decides: look at the sample, and at Health afterwards.")
    said = [*(str(one) for one in unread.values()), *plan.problems]
    for problem in said:
        st.error(plain(problem), icon=":material/error:")
    _draw_acts(plan, is_off=bool(said))
    if act.verb in ("sample", "all") and not said:
        _order(project, sheet, act)


def _word_cost(plan: SynthesisPlan, *, is_hosted: bool) -> str:
    if not plan.n_requests:
        return span(plan.seconds)
    said = [span(plan.seconds), count(plan.n_requests, "request"), f"{plan.n_tokens:,} tokens"]
    if plan.price is not None and plan.money is not None:
        said.append(f"about {plan.money:,.2f} {plan.price.currency}")
    elif is_hosted and not plan.is_free:
        said.append("at an unknown price")
    return " · ".join(said)


def _draw_cells(cells: Sequence[PlannedCell]) -> None:
    shown = cells[:MOST_CELLS]
    table = {
        "Shape": [SHAPES.get(cell.category, plain(cell.category)) or "as the strategy makes them" for cell in shown],
        "Kind": [plain(plain_name(cell.kind)) or "every kind" for cell in shown],
        "Tool": [plain(cell.tool, 24) or "every tool" for cell in shown],
        "How many": [f"{cell.count:,}" for cell in shown],
    }
    st.table(table, border="horizontal", hide_index=True)
    if len(cells) > MOST_CELLS:
        st.caption(f"and {count(len(cells) - MOST_CELLS, 'more line')}")


def _draw_band(whose: str, band: Band, key: str) -> None:
    share, low, high = 100 * band.share, 100 * band.low, 100 * band.high
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(whose)}**: {share:.0f} % no tool", width="content")  # safe: a number
        if band.is_inside:
            st.badge(f"within {low:.0f}–{high:.0f} %", icon=":material/check:", color="green")
        else:
            side = "below" if share < low else "above"
            st.badge(f"{side} {low:.0f}–{high:.0f} %", icon=":material/warning:", color="orange")
    told = f"{whose}: {share:.0f} % of decisions call no tool; the band is {low:.0f} to {high:.0f} %"
    draw_share(share, low, high, key=f"orders.band.{key}", alt_text=told)


def _draw_acts(plan: SynthesisPlan, *, is_off: bool) -> None:
    n, has_sample = plan.n, plan.n > SAMPLE
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if has_sample:
            st.button(
                "Make a sample of ten",
                key="orders.sample",
                type="primary",
                icon=":material/science:",
                shortcut=keys.NEXT_ACT.shortcut,
                disabled=is_off,
                on_click=ask,
                args=("sample",),
                kwargs={"page": PAGE},
            )
        st.button(
            f"Make all {n:,}",
            key="orders.all",
            type="secondary" if has_sample else "primary",
            icon=":material/auto_awesome:",
            shortcut=keys.SUBMIT.shortcut,
            disabled=is_off,
            on_click=ask,
            args=("all",),
            kwargs={"page": PAGE},
        )
    if plan.lacks_examples:
        st.caption(":material/block: It would draft nothing: no example is accepted that it could start from.")
        if st.button("Go to Review", key="orders.accept", type="tertiary", icon=":material/rule:"):
            st.switch_page("../pages/review.py")
    elif is_off:
        st.caption("Opens once what stands above is put right.")
    elif has_sample:
        st.caption("The sample waits for your word before the rest is made, and goes into the queue with it.")


def _order(project: ProjectView, sheet: Sheet, act: Act) -> None:
    ws = workspace()
    with errors_shown():
        made = synthesis_jobs.order_candidates(
            ws, local_actor(ws), project.id, sheet, sample=act.verb == "sample", nonce=act.nonce
        )
        ORDER.set(made.id)
        NOTICE.set("A sample of ten is on its way" if act.verb == "sample" else f"{plain(made.name)} ordered")
        st.rerun()
