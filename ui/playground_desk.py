"""The playground: a conversation with a model, what became of each answer, and what a person may do about it."""

from __future__ import annotations

import streamlit as st

from curation.errors import CurationError
from curation.model.definition import Tool
from curation.model.people import Actor
from curation.services import playground_chats, playground_live, playground_models
from curation.services.playground_chats import Chat
from curation.services.projects import ProjectView
from ui import keys, state
from ui.errors import show_error
from ui.focus import focus_on
from ui.kept_text import draw_kept
from ui.layout import empty_card
from ui.playground_acts import Desk, message_claim, message_key, perform, typed_message
from ui.playground_buttons import act_button
from ui.playground_columns import draw_columns
from ui.playground_correction import draw_correction, draw_human_path
from ui.playground_guard import draw_approval
from ui.playground_results import draw_results
from ui.playground_setup import PAGE, draw_settings_anew, draw_setup
from ui.playground_shown import remember_shown, require_shown
from ui.playground_turns import draw_turns
from ui.pulse import draw_pulse
from ui.send_by_enter import send_by_enter
from ui.session import workspace
from ui.small_model import offer_small
from ui.text import plain, source

EVERY_MS = 600
STAGES = {"waiting": "Waiting for another question to the model", "loading": "Loading", "answering": "Answering"}


@st.fragment
def draw_desk(actor: Actor, project: ProjectView) -> None:
    """Settings, conversation, and what waits for the person."""
    ws = workspace()
    chat = playground_chats.open_chat(ws, actor, project.id)
    act, refused = state.asked(PAGE), None
    if act.verb:
        try:
            require_shown(act, chat)
            chat = perform(Desk(ws, actor, chat, _tools(chat)), act)
            remember_shown(chat)  # Who presses twice in a row, faster than the page is drawn, knows what they did.
        except CurationError as error:
            refused, chat = error, playground_chats.open_chat(ws, actor, project.id)
            draw_settings_anew()
    draw_pulse("chat", chat.id, is_open=playground_live.look_at(chat.id) is not None, every_ms=EVERY_MS)
    chat, tools = playground_chats.open_chat(ws, actor, project.id), _tools(chat)
    models = playground_models.list_choices(ws, project.id)
    if not models:
        _draw_no_model(project)
        return
    draw_setup(chat, models, tools, is_off=playground_live.look_at(chat.id) is not None)
    _draw_columns(chat, tools, refused)
    remember_shown(chat)


def _draw_columns(chat: Chat, tools: dict[str, Tool], refused: CurationError | None) -> None:
    progress = playground_live.look_at(chat.id)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        draw_turns(chat, tools)
        _draw_progress(chat)
        if refused is not None:
            show_error(refused)
        _draw_message(chat)
    with right:
        if chat.correction is not None:
            draw_correction(chat, tools)
        elif chat.waits_for_approval:
            draw_approval(chat, tools)
        elif chat.waits_for_result:
            draw_results(chat, tools)
        if progress is None and chat.correction is None and _may_be_put_right(chat):
            draw_human_path(chat, tools)
        elif not chat.waits_for_result and not chat.waits_for_approval and chat.correction is None:
            _draw_offer(chat, tools)
    if chat.state.choices:
        draw_columns(chat)


def _may_be_put_right(chat: Chat) -> bool:
    """On the human path always; what the guard refused goes to a person on the strict path, too."""
    is_human = chat.settings.mode == "human" or chat.is_refused
    return is_human and chat.last is not None and chat.last.role == "assistant"


def _draw_progress(chat: Chat) -> None:
    """How far the answer is; or why there is none, and what can be done."""
    progress = playground_live.look_at(chat.id)
    if progress is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="playground-progress"):
            name = _model_name(chat) if progress.stage == "loading" else ""
            said = f"{STAGES[progress.stage]} {plain(name, 40)}".strip()
            st.markdown(f":material/hourglass_top: {said} … {progress.stage_s:.0f} s", width="content")  # safe: plain
            act_button("Stop", "stop", ":material/stop:")
        return
    if not chat.waits_for_answer:
        return
    if chat.state.trouble:
        show_error(CurationError(chat.state.trouble, hint=chat.state.hint))
    else:
        st.info("The model has the word, and nobody is asking it: it may have been stopped.", icon=":material/pause:")
    with st.container(horizontal=True, gap="small"):
        act_button("Ask again", "ask_again", ":material/refresh:", shortcut=keys.NEXT_ACT.shortcut)
        act_button("Take the message back", "take_back", ":material/undo:")


def _draw_message(chat: Chat) -> None:
    """The next message; Enter sends it."""
    held = _why_held(chat)
    key = message_key(chat)
    with st.container(key="playground-message", gap="xsmall"):
        draw_kept(key, message_claim(chat), "Message", typed_message(chat), placeholder="What the user says")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Send",
            key="playground.send",
            type="secondary" if chat.waits_for_result or chat.waits_for_approval else "primary",
            icon=":material/send:",
            disabled=bool(held),
            on_click=state.ask,
            args=("send",),
            kwargs={"page": PAGE},
        )
        st.caption(held or "Enter sends · Shift+Enter begins a new line", width="content")  # safe: our words
        st.space("stretch")
        if chat.example.messages:
            act_button("New conversation", "new", ":material/add_comment:", shortcut=keys.NEW.shortcut)
    send_by_enter("playground-message", "playground.send")
    focus_on("playground-message", key if chat.n_said else "", is_forced=False, name="playground.message")


def _why_held(chat: Chat) -> str:
    if playground_live.look_at(chat.id) is not None or chat.waits_for_answer:
        return "Send opens once the model has answered"
    if chat.waits_for_approval:
        return "Send opens once you say yes or no, or leave the call"
    if chat.waits_for_result:
        return "Send opens once the result is handed back, or the call left"
    return "Send opens once you go on with one of the answers" if chat.state.choices else ""


def _draw_offer(chat: Chat, tools: dict[str, Tool]) -> None:
    """Before anything waits: what the model is offered."""
    with st.container(border=True, gap="small", key="playground-offer"):
        st.header("Tools on offer", anchor=False)
        if not tools:
            st.caption("The project has no tools yet: the model can only talk.")
        for name, tool in list(tools.items())[:MOST_TOOLS]:
            st.markdown(f"**{plain(name, 60)}**")
            st.caption(plain(tool.definition.view.description or "", 140) or "no description")
        if len(tools) > MOST_TOOLS:
            st.caption(f"{len(tools) - MOST_TOOLS:,} more")
        if chat.settings.system:
            st.caption("System prompt")
            source(chat.settings.system[:MOST_SYSTEM])


MOST_TOOLS = 12
MOST_SYSTEM = 600


def _draw_no_model(project: ProjectView) -> None:
    with empty_card():
        st.header("No model to talk to yet", anchor=False)
        st.markdown("The playground runs a model's calls on mocks, judged by the validator that checks examples.")
        st.caption("The small model knows no tools yet: it shows what this page does, and what training has to bring.")
        offer_small(project)
        st.page_link("../pages/training.py", label="Train one", icon=":material/model_training:")
        st.page_link("../pages/evaluation.py", label="Add one behind an address", icon=":material/balance:")


def _tools(chat: Chat) -> dict[str, Tool]:
    try:
        return playground_chats.tools_of(workspace(), chat.project_id, chat.settings)
    except CurationError:
        return {}


def _model_name(chat: Chat) -> str:
    chosen = chat.settings.model_id or playground_models.default_model(workspace(), chat.project_id)
    models = playground_models.list_choices(workspace(), chat.project_id)
    return next((one.name for one in models if one.id == chosen), "the model")
