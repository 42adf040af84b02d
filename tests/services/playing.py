"""A person at the playground whose models answer from scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from curation.llm.contract import OUT_OF_TOKENS, Prompt, Reply
from curation.llm.scripted import ScriptedClient
from curation.model.people import Actor
from curation.services import people, playground_asking, playground_chats
from curation.services.models import ModelView
from curation.services.playground_chats import Chat
from curation.services.playground_models import Reached
from curation.services.playground_states import Settings
from curation.services.workspace import Workspace


class CutShort(ScriptedClient):
    """A model whose every answer runs out of tokens."""

    def answer(self, prompts: Sequence[Prompt], *more: Any, **named: Any) -> list[Reply]:
        return [msgspec.structs.replace(one, finish=OUT_OF_TOKENS) for one in super().answer(prompts, *more, **named)]


class Player:
    """A person at the playground, and a model that answers from a script."""

    def __init__(self, ws: Workspace, project_id: str, answers: list[str]) -> None:
        self.ws, self.project_id = ws, project_id
        self.actor: Actor = people.local_actor(ws)
        self.client = ScriptedClient(lambda _position, _prompt: answers.pop(0))
        self.style = "router"
        self._n = 0

    def nonce(self) -> str:
        self._n += 1
        return f"play {self._n}"

    def reach(self, ws: Workspace, model: ModelView, tell: object, should_stop: object) -> Reached:
        return Reached(self.client, "router" if self.style == "router" else "conversation")

    def begin(self, **settings: object) -> Chat:
        wanted = Settings(model_id="m1", **settings)  # type: ignore[arg-type]
        return playground_chats.begin_chat(self.ws, self.actor, self.project_id, wanted, nonce=self.nonce())

    def say(self, chat: Chat, words: str) -> Chat:
        said = playground_chats.say(self.ws, self.actor, chat, words, nonce=self.nonce())
        return self.answer(said)

    def answer(self, chat: Chat) -> Chat:
        return playground_asking.answer_chat(self.ws, self.actor, chat.id, reach=self.reach)


Play = Callable[..., Player]
