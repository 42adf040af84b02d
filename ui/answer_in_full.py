"""One question in full: what was asked, what is right, what every model said, and the way to a draft of it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.model.states import Split
from curation.services.answer_drafting import draft_answer
from curation.services.evaluation_rows import AnsweredRow, GivenAnswer
from curation.services.look_parts import Part
from curation.services.people import local_actor
from curation.services.portions import name_portion
from ui.errors import errors_shown
from ui.failure_words import say_end, say_verdict
from ui.layout import card_title
from ui.look_names import Names
from ui.quoted import quoted
from ui.session import workspace
from ui.state import EXAMPLE, NOTICE, Act, ask
from ui.text import clip, named, plain, words

DRAFT = "draft answer"


def draw_in_full(row: AnsweredRow, part: Part, names: Names) -> None:
    """The question and what is right at the left, the answers at the right."""
    with st.container(border=True, key="evaluation.full"):
        with card_title(f"Row {row.position + 1:,}"):
            pass
        left, right = st.columns([2, 3], gap="medium")
        with left:
            st.caption("Asked")
            words(clip(row.request)[0])
            st.caption("Expected")
            quoted(clip(row.expected)[0], key="evaluation.expected")
        with right:
            for at, (model, answer) in enumerate(zip(part.models, row.answers, strict=True)):
                _draw_answer(answer, names[model.label], at)
                if answer is not None and answer.failure is not None:
                    _draft_button(row, model.evaluation_id, part, at)


def _draw_answer(answer: GivenAnswer | None, name: str, at: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(name, 40)}**", width="content")
        _badge(answer)
        if answer is not None and answer.latency_ms is not None:
            st.caption(f"{answer.latency_ms:,.0f} ms", width="content")
    if answer is None:
        return
    shown, rest = clip(answer.text)
    quoted(shown, key=f"evaluation.answer.{at}")
    if rest:
        st.caption(plain(rest))
    if answer.why:
        st.markdown(named(answer.why))
    _say_end(answer)
    _draw_repairs(answer, f"evaluation.answer.{at}")


def _say_end(answer: GivenAnswer) -> None:
    """Whether it came to its end, or ran out of tokens before."""
    said = say_end(is_closed=answer.is_closed, is_cut=answer.is_cut, tokens=answer.tokens)
    if said:
        st.caption(f":material/content_cut: {said}")  # safe: numbers and our words


def _draw_repairs(answer: GivenAnswer, owner: str) -> None:
    """What it answered once it was told what is wrong; the badge is about the first answer."""
    for n, repair in enumerate(answer.repairs):
        st.caption(f"Told {named(repair.finding)}")
        quoted(clip(repair.text)[0], key=f"{owner}.repair.{n}")
        if repair.is_cut:
            st.caption(":material/content_cut: It ran out of tokens.")


def _badge(answer: GivenAnswer | None) -> None:
    if answer is None:
        st.badge("not yet", icon=":material/schedule:", color="gray")
    elif answer.failure is None:
        st.badge(plain(say_verdict(answer)), icon=":material/check:", color="green")
    else:
        st.badge(plain(say_verdict(answer)), icon=":material/close:", color="red")


def _draft_button(row: AnsweredRow, evaluation_id: str, part: Part, at: int) -> None:
    split = name_portion(part.look.split if isinstance(part.look.split, Split) else Split.TEST)
    st.button(
        f"Make a draft, kept in {plain(split)}",
        key=f"evaluation.draft.{row.position}.{at}",
        type="tertiary",
        icon=":material/edit_note:",
        help="Begins an example with this answer and what is wrong with it. It stays in the group of this row, so it "
        "never comes into training.",
        on_click=partial(ask, DRAFT, evaluation_id, str(row.position), page="evaluation"),
    )


def make_draft(act: Act) -> None:
    """Begin the draft that was asked for and go to it."""
    with errors_shown():
        made = draft_answer(workspace(), local_actor(workspace()), act.at, int(act.value), nonce=act.nonce)
        EXAMPLE.set(made.id)
        NOTICE.set("The draft stays in the group of its row, and so out of training")
        st.switch_page("../pages/write.py")
