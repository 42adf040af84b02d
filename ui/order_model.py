"""Which model an order asks, how fast, and for how much at most; never a key."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from curation.services.order_choices import (
    ADDRESS_VARIABLE,
    KEY_VARIABLE,
    Endpoint,
    ModelChoice,
    Spending,
    Strategy,
    list_models,
    read_access,
)
from curation.services.projects import ProjectView
from ui import order_prompts
from ui.model_names import choose_name, offered_here
from ui.text import plain, show_unseen

NOBODY = ""
USUAL_REQUESTS = 500


class Asked(NamedTuple):
    """The model and its limits; no endpoint: nobody is asked."""

    endpoint: Endpoint | None = None
    spending: Spending = Spending()


def draw_model(project: ProjectView, strategy: Strategy) -> Asked:
    """Nothing where the strategy asks nobody."""
    if "model" not in strategy.needs:
        return Asked()
    models = {one.kind: one for one in list_models()}
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header("Model", anchor=False, width="content")
            st.space("stretch")
            order_prompts.draw_button(project, strategy)
        if not models:
            st.caption("This installation can ask no model.")
            return Asked()
        kind = st.radio(
            "Who is asked",
            list(models),
            key="orders.new.model.kind",
            format_func=lambda one: show_unseen(models[one].title),
            persist_state="session",
        )
        model = models[kind]
        st.caption(plain(f"Good for: {model.good_for} Poor at: {model.poor_at} {model.cost}"))
        name = _draw_host() if model.is_hosted else ""
        if kind == "scripted":
            return Asked(Endpoint(kind))
        return _draw_limits(model, name, is_judged=strategy.is_judged)


def _draw_host() -> str:
    access = read_access()
    where = f"Questions go to {access.host}." if access.host else f"{ADDRESS_VARIABLE} is not set: nobody can be asked."
    key = "is set" if access.has_key else "is not set; a server of your own may need none"
    icon = ":material/check:" if access.host else ":material/error:"
    st.caption(f"{icon} {plain(where)} {plain(KEY_VARIABLE)} {key}.")  # safe: our own words beside plain ones
    if not access.host:
        st.caption("Set it where Callwright is started, and start it again; a key is never typed here.")
    return choose_name("The model's name there", offered_here(access.host, access.port), key="orders.new.model.name")


def _draw_limits(model: ModelChoice, name: str, *, is_judged: bool) -> Asked:
    def number(label: str, key: str, usual: int, low: int = 0, *, most: int | None = None) -> int:
        value = st.number_input(
            label,  # safe: from the calls below
            low,
            most,
            usual,
            step=1,
            key=f"orders.new.model.{key}",
            persist_state="session",
        )
        return int(value)

    with st.grid(2, min_column_width=150, gap="small", vertical_alignment="bottom"):
        at_once = number("Requests at once", "at_once", 4, 1, most=64)
        per_minute = number("Requests a minute", "pace", 60, 1)
        requests = number("Requests at most (0: no limit)", "requests", USUAL_REQUESTS if model.is_hosted else 0)
        tokens = number("Tokens at most (0: no limit)", "tokens", 0)
        money = float(
            st.number_input(
                "Money at most (0: no limit)",
                0.0,
                None,
                0.0,
                step=1.0,
                format="%.2f",
                key="orders.new.model.money",
                persist_state="session",
            )
        )
    judges = is_judged or _ask_for_judging()
    if is_judged:
        st.caption("It also says what it thinks of each candidate: rules cannot read every language it writes.")
    return Asked(Endpoint(model.kind, name.strip(), at_once, per_minute, judges), Spending(requests, tokens, money))


def _ask_for_judging() -> bool:
    return bool(
        st.toggle(
            "It also says what it thinks of each candidate", key="orders.new.model.judges", persist_state="session"
        )
    )
