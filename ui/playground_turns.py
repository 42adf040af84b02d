"""The conversation of the playground: the turns as everywhere, and below each answer what became of it."""

from __future__ import annotations

import streamlit as st

from curation.model.definition import Tool
from curation.model.finding import Judged, Severity
from curation.services import playground_log
from curation.services.playground_answers import INVALID_VERDICTS, findings_of
from curation.services.playground_chats import KIND, Chat
from curation.services.playground_log import LogLine
from curation.services.playground_steps import find_ruling
from ui import keys, state
from ui.chat import draw_conversation
from ui.playground_guard import draw_ruling
from ui.playground_setup import PAGE
from ui.playground_words import draw_end, say_cost, say_repairs, verdict_badge
from ui.scene import Scene
from ui.session import workspace
from ui.text import named, plain
from ui.tokens import Claim


def draw_turns(chat: Chat, tools: dict[str, Tool]) -> None:
    """Every turn, top to bottom."""
    said = chat.state.said
    lines = playground_log.lines_of(workspace(), {one.interaction for one in said.values()})
    last = max(said, default=-1)
    judged = _judge(chat, last)

    def below(turn: int) -> None:
        if turn in said:
            is_told = turn == last and any(one.severity is Severity.ERROR for one in judged)
            _draw_below(chat, turn, lines.get(said[turn].interaction), is_newest=turn == last, is_told=is_told)

    draw_conversation(
        Scene(
            example_id=chat.id,
            example=chat.example,
            ids=tuple(f"t{turn}" for turn in range(len(chat.example.messages))),
            judged=judged,
            tools=tools,
            claim=Claim(chat.person_id, chat.project_id, KIND, chat.id, ""),
            is_editable=False,
            page=PAGE,
            below=below,
        )
    )


def _judge(chat: Chat, turn: int) -> tuple[Judged, ...]:
    """What the checker of examples says about the newest answer's calls; the card of each call tells it."""
    if turn < 0 or chat.state.said[turn].verdict not in INVALID_VERDICTS:
        return ()
    return findings_of(workspace(), chat.project_id, chat.example, turn)


def _draw_below(chat: Chat, turn: int, line: LogLine | None, *, is_newest: bool, is_told: bool) -> None:
    """Verdict, cost and the way to a draft."""
    said = chat.state.said[turn]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        verdict_badge(said.verdict, by_person=said.by_person)
        if line is not None:
            st.caption(say_cost(line), width="content")  # safe: numbers and our words
        st.space("stretch")
        draw_keep(said.interaction, line, f"turn.{turn}", at=str(turn), has_key=is_newest)
    if said.why and not is_told:
        st.markdown(f":red[:material/block: {named(said.why)}]")
    if line is not None and line.repaired.rounds:
        st.caption(f":material/build: {say_repairs(line.repaired, line.entry.currency)}")  # safe: numbers, our words
        for step in line.steps:
            if step.kind == "repair":
                st.caption(f"Told: {named(step.finding)}")
    ruling = find_ruling(line.steps) if line is not None else None
    if ruling is not None and not (is_newest and chat.state.rulings):
        draw_ruling(ruling.kind, ruling.check, ruling.why, ruling.place, ruling.remedy)
    draw_end(is_closed=said.is_closed, is_cut=said.is_cut)


def draw_keep(interaction_id: str, line: LogLine | None, name: str, *, at: str = "", has_key: bool = False) -> None:
    """The way to a draft made of an answer, and to the one that was made."""
    entry = line.entry if line else None
    if entry is not None and entry.example_id:
        st.button(
            plain(f"Draft #{entry.example_number}"),
            key=f"playground.open.{name}",
            type="tertiary",
            icon=":material/edit_note:",
            on_click=state.ask,
            args=("open_draft", entry.example_id),
            kwargs={"page": PAGE},
        )
    st.button(
        "Make a draft",
        key=f"playground.keep.{name}",
        type="tertiary",
        icon=":material/note_add:",
        shortcut=keys.KEEP_ANSWER.shortcut if has_key else None,
        on_click=state.ask,
        args=("keep_turn" if at else "keep_answer", at or interaction_id),
        kwargs={"page": PAGE},
    )
