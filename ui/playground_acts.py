"""What each press of the playground does, from the act a button left to the conversation after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from curation.model.definition import Tool
from curation.model.people import Actor
from curation.services import drafting, playground_acts, playground_chats, playground_live, playground_log
from curation.services.playground_chats import KIND, Chat
from curation.services.playground_runs import offers_for
from curation.services.playground_states import Settings
from curation.services.workspace import Workspace
from ui import playground_correction, state
from ui.kept_text import read_typed, take_typed
from ui.playground_results import claim_of, take_results
from ui.playground_setup import change
from ui.state import Act, Slot
from ui.tokens import Claim

_SENT: Slot[int] = Slot("playground.sent", 0)
"""How many messages this tab has sent."""


@dataclass(frozen=True)
class Desk:
    """Who acts on which conversation."""

    ws: Workspace
    actor: Actor
    chat: Chat
    tools: dict[str, Tool]


def perform(desk: Desk, act: Act) -> Chat:
    """The conversation after an act; the model goes on where it has the word."""
    if act.verb in playground_correction.VERBS:
        return _edit(desk, act)
    return _VERBS[act.verb](desk, act)


def message_claim(chat: Chat) -> Claim:
    """The field of the next message; one for all conversations, so that what is typed outlives the first choice too."""
    return Claim(chat.person_id, chat.project_id, KIND, chat.project_id, "message")


def message_key(chat: Chat) -> str:
    """Another one after each message, so that its field is empty again."""
    return f"playground.message.{chat.project_id}.{_SENT.of(chat.project_id).get()}"


def typed_message(chat: Chat) -> str:
    """What stands in the field of the next message."""
    claim = message_claim(chat)
    take_typed(message_key(chat), claim)
    draft = read_typed(claim)
    return draft.text if draft is not None else ""


def _empty_field(chat: Chat) -> None:
    slot = _SENT.of(chat.project_id)
    slot.set(slot.get() + 1)


def _send(desk: Desk, act: Act) -> Chat:
    words = typed_message(desk.chat)
    chat = playground_chats.say(desk.ws, desk.actor, desk.chat, words, nonce=act.nonce)
    claim = message_claim(desk.chat)
    drafting.drop_drafts(desk.ws, claim.person_id, KIND, claim.object_id, claim.field)
    _empty_field(chat)
    return _go_on(desk, chat)


def _go_on(desk: Desk, chat: Chat) -> Chat:
    playground_live.start_answer(desk.ws, desk.actor, chat)
    return chat


def _ask_again(desk: Desk, act: Act) -> Chat:  # noqa: ARG001
    return _go_on(desk, desk.chat)


def _take_back(desk: Desk, act: Act) -> Chat:
    playground_live.stop_answer(desk.chat.id)
    chat, words = playground_chats.take_back(desk.ws, desk.actor, desk.chat, nonce=act.nonce)
    claim = message_claim(chat)
    typed = typed_message(chat)
    both = f"{words}\n\n{typed}" if typed else words
    drafting.save_draft(desk.ws, claim.person_id, KIND, claim.object_id, claim.field, claim.base_rev, both)
    _empty_field(chat)
    return chat


def _hand(desk: Desk, act: Act) -> Chat:
    results = take_results(desk.chat)
    chat = playground_acts.hand_back_results(desk.ws, desk.actor, desk.chat, results, nonce=act.nonce)
    for claim in (claim_of(desk.chat, call) for call in results):
        drafting.drop_drafts(desk.ws, claim.person_id, KIND, claim.object_id, claim.field)
    return _go_on(desk, chat)


def _decide(desk: Desk, act: Act) -> Chat:
    """Yes or no to a call; where results go back by themselves, the model goes on."""
    chat = playground_acts.decide_call(
        desk.ws, desk.actor, desk.chat, act.at, is_approved=act.verb == "approve", nonce=act.nonce
    )
    if not chat.settings.hands_back or not chat.waits_for_result or chat.is_refused:
        return chat
    chat = playground_acts.hand_back_results(desk.ws, desk.actor, chat, {}, nonce=f"{act.nonce}.handed")
    return _go_on(desk, chat)


def _offer(desk: Desk, act: Act) -> Chat:
    """Another result for a call, put into its field."""
    offers = {one.name: one for one in offers_for(desk.chat.example, act.at, desk.tools)}
    if act.value in offers:
        claim = claim_of(desk.chat, act.at)
        text = offers[act.value].text
        drafting.save_draft(desk.ws, claim.person_id, KIND, claim.object_id, claim.field, claim.base_rev, text)
    return desk.chat


def _edit(desk: Desk, act: Act) -> Chat:
    example = desk.chat.correction
    if example is None:
        return desk.chat
    folded = playground_correction.fold_typed(desk.chat, example)
    edited = playground_correction.edit(folded, desk.tools, act)
    chat = playground_acts.put_correction(desk.ws, desk.actor, desk.chat, edited, nonce=act.nonce)
    playground_correction.drop_typed(desk.chat)
    return chat


def _run_correction(desk: Desk, act: Act) -> Chat:
    chat = desk.chat
    if chat.correction is not None:
        folded = playground_correction.fold_typed(chat, chat.correction)
        chat = playground_acts.put_correction(
            desk.ws, desk.actor, chat, folded, is_reshaped=False, nonce=f"{act.nonce}.typed"
        )
    chat = playground_acts.run_correction(desk.ws, desk.actor, chat, nonce=act.nonce)
    playground_correction.drop_typed(chat)
    return chat


def _drop_correction(desk: Desk, act: Act) -> Chat:
    chat = playground_acts.drop_correction(desk.ws, desk.actor, desk.chat, nonce=act.nonce)
    playground_correction.drop_typed(chat)
    return chat


def _correct(desk: Desk, act: Act) -> Chat:
    playground_correction.drop_typed(desk.chat)
    return playground_acts.begin_correction(desk.ws, desk.actor, desk.chat, act.value, nonce=act.nonce)


def _write(desk: Desk, act: Act) -> Chat:
    words = playground_correction.typed_answer(desk.chat)
    chat = playground_acts.write_answer(desk.ws, desk.actor, desk.chat, words, nonce=act.nonce)
    drafting.drop_drafts(desk.ws, desk.actor.person_id, KIND, desk.chat.id, playground_correction.ANSWER)
    return chat


def _keep(desk: Desk, act: Act) -> Chat:
    """An answer as a draft, open on Write."""
    if act.verb == "keep_turn":
        made = playground_log.draft_turn(desk.ws, desk.actor, desk.chat, int(act.at), nonce=act.nonce)
    else:
        made = playground_log.draft_answer(desk.ws, desk.actor, act.at, nonce=act.nonce)
    return _open_draft(desk, Act("open_draft", made))


def _open_draft(desk: Desk, act: Act) -> Chat:
    state.EXAMPLE.set(act.at)
    st.switch_page("../pages/write.py")
    return desk.chat


def _set(desk: Desk, act: Act) -> Chat:
    settings: Settings = change(desk.chat.settings, act.at, act.value)
    return playground_chats.set_up(desk.ws, desk.actor, desk.chat, settings, nonce=act.nonce)


def _new(desk: Desk, act: Act) -> Chat:
    playground_live.stop_answer(desk.chat.id)
    chat = desk.chat
    return playground_chats.begin_chat(desk.ws, desk.actor, chat.project_id, chat.settings, nonce=act.nonce)


def _stop(desk: Desk, act: Act) -> Chat:  # noqa: ARG001
    playground_live.stop_answer(desk.chat.id)
    return desk.chat


def _simple(do: Callable[..., Chat], desk: Desk, act: Act) -> Chat:
    return do(desk.ws, desk.actor, desk.chat, nonce=act.nonce)


def _choose(desk: Desk, act: Act) -> Chat:
    return playground_acts.choose_answer(desk.ws, desk.actor, desk.chat, act.at, nonce=act.nonce)


_VERBS: dict[str, Callable[[Desk, Act], Chat]] = {
    "send": _send,
    "ask_again": _ask_again,
    "take_back": _take_back,
    "hand": _hand,
    "leave": partial(_simple, playground_chats.leave_call),
    "approve": _decide,
    "decline": _decide,
    "offer": _offer,
    "choose": _choose,
    "correct": _correct,
    "run_correction": _run_correction,
    "drop_correction": _drop_correction,
    "write": _write,
    "keep_turn": _keep,
    "keep_answer": _keep,
    "open_draft": _open_draft,
    "set": _set,
    "new": _new,
    "stop": _stop,
}
