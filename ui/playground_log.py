"""The log of the playground: what models answered, the invalid outputs first in mind, newest first."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation.model.people import Actor
from curation.services import playground_chats, playground_log
from curation.services.playground_answers import INVALID_VERDICTS, VERDICT_WORDS
from curation.services.playground_log import LogLine, LogPage
from curation.services.playground_steps import answers_in, find_ruling
from curation.services.projects import ProjectView
from ui import state
from ui.errors import errors_shown
from ui.layout import card_title
from ui.moments import ago
from ui.playground_acts import Desk, perform
from ui.playground_guard import draw_ruling
from ui.playground_setup import PAGE
from ui.playground_turns import draw_keep
from ui.playground_words import DECODING_WORDS, MODE_WORDS, draw_end, say_cost, say_repairs, verdict_badge
from ui.quoted import quoted
from ui.session import workspace
from ui.state import Slot
from ui.text import clip, count, named, plain, shorten, words

INVALID, GUARDED, EVERYTHING = "invalid", "guard", "all"
_BEFORE: Slot[tuple[str, ...]] = Slot("playground.before", ())
"""Where each page that was turned begins, the newest last."""
MOST_LINES = 12
GUARD_WORDS = {"refused": "refused by the guard", "waits": "waits for a yes", "repeated": "not run twice"}
_WHAT_HAPPENED = {
    "answer": "Answered",
    "repair": "Answered again, after the finding was said back",
    "ran": "Run on a mock",
    "edited": "The result as a person handed it back",
    "handed": "Handed back to the model",
    "corrected": "Put right by a person",
    "written": "Answered by a person in its place",
    "refused": "Refused by the guard",
    "waits": "Held by the guard for a yes or no",
    "repeated": "Not run twice: the earlier result given back",
    "approved": "A person said yes",
    "declined": "A person said no",
}


def draw_log(project: ProjectView, actor: Actor) -> None:
    """Filters, one page, and the chosen answer in full."""
    act = state.asked(PAGE)
    if act.verb:
        with errors_shown():
            perform(Desk(workspace(), actor, playground_chats.open_chat(workspace(), actor, project.id), {}), act)
    verdict, model_id = _draw_filters(project)
    before = _BEFORE.of(f"{verdict}.{model_id}")
    page = playground_log.read_log(
        workspace(),
        project.id,
        verdict="" if verdict in (INVALID, GUARDED, EVERYTHING) else verdict,
        is_invalid=verdict == INVALID,
        is_held=verdict == GUARDED,
        model_id=model_id,
        before=before.get()[-1] if before.get() else "",
    )
    if not page.n:
        st.caption("No answer is like that yet: every answer of the playground is written down here.")
        return
    left, right = st.columns([6, 5], gap="medium")
    with left:
        chosen = _draw_lines(page, f"{verdict}.{model_id}.{len(before.get())}")
        _draw_steps(page, before)
    with right, st.container(border=True, gap="small", key="playground-line"):
        _draw_line(chosen)


def _draw_filters(project: ProjectView) -> tuple[str, str]:
    invalid, every = playground_log.count_invalid(workspace(), project.id)
    choices = {INVALID: f"Invalid outputs ({invalid:,})", EVERYTHING: f"All answers ({every:,})"}
    choices |= {GUARDED: "Held by the guard"}
    choices |= {one: word for one, word in VERDICT_WORDS.items() if one in INVALID_VERDICTS}
    models = {"": "Every model", **playground_log.list_asked(workspace(), project.id)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        verdict = st.selectbox(
            "Verdict",
            list(choices),
            key="playground.log.verdict",
            format_func=choices.__getitem__,
            width=240,
            persist_state="session",
        )
        model_id = st.selectbox(
            "Model",
            list(models),
            key="playground.log.model",
            format_func=lambda one: shorten(models[one], 40),
            width=240,
            persist_state="session",
        )
    return verdict, model_id


def _draw_lines(page: LogPage, owner: str) -> LogLine:
    table = {
        "said": [shorten(one.entry.said, 120) for one in page.lines],
        "verdict": [_say_verdict(one) for one in page.lines],
        "answer": [shorten(" ".join(one.entry.answer.split()), 120) for one in page.lines],
        "model": [shorten(one.entry.model_name, 40) for one in page.lines],
        "when": [ago(one.entry.at) for one in page.lines],
        "draft": [f"#{one.entry.example_number}" if one.entry.example_number else "" for one in page.lines],
    }
    picked = st.dataframe(
        pd.DataFrame(table),
        key=f"playground.log.{owner}",
        hide_index=True,
        height="content" if len(page.lines) <= MOST_LINES else 460,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_config={name: st.column_config.TextColumn(width=90) for name in ("verdict", "model", "when")}
        | {"draft": st.column_config.TextColumn(width=60)},
        alt="Answers of the playground, newest first; the chosen one opens beside",
    )
    rows = picked["selection"]["rows"]
    return page.lines[rows[0] if rows and rows[0] < len(page.lines) else 0]


def _say_verdict(line: LogLine) -> str:
    ruling = find_ruling(line.steps)
    if ruling:
        return GUARD_WORDS[ruling.kind]
    said = VERDICT_WORDS.get(line.entry.verdict, line.entry.verdict)
    # The verdict is that of the first answer, whatever its repairs came to.
    return f"{said}, cut" if any(one.is_closed or one.is_cut for one in answers_in(line.steps)[:1]) else said


def _draw_steps(page: LogPage, before: Slot[tuple[str, ...]]) -> None:
    turned = before.get()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Newer",
            key="playground.log.newer",
            type="tertiary",
            icon=":material/arrow_upward:",
            disabled=not turned,
            on_click=before.set,
            args=(turned[:-1],),
        )
        st.button(
            "Older",
            key="playground.log.older",
            type="tertiary",
            icon=":material/arrow_downward:",
            disabled=not page.next_before,
            on_click=before.set,
            args=((*turned, page.next_before),),
        )
        st.caption(f"{count(page.n, 'answer')}, {playground_log.PAGE} a page", width="content")


def _draw_line(line: LogLine) -> None:
    entry = line.entry
    with card_title(shorten(entry.model_name, 40), ago(entry.at)):
        draw_keep(entry.id, line, "line")
    words(clip(entry.said)[0])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        verdict_badge(entry.verdict)
        how = f"{MODE_WORDS.get(entry.mode, entry.mode)} · {DECODING_WORDS.get(entry.decoding, entry.decoding)}"
        st.caption(plain(f"{how} · by {line.by}"), width="content")
    if entry.why:
        st.markdown(f":red[:material/block: {named(entry.why)}]")
    st.caption(say_cost(line))  # safe: numbers and our words
    if line.repaired.rounds:
        st.caption(say_repairs(line.repaired, entry.currency))  # safe: numbers and our words
    for number, step in enumerate(line.steps):
        st.caption(_WHAT_HAPPENED[step.kind])
        if step.finding:
            st.caption(f"Told: {named(step.finding)}")
        if step.check:
            draw_ruling(step.kind, step.check, step.why, step.place, step.remedy)
        if step.text:
            shown, rest = clip(step.text)
            quoted(shown, key=f"playground.step.{entry.id}.{number}")
            if rest:
                st.caption(plain(rest))
        draw_end(is_closed=step.is_closed, is_cut=step.is_cut, tokens=step.tokens)
