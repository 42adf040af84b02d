"""A model of the playground asked for its next turn: judged, repaired where that is wanted, run on mocks, written down.

Every answer becomes a row of the log, whatever became of it. What somebody else did to the conversation meanwhile
stands; the answer is then in the log alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import msgspec

from curation.errors import CurationError
from curation.finetune.answering_remotely import read_reply
from curation.finetune.repairing import Doubted
from curation.llm.budget import Price
from curation.llm.contract import ChatClient
from curation.llm.kept_model import Stage
from curation.model.definition import Tool
from curation.model.envelope import encode, encode_turn
from curation.model.example import Example
from curation.model.people import Actor
from curation.services import playground_models
from curation.services.models import ModelView
from curation.services.playground_answers import CALL, MOST_KEPT, ReadAnswer, read_answer
from curation.services.playground_chats import Chat, get_chat, offered, save_chat, tools_of, with_turns
from curation.services.playground_models import Reached
from curation.services.playground_prompts import Asking, make_asking
from curation.services.playground_runs import Desk, TurnRun, blank_of, desk_of, hand_back, run_calls
from curation.services.playground_states import Decoding, Said
from curation.services.playground_steps import Step, answer_of, answers_in, write_steps
from curation.services.text_fields import field_text
from curation.services.workspace import Workspace
from db import interactions
from db.interactions import InteractionRecord

MOST_TOKENS = 256
"""Of one answer."""
MOST_TURNS = 6
"""Calls whose results go back by themselves before a person is asked."""
Tell = Callable[[Stage], None]
Reach = Callable[[Workspace, ModelView, Tell, Callable[[], bool]], Reached]


class Given(msgspec.Struct, frozen=True):
    """One answer with everything that happened until it stood."""

    interaction: str
    read: ReadAnswer
    steps: tuple[Step, ...]
    ran: TurnRun = TurnRun()


def answer_chat(
    ws: Workspace,
    actor: Actor,
    chat_id: str,
    tell: Tell = lambda _stage: None,
    should_stop: Callable[[], bool] = lambda: False,
    reach: Reach = playground_models.reach,
) -> Chat:
    """Let the model go on until a person has the word; why there is no answer is written into the conversation."""
    for _ in range(MOST_TURNS):
        chat = get_chat(ws, actor, chat_id)
        if not chat.waits_for_answer or should_stop():
            break
        try:
            is_on = _answer_once(ws, actor, chat, tell, should_stop, reach)
        except CurationError as error:
            write_trouble(ws, chat, error)
            break
        if not is_on:
            break
    return get_chat(ws, actor, chat_id)


def _answer_once(
    ws: Workspace, actor: Actor, chat: Chat, tell: Tell, should_stop: Callable[[], bool], reach: Reach
) -> bool:
    """One turn of the model; whether it has the word again."""
    settings = chat.settings
    models = playground_models.need_models(ws, chat.project_id, settings)
    tools = tools_of(ws, chat.project_id, settings)
    given: list[Given] = []
    silent: dict[str, str] = {}
    for model in models:
        reach_it = partial(reach, ws, model, tell, should_stop)
        asked = _Question(ws, actor, chat, offered(chat.example, tools), tools, model, reach_it)
        try:
            given += asked.answer_all()
        except CurationError as error:
            silent[model.id] = str(error)
            if len(silent) == len(models) or should_stop():
                raise
    if len(models) * len(settings.decodings) > 1:
        choices = tuple(one.interaction for one in given)
        after = msgspec.structs.replace(chat, state=msgspec.structs.replace(chat.state, choices=choices, silent=silent))
    else:
        after = take_turn(chat, offered(chat.example, tools), given[0])
    is_on = settings.hands_back and after.waits_for_result and not after.is_refused
    if is_on:
        after = hand_results(after, after.state.results)
    with ws.unit() as unit:
        if not save_chat(unit.connection, chat, after, ws.now()):
            return False
        unit.commit()
    return is_on


def take_turn(chat: Chat, example: Example, given: Given) -> Chat:
    """The conversation with an answer behind it, and what became of its calls."""
    answered = msgspec.structs.replace(example, messages=(*example.messages, given.read.turn))
    said = {**chat.state.said, len(example.messages): said_of(given)}
    state = given.ran.put_into(chat.state)
    state = msgspec.structs.replace(state, said=said, choices=(), silent={}, trouble="", hint="")
    return msgspec.structs.replace(chat, example=answered, state=state)


def run_answer(chat: Chat, example: Example, read: ReadAnswer, desk: Desk) -> TurnRun:
    """What becomes of an answer's calls: those of a valid one go past the guard, and nothing else is ever run."""
    if read.verdict != CALL:
        return TurnRun()
    answered = msgspec.structs.replace(example, messages=(*example.messages, read.turn))
    return run_calls(answered, desk, blank_of(chat.state))


def hand_results(chat: Chat, results: Mapping[str, str]) -> Chat:
    """The conversation with results behind its last call; the model has the word again."""
    state = msgspec.structs.replace(blank_of(chat.state), correction="", trouble="", hint="")
    return with_turns(chat, hand_back(chat.example, results).messages, state)


def said_of(given: Given) -> Said:
    """What is kept beside the turn of an answer."""
    last = answers_in(given.steps)[-1]
    return Said(
        interaction=given.interaction,
        raw="" if last.is_message else given.read.text,
        is_router=last.is_router,
        verdict=given.read.verdict,
        why=given.read.why,
        repairs=sum(one.kind == "repair" for one in given.steps),
        is_closed=last.is_closed,
        is_cut=last.is_cut,
    )


@dataclass(frozen=True)
class _Question:
    """One model asked for the next turn of a conversation."""

    ws: Workspace
    actor: Actor
    chat: Chat
    example: Example
    tools: Mapping[str, Tool]
    model: ModelView
    reach: Callable[[], Reached]

    def answer_all(self) -> list[Given]:
        """Its answers, one in each decoding that is wanted and that it can be held to."""
        decodings = self.chat.settings.decodings
        reached = self.reach()
        try:
            playground_models.require_decodings(self.model, decodings)
            return [
                self._give(reached, decoding)
                for decoding in decodings
                if decoding != "grammar" or not playground_models.say_unheld(self.model)
            ]
        finally:
            _close(reached.client)

    def _give(self, reached: Reached, decoding: Decoding) -> Given:
        """One answer in one decoding, with its repairs and what became of its calls, in the log."""
        chat, example = self.chat, self.example
        asking = make_asking(example, chat.state.said, reached.style, decoding, is_elsewhere=reached.is_elsewhere)
        step, read = _ask(reached, asking, example)
        steps, first = [step], read
        for _ in range(chat.settings.repairs):
            if not read.is_invalid:
                break
            finding = read.why
            doubted = Doubted(asking.prompt, answer_of(steps[-1]), None, asking.is_router)
            asking = msgspec.structs.replace(asking, prompt=doubted.ask_again(finding))
            step, read = _ask(reached, asking, example, finding)
            steps.append(step)
        ran = run_answer(chat, example, read, desk_of(self.ws, self.tools, chat.settings.role))
        given = Given(self.ws.new_id(), read, (*steps, *ran.steps), ran)
        _log(self.ws, self.actor, chat, example, self.model, decoding, given, first, reached.price)
        return given


def _ask(reached: Reached, asking: Asking, example: Example, finding: str = "") -> tuple[Step, ReadAnswer]:
    reply = reached.client.answer([asking.prompt], MOST_TOKENS, 1)[0]
    # Only what calls by a host's own means is a message; words alone are read as words.
    told = read_reply(reply, price=reached.price, is_native=False)
    message = told.message
    text = encode_turn(message).decode() if message is not None else told.text or ""
    read = read_answer(text, example, is_router=asking.is_router, message=message)
    step = Step(
        "repair" if finding else "answer",
        read.text,
        read.verdict,
        read.why,
        finding,
        reply.tokens,
        reply.tokens_in,
        reply.latency_ms,
        told.cost,
        asking.is_router,
        message is not None and len(text) <= MOST_KEPT,
        reply.is_closed,
        reply.is_cut,
    )
    return step, read


def _log(
    ws: Workspace,
    actor: Actor,
    chat: Chat,
    example: Example,
    model: ModelView,
    decoding: Decoding,
    given: Given,
    first: ReadAnswer,
    price: Price | None,
) -> None:
    costs = [one.cost for one in given.steps if one.cost is not None]
    record = InteractionRecord(
        id=given.interaction,
        project_id=chat.project_id,
        model_id=model.id,
        chat_id=chat.id,
        mode=chat.settings.mode,
        decoding=decoding,
        said=_last_words(example),
        request=encode(example),
        answer=first.text,
        verdict=first.verdict,
        why=first.why,
        steps=write_steps(given.steps),
        latency_ms=round(sum(one.latency_ms for one in given.steps), 1),
        tokens=sum(one.tokens for one in given.steps),
        cost=sum(costs) if costs else None,
        by=actor.person_id,
        at=ws.now(),
        currency=price.currency if price else None,
    )
    with ws.unit() as unit:
        interactions.add_interaction(unit.connection, record)
        unit.commit()


MOST_WORDS = 300


def _last_words(example: Example) -> str:
    found = (field_text(one.content) for one in reversed(example.messages) if one.role == "user")
    return next(found, "")[:MOST_WORDS]


def write_trouble(ws: Workspace, chat: Chat, error: CurationError) -> None:
    """Why what was said last has no answer, beside it."""
    state = msgspec.structs.replace(chat.state, trouble=error.message, hint=error.hint)
    with ws.unit() as unit:
        save_chat(unit.connection, chat, msgspec.structs.replace(chat, state=state), ws.now())
        unit.commit()


def _close(client: ChatClient) -> None:
    """What holds a connection or a model lets it go; a model of this machine stays warm."""
    close = getattr(client, "close", None)
    if close is not None:
        close()
