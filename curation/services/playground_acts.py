"""What a person does with an answer in the playground: hands a result back, chooses, puts a call right, keeps it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.metrics.answers import Answer
from curation.metrics.given import read_given
from curation.metrics.offers import offer_tools
from curation.model.envelope import encode, encode_turn
from curation.model.example import Example, Message
from curation.model.people import Actor
from curation.services.acts import Act
from curation.services.call_edits import add_call
from curation.services.playground_answers import CALL, NO_CALL, shorten_why
from curation.services.playground_asking import Given, hand_results, run_answer, take_turn
from curation.services.playground_chats import Chat, change_chat, tools_of
from curation.services.playground_runs import blank_of, desk_of, run_calls
from curation.services.playground_states import Said
from curation.services.playground_steps import Step, add_steps, read_last, read_steps
from curation.services.text_fields import field_text
from curation.services.workspace import Workspace
from db import interactions


def hand_back_results(ws: Workspace, actor: Actor, chat: Chat, results: Mapping[str, str], *, nonce: str) -> Chat:
    """The results go back to the model, as the mock gave them or as the person has written them since."""
    if not chat.waits_for_result:
        raise BlockedError("No call waits for a result.", hint="Send a message instead.")
    given = {call: results.get(call, text) for call, text in chat.state.results.items()}

    def change(before: Chat, act: Act) -> Chat:
        said = before.state.said.get(len(before.example.messages) - 1)
        if said is not None:
            add_steps(act.connection, said.interaction, _handed(before.state.results, given))
        return hand_results(before, given)

    return change_chat(ws, actor, chat, "result handed back", change, nonce=nonce)


def _handed(mocked: Mapping[str, str], given: Mapping[str, str]) -> list[Step]:
    edited = [Step("edited", text, call=call) for call, text in given.items() if text != mocked.get(call)]
    return [*edited, Step("handed")]


def choose_answer(ws: Workspace, actor: Actor, chat: Chat, interaction_id: str, *, nonce: str) -> Chat:
    """Of several answers side by side, the one the conversation goes on with."""
    if interaction_id not in chat.state.choices:
        raise NotFoundError("That answer is not among these any more.", hint="Choose one that is shown.")
    tools = tools_of(ws, chat.project_id, chat.settings)

    def change(before: Chat, act: Act) -> Chat:
        record = interactions.find_interaction(act.connection, interaction_id)
        if record is None:
            raise NotFoundError("That answer is gone.", hint="Ask again.")
        example, read, _ = read_last(record)
        known = read_steps(record.steps)
        ran = run_answer(before, example, read, desk_of(ws, tools, before.settings.role))
        # It ran when it was given; what has changed since, such as a rate limit that is over, is told too.
        add_steps(act.connection, interaction_id, [one for one in ran.steps if one not in known])
        return take_turn(before, example, Given(interaction_id, read, known, ran))

    return change_chat(ws, actor, chat, "answer chosen", change, nonce=nonce)


def decide_call(ws: Workspace, actor: Actor, chat: Chat, call: str, *, is_approved: bool, nonce: str) -> Chat:
    """The person's yes or no to a call that waits for one; after a yes the guard's further checks follow."""
    tools = tools_of(ws, chat.project_id, chat.settings)

    def change(before: Chat, act: Act) -> Chat:
        ruling = before.state.rulings.get(call)
        if ruling is None or ruling.outcome != "waits":
            raise BlockedError("That call waits for nobody's yes.", hint="Look at the conversation again.")
        desk = desk_of(ws, tools, before.settings.role)
        ran = run_calls(before.example, desk, before.state, said={call: is_approved})
        add_steps(act.connection, _interaction_of(before), ran.steps)
        return msgspec.structs.replace(before, state=ran.put_into(before.state))

    return change_chat(ws, actor, chat, "call approved" if is_approved else "call declined", change, nonce=nonce)


def _interaction_of(chat: Chat) -> str:
    return chat.state.said.get(len(chat.example.messages) - 1, Said("")).interaction


def begin_correction(ws: Workspace, actor: Actor, chat: Chat, tool_name: str = "", *, nonce: str) -> Chat:
    """A copy of the conversation in which the last call may be put right; a turn without one gets one."""
    last = _need_answer(chat)
    tools = tools_of(ws, chat.project_id, chat.settings)
    example = chat.example
    if not last.calls:
        if tool_name not in tools:
            raise NotFoundError(f"There is no tool `{tool_name}` on offer.", hint="Choose one that is.")
        turn = len(example.messages) - 1
        cleared = msgspec.structs.replace(last, content=None, label=None)
        example = msgspec.structs.replace(example, messages=(*example.messages[:turn], cleared))
        example = add_call(example, tools[tool_name].definition, turn)
    return put_correction(ws, actor, chat, example, nonce=nonce)


def put_correction(
    ws: Workspace, actor: Actor, chat: Chat, example: Example, *, is_reshaped: bool = True, nonce: str
) -> Chat:
    """The copy as the person has it now. `is_reshaped`: its places may be others, so that older text fits no more."""

    def change(before: Chat, _act: Act) -> Chat:
        rev = before.state.correction_rev + is_reshaped
        state = msgspec.structs.replace(before.state, correction=encode(example).decode(), correction_rev=rev)
        return msgspec.structs.replace(before, state=state)

    return change_chat(ws, actor, chat, "call being put right", change, nonce=nonce)


def drop_correction(ws: Workspace, actor: Actor, chat: Chat, *, nonce: str) -> Chat:
    """Leave the call as the model made it."""

    def change(before: Chat, _act: Act) -> Chat:
        return msgspec.structs.replace(before, state=msgspec.structs.replace(before.state, correction=""))

    return change_chat(ws, actor, chat, "call left as it was", change, nonce=nonce)


def run_correction(ws: Workspace, actor: Actor, chat: Chat, *, nonce: str) -> Chat:
    """The call as the person put it right stands in the model's place, and is run if it is valid."""
    corrected = chat.correction
    if corrected is None:
        raise BlockedError("No call is being put right.", hint="Press Correct first.")
    turn = corrected.messages[-1]
    verdict, why = judge_turn(corrected, turn)
    if verdict != CALL:
        raise BlockedError(f"Not run: {why or 'the turn makes no call.'}", hint="Put it right in the form.")
    tools = tools_of(ws, chat.project_id, chat.settings)

    def change(before: Chat, act: Act) -> Chat:
        after = _replaced(before, act, turn, verdict, "corrected")
        ran = run_calls(after.example, desk_of(ws, tools, before.settings.role), after.state)
        add_steps(act.connection, _interaction_of(after), ran.steps)
        return msgspec.structs.replace(after, state=ran.put_into(after.state))

    return change_chat(ws, actor, chat, "call put right", change, nonce=nonce)


def write_answer(ws: Workspace, actor: Actor, chat: Chat, text: str, *, nonce: str) -> Chat:
    """The person answers in the model's place, in words."""
    _need_answer(chat)
    words = text.encode("utf-8", "replace").decode().strip()
    if not words:
        raise BlockedError("There is no answer yet.", hint="Write it first.")

    def change(before: Chat, act: Act) -> Chat:
        return _replaced(before, act, Message(role="assistant", content=words), NO_CALL, "written")

    return change_chat(ws, actor, chat, "answer written", change, nonce=nonce)


def judge_turn(example: Example, turn: Message) -> tuple[str, str]:
    """What the validator says of a turn, against the tools on offer."""
    tools = example.tools if isinstance(example.tools, tuple) else ()
    given = read_given(Answer(message=turn), offer_tools(tools), is_router=False)
    return given.verdict.value, shorten_why(given.why)


def _need_answer(chat: Chat) -> Message:
    last = chat.last
    if last is None or last.role != "assistant":
        raise BlockedError("There is no answer to put right.", hint="Wait for the model's answer.")
    return last


def _replaced(chat: Chat, act: Act, turn: Message, verdict: str, kind: str) -> Chat:
    """The last turn with the person's in its place, told in the log."""
    at = len(chat.example.messages) - 1
    said = chat.state.said.get(at, Said(""))
    step = Step("corrected" if kind == "corrected" else "written", encode_turn(turn).decode(), verdict)
    add_steps(act.connection, said.interaction, [step])
    example = msgspec.structs.replace(chat.example, messages=(*chat.example.messages[:-1], turn))
    by_person = msgspec.structs.replace(
        said, verdict=verdict, why="", by_person=True, raw="", is_closed=False, is_cut=False
    )
    replaced = {field_text(call.id) for call in chat.example.messages[-1].calls or ()}
    state = msgspec.structs.replace(
        blank_of(chat.state),
        said={**chat.state.said, at: by_person},
        runs={call: one for call, one in chat.state.runs.items() if call not in replaced},
        correction="",
        trouble="",
        hint="",
    )
    return msgspec.structs.replace(chat, example=example, state=state)
