"""The shifted copy of a version's test split: what is changed, by which seed, and what was not possible."""

from __future__ import annotations

import streamlit as st

from curation.model.people import Actor
from curation.model.states import Split
from curation.services import shifting
from curation.services.freezing import DatasetView
from curation.services.shifting import KIND_WORDS, KINDS, Kind, ShiftedView
from curation.services.workspace import Workspace
from ui.errors import errors_shown
from ui.glossary import meaning_of
from ui.layout import card_title
from ui.moments import ago
from ui.state import NOTICE
from ui.text import count, plain

LARGEST_SEED = 999_999


def draw_shifted(ws: Workspace, actor: Actor, version: DatasetView) -> None:
    """The copy there is, and the form that makes one."""
    copy = shifting.find_shifted(ws, version.id)
    with st.container(border=True, height="stretch"):
        with card_title("Shifted copy of the test split"):
            if copy:
                st.badge(plain(f"seed {copy.seed}"), color="gray")
        if copy:
            _draw_copy(copy)
        else:
            st.caption(meaning_of("shifted copy"))  # safe: our words
        if not version.counts.get(Split.TEST.value):
            st.caption(f"v{version.n} has no test examples.")
        elif copy and copy.n_looks:
            st.caption(f"{count(copy.n_looks, 'model')} answered it, so it stays as it is.")
        elif "lead" in actor.roles:
            _draw_form(ws, actor, version, copy)


def _draw_copy(copy: ShiftedView) -> None:
    st.markdown(f"**{count(copy.n_rows, 'row')}**, none with a new error. Evaluate and export it as test (shifted).")
    st.table(
        {
            "changed": [KIND_WORDS[kind] for kind in copy.kinds],
            "in rows": [f"{copy.n_rows - copy.left_out.get(kind, 0):,}" for kind in copy.kinds],
        },
        border="horizontal",
        hide_index=True,
    )
    st.caption(f"{ago(copy.at)} · {plain(copy.by)} · digest {copy.hash[:12]}")  # safe: a digest


def _draw_form(ws: Workspace, actor: Actor, version: DatasetView, copy: ShiftedView | None) -> None:
    key = f"versions.shift.{version.id}.{copy.at if copy else ''}"
    kinds: list[Kind] = st.multiselect(
        "What is changed",
        list(KINDS),
        list(copy.kinds if copy else KINDS),
        key=f"{key}.kinds",
        format_func=lambda kind: KIND_WORDS[kind],
    )
    seed = st.number_input("Seed", 0, LARGEST_SEED, copy.seed if copy else 1, key=f"{key}.seed", width=160)
    is_same = bool(copy) and copy is not None and (int(seed), set(kinds)) == (copy.seed, set(copy.kinds))
    word = "Make it anew" if copy else "Make the shifted copy"
    if st.button(word, key="versions.shift", icon=":material/shuffle:", disabled=not kinds or is_same):
        with errors_shown():
            shown = st.progress(0.0, "Changing and checking every row")
            made = shifting.make_shifted(
                ws,
                actor,
                version.id,
                seed=int(seed),
                kinds=kinds,
                progress=lambda n, of: shown.progress(min(1.0, n / max(of, 1)), f"{n:,} of {of:,} rows"),
                nonce=f"{key}.{seed}.{'.'.join(sorted(kinds))}",
            )
            NOTICE.set(f"The shifted copy has {count(made.n_rows, 'row')}")
            st.rerun()
