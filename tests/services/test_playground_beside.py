"""Two models of the playground side by side: each asked, judged, run and costed on its own."""

from __future__ import annotations

import pytest

from curation.errors import JobError, StateError
from curation.llm.scripted import ScriptedClient
from curation.services import playground_acts, playground_asking, playground_chats, playground_log, playground_models
from curation.services.models import ModelView
from curation.services.playground_chats import Chat
from curation.services.playground_models import Reached
from curation.services.playground_states import Settings
from tests.known_models import add_trained, put_in_use
from tests.services.playing import Play, Player

CALL = '{"tool":"track_order","arguments":{"order_id":"B4821"}}'
WRONG = '{"tool":"track_order","arguments":{"order":"B4821"}}'


class Two:
    """A person who talks with two models, each with a script of its own; None: that one is not reached."""

    def __init__(self, player: Player, first: list[str] | None, second: list[str] | None) -> None:
        add_trained(player.ws, player.project_id, "support-4", "m2")
        self.player = player
        self.scripts = {"m1": first, "m2": second}

    def reach(self, _ws: object, model: ModelView, *_: object) -> Reached:
        script = self.scripts[model.id]
        if script is None:
            raise JobError(f"{model.name} does not answer.", hint="Start it.")
        return Reached(ScriptedClient(lambda *_: script.pop(0)), "router")

    def say(self, words: str, **settings: object) -> Chat:
        player = self.player
        wanted = {"second_id": "m2", **settings}
        chat = playground_chats.say(player.ws, player.actor, player.begin(**wanted), words, nonce=player.nonce())
        return playground_asking.answer_chat(player.ws, player.actor, chat.id, reach=self.reach)


def test_each_model_is_judged_and_run_on_its_own_until_one_is_chosen(play: Play) -> None:
    two = Two(play(), [WRONG, CALL], [CALL])
    chat = two.say("Where is order B4821?", repairs=1)
    player = two.player
    second, first = playground_log.read_log(player.ws, player.project_id).lines
    assert [one.entry.model_name for one in (first, second)] == ["support-3", "support-4"]
    assert [one.kind for one in first.steps] == ["answer", "repair", "ran"]
    assert [one.kind for one in second.steps] == ["answer", "ran"]
    assert (first.repaired.rounds, second.repaired.rounds) == (1, 0)
    assert chat.state.choices == (first.entry.id, second.entry.id)
    chat = playground_acts.choose_answer(player.ws, player.actor, chat, second.entry.id, nonce=player.nonce())
    assert chat.waits_for_result
    assert newest(player) == ["answer", "ran"]


def newest(player: Player) -> list[str]:
    return [one.kind for one in playground_log.read_log(player.ws, player.project_id).lines[0].steps]


def test_two_models_in_several_decodings_are_all_asked(play: Play) -> None:
    chat = Two(play(), [CALL] * 3, [CALL] * 3).say("Where?", decodings=("free", "schema", "grammar"))
    assert len(chat.state.choices) == 6


def test_one_that_does_not_answer_takes_nothing_from_the_other(play: Play) -> None:
    chat = Two(play(), [CALL], None).say("Where?")
    assert len(chat.state.choices) == 1
    assert chat.state.silent == {"m2": "support-4 does not answer. Start it."}
    assert chat.state.trouble == ""


def test_where_neither_answers_the_trouble_stands_beside_the_message(play: Play) -> None:
    chat = Two(play(), None, None).say("Where?")
    assert (chat.state.trouble, chat.state.choices) == ("support-4 does not answer.", ())


def test_the_same_model_twice_is_told(play: Play) -> None:
    two = Two(play(), [CALL], [CALL])
    put_in_use(two.player.ws, two.player.project_id, "m2")
    settings = Settings(model_id="", second_id="m2")
    assert playground_models.asked_ids(two.player.ws, two.player.project_id, settings) == ("m2", "m2")
    with pytest.raises(StateError, match="Both models are `support-4`"):
        playground_models.need_models(two.player.ws, two.player.project_id, settings)
