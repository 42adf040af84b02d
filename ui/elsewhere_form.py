"""Models that answer elsewhere, in the form of an evaluation: one behind an address, and answers from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import streamlit as st

from curation.model.states import Portion
from curation.services import served_models
from curation.services.evaluating import Asking
from curation.services.models import ModelView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.recorded_answers import AnswerFile, hand_out_questions
from curation.services.served_models import Behind, Price
from curation.services.synthesis_sheets import Spending
from ui.errors import errors_shown
from ui.model_names import choose_name, offered_at
from ui.session import workspace
from ui.state import Slot
from ui.text import plain

ADDED: Slot[tuple[str, ...]] = Slot("evaluate.added", ())
"""Ids of the models that were added in this form, which are chosen from then on."""
NATIVE, ROUTER = "with tools of its own", "by the router's prompt"


class Rows(NamedTuple):
    """Which rows are asked."""

    dataset_n: int
    limit: int | None
    split: Portion


def draw_endpoint(project: ProjectView, nonce: str) -> None:
    """Make a model behind an address known; it is chosen at once."""
    with st.expander("A model behind an address", icon=":material/dns:"):
        address = st.text_input(
            "Address", key="evaluate.address", placeholder="http://127.0.0.1:8000/v1", persist_state="session"
        ).strip()
        names, why = offered_at(local_actor(workspace()), address) if address else ((), "")
        if why:
            st.caption(f":material/info: {plain(why)}")
        name = choose_name("The model's name there", names, key="evaluate.address.model")
        is_native = _choose_way("evaluate.address.way")
        price = _draw_price("evaluate.address")
        st.caption(_say_key(address))  # safe: our words and an escaped name
        if st.button("Add it", key="evaluate.address.add", icon=":material/add:", disabled=not (address and name)):
            with errors_shown():
                behind = Behind(address, name, is_native=is_native, price=price)
                told = f"{nonce}.{address}.{name}.{is_native}.{price}"
                added = served_models.add_endpoint(
                    workspace(), local_actor(workspace()), project.id, behind, nonce=told
                )
                ADDED.set((*ADDED.get(), added.id))
                st.caption(f":material/check: `{plain(added.name)}` is added and chosen.")


def draw_file(project: ProjectView, rows: Rows, beside: Sequence[str]) -> AnswerFile | None:
    """Answers that a model gave elsewhere, for the same look; None where there are none."""
    with st.expander("Answers from a file", icon=":material/upload_file:"):
        st.caption(
            "One answer a row, as `callwright score` takes them: in order, or each line with its `row` or "
            "`example_id` and `turn`."
        )
        name = st.text_input("Whose answers they are", key="evaluate.file.model", persist_state="session").strip()
        is_native = _choose_way("evaluate.file.way")
        st.download_button(
            "Rows to answer",
            lambda: hand_out_questions(
                workspace(),
                project.id,
                rows.dataset_n,
                beside,
                is_native=is_native,
                limit=rows.limit,
                split=rows.split,
            ),
            f"questions-v{rows.dataset_n}.jsonl",
            key="evaluate.file.rows",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )
        file = st.file_uploader("Answers (JSON lines)", type=["jsonl", "json", "txt"], key="evaluate.file.answers")
        if file is None:
            return None
        if not name:
            st.caption(":material/info: Name the model that gave them.")
        return AnswerFile(name, file.getvalue(), file.name, is_native)


def draw_asking(chosen: Sequence[ModelView]) -> Asking:
    """How fast models elsewhere are asked, and what each may take; nothing where none was chosen."""
    remote = [one for one in chosen if one.remote_name is not None]
    for one in remote:
        if obstacle := served_models.find_obstacle(one):
            st.caption(f":material/error: {plain(obstacle)}")
    if not remote:
        return Asking()
    with st.grid(2, min_column_width=150, gap="small", vertical_alignment="bottom"):
        at_once = st.number_input("Requests at once", 1, 64, 8, key="evaluate.at_once")
        longest = st.number_input("Longest answer, in tokens", 16, None, 1024, step=256, key="evaluate.longest")
        requests = st.number_input("Requests at most (0: no limit)", 0, None, 0, step=100, key="evaluate.requests")
        tokens = st.number_input("Tokens at most (0: no limit)", 0, None, 0, step=1000, key="evaluate.tokens")
        money = st.number_input("Money at most (0: no limit)", 0.0, None, 0.0, step=1.0, key="evaluate.money")
    return Asking(int(at_once), 0, Spending(int(requests), int(tokens), float(money)), int(longest))


def _say_key(address: str) -> str:
    """Where the key is read; a name that is made of the address is shown as text."""
    variable = served_models.name_key(address) if address else ""
    if not variable:
        return "Its key is read from the environment where Callwright runs; it is never typed here."
    return f"Its key is read from {plain(variable)} where Callwright runs, never typed here."


def _choose_way(key: str) -> bool:
    """Whether a model is handed tools of its own."""
    chosen = st.radio("Asked", [NATIVE, ROUTER], horizontal=True, key=key, persist_state="session")
    return bool(chosen == NATIVE)


def _draw_price(owner: str) -> Price | None:
    """What a million tokens cost; nothing until both prices are given."""
    with st.grid(2, min_column_width=150, gap="small", vertical_alignment="bottom"):
        asked = st.number_input("Price per million in", 0.0, None, None, key=f"{owner}.price_in")
        answered = st.number_input("Price per million out", 0.0, None, None, key=f"{owner}.price_out")
        currency = st.text_input("Currency", "USD", key=f"{owner}.currency", max_chars=8)
        source = st.text_input("Where it was read", key=f"{owner}.source", max_chars=200)
    if asked is None or answered is None:
        if asked is not answered:
            st.caption(":material/info: Costs are told when both prices are given, for tokens in and for tokens out.")
        return None
    today = datetime.now(UTC).date().isoformat()
    return Price(float(asked), float(answered), str(currency) or "USD", str(source), today)
