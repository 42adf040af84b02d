"""Conversations of the playground for tests: answers come from a script, and are stored as the app stores them."""

from __future__ import annotations

import msgspec

from curation.llm.scripted import ScriptedClient
from curation.services import playground_asking, playground_chats
from curation.services.models import ModelView
from curation.services.playground_chats import Chat
from curation.services.playground_models import Reached
from curation.services.playground_states import Settings
from tests.browser.filling import Filling
from tests.known_models import add_trained

CALL = '{"tool":"track_order","arguments":{"order_id":"B4821"}}'
WRONG = '{"tool":"track_order","arguments":{"order":"B4821"}}'


def add_model(filling: Filling, model_id: str = "m1", name: str = "support-3") -> str:
    """A trained model of the project."""
    return add_trained(filling.ws, filling.project.id, name, model_id)


def answered(
    filling: Filling,
    words: str,
    *answers: str,
    client_type: type[ScriptedClient] = ScriptedClient,
    **settings: object,
) -> Chat:
    """A conversation with one message, and what a script answers to it."""
    said = list(answers)
    client = client_type(lambda _position, _prompt: said.pop(0))

    def reach(_ws: object, _model: ModelView, _tell: object, _stop: object) -> Reached:
        return Reached(client, "router")

    ws, actor = filling.ws, filling.actor
    wanted = msgspec.convert(settings, Settings)
    chat = playground_chats.begin_chat(ws, actor, filling.project.id, wanted, nonce=ws.new_id())
    chat = playground_chats.say(ws, actor, chat, words, nonce=ws.new_id())
    return playground_asking.answer_chat(ws, actor, chat.id, reach=reach)
