"""The human path: the model's own words beside a form in which a person puts its call right, or an answer in words."""

from __future__ import annotations

from functools import partial
from zlib import crc32

import streamlit as st

from curation.model.definition import Tool
from curation.model.example import Example
from curation.services import drafting, playground_acts
from curation.services.argument_forms import read_form, takes_other_keys, why_no_form
from curation.services.playground_chats import KIND, Chat
from curation.services.text_fields import arguments_at, arguments_text, field_text, write_text
from curation.services.writing import judge_example
from ui import keys, state
from ui.argument_menu import listen_to_menus
from ui.editor import Field, draw, mark_handled, read_commit
from ui.edits import EDITS, Desk
from ui.forms import draw_form
from ui.kept_text import draw_kept, read_typed, take_typed
from ui.layout import card_title
from ui.playground_buttons import act_button
from ui.playground_setup import PAGE
from ui.quoted import quoted
from ui.scene import Scene
from ui.session import workspace
from ui.state import Act, Slot
from ui.text import clip, named, plain, shorten
from ui.text_order import keep_newest
from ui.tokens import Claim

_DRAWN: Slot[dict[str, str]] = Slot("playground.drawn", {})
"""Fields of the form on screen: key → pointer."""
VERBS = frozenset(verb for verb in EDITS if verb.startswith("argument")) | {"change_tool"}
ANSWER = "answer"


def fold_typed(chat: Chat, example: Example) -> Example:
    """The example with everything that was typed into the form and is not in it yet."""
    claim = _claim(chat)
    for key in _DRAWN.of(chat.id).get():
        commit = read_commit(key)
        if commit is None:
            continue
        of = Claim(claim.person_id, claim.project_id, KIND, chat.id, commit.at, commit.base_rev)
        keep_newest(of, commit.typing, partial(_save, of, commit.text), is_handed_over=True)
        mark_handled(key, commit)
    for field, draft in drafting.read_drafts(workspace(), chat.person_id, KIND, chat.id).items():
        if field.startswith("/messages/") and draft.base_rev == chat.state.correction_rev:
            example = write_text(example, field, draft.text)
    return example


def drop_typed(chat: Chat) -> None:
    """What was typed into the form stands in the conversation now, or is not wanted any more."""
    for field in drafting.read_drafts(workspace(), chat.person_id, KIND, chat.id):
        if field.startswith("/messages/"):
            drafting.drop_drafts(workspace(), chat.person_id, KIND, chat.id, field)


def edit(example: Example, tools: dict[str, Tool], act: Act) -> Example:
    """The example after one act of the form."""
    ids = tuple(f"t{turn}" for turn in range(len(example.messages)))
    return EDITS[act.verb](Desk(example, ids, tools, ()), act)


def draw_correction(chat: Chat, tools: dict[str, Tool]) -> None:
    """The last answer in the model's words, its call as a form, and the press that runs it."""
    example = chat.correction
    if example is None:
        return
    turn = len(example.messages) - 1
    example = fold_typed(chat, example)
    judged = judge_example(workspace(), chat.project_id, example)
    _, why = playground_acts.judge_turn(example, example.messages[turn])
    scene = Scene(
        example_id=chat.id,
        example=example,
        ids=tuple(f"t{at}" for at in range(turn + 1)),
        judged=tuple(one for one in judged if one.finding.at.startswith(f"/messages/{turn}/tool_calls/")),
        tools=tools,
        claim=_claim(chat),
        is_editable=True,
        page=PAGE,
    )
    with st.container(border=True, gap="small", key="playground-correction"):
        with card_title("Put the call right"):
            act_button("Leave it as it was", "drop_correction", ":material/undo:")
        _draw_raw(chat)
        for index, _ in enumerate(example.messages[turn].calls or ()):
            _draw_call(scene, turn, index, tools)
        if why:
            st.markdown(f":red[:material/error: {named(why)}]")
        st.button(
            "Run it",
            key="playground.run",
            type="primary",
            icon=":material/play_arrow:",
            shortcut=keys.NEXT_ACT.shortcut,
            on_click=state.ask,
            args=("run_correction",),
            kwargs={"page": PAGE},
        )
    _DRAWN.of(chat.id).set(dict(scene.fields))
    listen_to_menus()


def draw_human_path(chat: Chat, tools: dict[str, Tool]) -> None:
    """What a person may do with the newest answer."""
    last = chat.last
    has_call = last is not None and bool(last.calls)
    with st.container(border=True, gap="small", key="playground-human"):
        with card_title("Human path"):
            if has_call:
                act_button("Correct the call", "correct", ":material/edit:", shortcut=keys.CORRECT.shortcut)
        _draw_raw(chat)
        if not has_call:
            key = "playground.call_instead"
            st.selectbox(
                "It should have called",
                list(tools),
                index=None,
                key=key,
                format_func=lambda one: shorten(one, 60),
                placeholder="Choose a tool, and fill it in",
                on_change=_tool_chosen,
                args=(key,),
            )
        claim = answer_claim(chat)
        take_typed(_answer_key(chat), claim)
        draw_kept(_answer_key(chat), claim, "Or answer in words yourself", typed_answer(chat))
        act_button("Use these words", "write", ":material/chat_bubble:")


def typed_answer(chat: Chat) -> str:
    claim = answer_claim(chat)
    take_typed(_answer_key(chat), claim)
    draft = read_typed(claim)
    return draft.text if draft is not None and draft.base_rev == claim.base_rev else ""


def answer_claim(chat: Chat) -> Claim:
    """The field for an answer in a person's words."""
    return Claim(chat.person_id, chat.project_id, KIND, chat.id, ANSWER, len(chat.example.messages))


def _answer_key(chat: Chat) -> str:
    return f"playground.answer.{chat.id}.{len(chat.example.messages)}"


def _draw_raw(chat: Chat) -> None:
    said = chat.state.said.get(len(chat.example.messages) - 1)
    if said is None or not said.raw:
        return
    shown, rest = clip(said.raw)
    st.caption("What the model wrote")
    quoted(shown, key=f"playground.raw.{chat.id}.{len(chat.example.messages)}")
    if rest:
        st.caption(plain(rest))


def _draw_call(scene: Scene, turn: int, index: int, tools: dict[str, Tool]) -> None:
    call = (scene.example.messages[turn].calls or ())[index]
    name = field_text(call.name)
    names = sorted({*tools, *([name] if name else [])})
    widget = f"playground.tool.{scene.example_id}.{turn}.{index}.{crc32(name.encode(errors='replace')):x}"
    st.selectbox(
        "Tool",
        names,
        index=names.index(name) if name in names else None,
        key=widget,
        format_func=lambda one: shorten(one, 60),
        on_change=_tool_changed,
        args=(widget, f"t{turn}/{index}"),
    )
    # Named as on Write, so that Tab passes the menus of arguments by, and a key opens them.
    key = f"write.args.playground.{scene.example_id}.{turn}.{index}"
    at = arguments_at(turn, index)
    if not why_no_form(call):
        others = takes_other_keys(scene.example, call)
        lines = read_form(scene.example, turn, index, call)
        if not lines and not others:
            st.caption("This tool takes no arguments.")
        draw_form(scene, lines, key=key, root=at, takes_others=others)
        return
    draw(
        Field(
            key=f"{key}.json",
            label=f"Arguments of {shorten(name, 40) or 'the call'} as JSON",
            value=arguments_text(call),
            claim=scene.field_claim(at),
            mode="json",
            is_label_visible=True,
            findings=scene.at_field(at),
        )
    )
    scene.add_field(f"{key}.json", at)


def _tool_chosen(key: str) -> None:
    if st.session_state[key]:
        state.ask("correct", "", str(st.session_state[key]), page=PAGE)


def _tool_changed(key: str, handle: str) -> None:
    state.ask("change_tool", handle, str(st.session_state[key]), page=PAGE)


def _claim(chat: Chat) -> Claim:
    return Claim(chat.person_id, chat.project_id, KIND, chat.id, "", chat.state.correction_rev)


def _save(of: Claim, text: str) -> None:
    drafting.save_draft(workspace(), of.person_id, of.kind, of.object_id, of.field, of.base_rev, text)
