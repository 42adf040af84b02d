"""Conversations of the playground for tests: answers come from a script, and are stored as the app stores them."""

from __future__ import annotations

import msgspec

from curation.llm.scripted import ScriptedClient
from curation.services import playground_asking, playground_chats
from curation.services.models import ModelView
from curation.services.playground_chats import Chat, Settings
from curation.services.playground_models import Reached
from db import models
from db.models import ModelRecord
from tests.browser.filling import Filling

CALL = '{"tool":"track_order","arguments":{"order_id":"B4821"}}'
WRONG = '{"tool":"track_order","arguments":{"order":"B4821"}}'


def add_model(filling: Filling, model_id: str = "m1") -> str:
    """A trained model, as far as anybody but its process can tell."""
    record = ModelRecord(
        id=model_id,
        project_id=filling.project.id,
        name="support-3",
        base=str(filling.ws.home),
        kind="full",
        location=str(filling.ws.home),
        created_at=filling.ws.now(),
        details='{"style":"router"}',
    )
    with filling.ws.unit() as unit:
        models.save_model(unit.connection, record)
        unit.commit()
    return record.id


def answered(filling: Filling, words: str, *answers: str, **settings: object) -> Chat:
    """A conversation with one message, and what a script answers to it."""
    said = list(answers)
    client = ScriptedClient(lambda _position, _prompt: said.pop(0))

    def reach(_ws: object, _model: ModelView, _tell: object, _stop: object) -> Reached:
        return Reached(client, "router")

    ws, actor = filling.ws, filling.actor
    wanted = msgspec.convert(settings, Settings)
    chat = playground_chats.begin_chat(ws, actor, filling.project.id, wanted, nonce=ws.new_id())
    chat = playground_chats.say(ws, actor, chat, words, nonce=ws.new_id())
    return playground_asking.answer_chat(ws, actor, chat.id, reach=reach)
