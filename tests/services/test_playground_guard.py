"""The guard in the playground: what it refuses is not run, is told and logged; a yes lets a call run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from curation.errors import BlockedError, StaleRevisionError
from curation.llm.contract import Prompt, Reply
from curation.llm.scripted import ScriptedClient
from curation.model.definition import Definition, Execution, Policy, Tool
from curation.services import cataloguing, playground_acts, playground_chats, playground_log, remarks
from curation.services.playground_chats import Chat
from curation.services.playground_steps import find_ruling
from curation.services.workspace import Workspace, open_workspace
from tests.ready_homes import make_ready
from tests.services.playing import Play, Player

SCHEMA = {"type": "object", "properties": {"order_id": {"type": "string"}, "key": {"type": "string"}}}
PAY_BACK = Tool(
    Definition(json.dumps({"type": "function", "function": {"name": "pay_back", "parameters": SCHEMA}})),
    side_effect="write",
)
ANSWER = '{"tool":"no_tool","reason":"answer_directly","message":"Done."}'


def call(order_id: str = "B4821", key: str = "") -> str:
    arguments = {"order_id": order_id, **({"key": key} if key else {})}
    return json.dumps({"tool": "pay_back", "arguments": arguments}, separators=(",", ":"))


def offer(player: Player, **parts: object) -> None:
    """The shop gets a tool that pays back, with these limits."""
    tool = msgspec.structs.replace(PAY_BACK, **parts)
    cataloguing.import_tools(player.ws, player.actor, player.project_id, [tool], nonce=player.nonce())


def hand(player: Player, chat: Chat, **results: str) -> Chat:
    chat = playground_acts.hand_back_results(player.ws, player.actor, chat, results, nonce=player.nonce())
    return player.answer(chat)


def decide(player: Player, chat: Chat, *, is_approved: bool, waiting: str = "") -> Chat:
    if not waiting:
        (waiting,) = chat.state.rulings
    return playground_acts.decide_call(
        player.ws, player.actor, chat, waiting, is_approved=is_approved, nonce=player.nonce()
    )


def newest_steps(player: Player) -> list[str]:
    return [one.kind for one in playground_log.read_log(player.ws, player.project_id).lines[0].steps]


def test_a_call_for_a_forbidden_role_is_refused_logged_and_told_in_its_draft(play: Play) -> None:
    player = play(call(), ANSWER)
    offer(player, policy=Policy(forbidden_roles=("guest",)))
    chat = player.say(player.begin(role="guest", hands_back=True), "Pay it back")
    (ruling,) = chat.state.rulings.values()
    assert (ruling.outcome, ruling.check) == ("refused", "policy")
    assert chat.is_refused
    assert chat.state.runs == {}
    assert [one.role for one in chat.example.messages] == ["user", "assistant"]
    assert newest_steps(player) == ["answer", "refused"]
    example_id = playground_log.draft_turn(player.ws, player.actor, chat, 1, nonce=player.nonce())
    (comment,) = remarks.list_comments(player.ws, example_id)
    assert "The guard refused the call (policy): `pay_back` must not be called" in comment.text
    chat = hand(player, chat)
    assert json.loads(str(chat.example.messages[2].content))["error"].startswith("pay_back must not be called")
    assert chat.example.messages[-1].content == "Done."


def test_a_call_that_needs_a_yes_runs_only_after_it(play: Play) -> None:
    player = play(call(), ANSWER)
    offer(player, policy=Policy(approval="always", approver="a lead"))
    chat = player.say(player.begin(hands_back=True), "Pay it back")
    assert (chat.waits_for_approval, chat.waits_for_result, chat.state.results) == (True, False, {})
    with pytest.raises(BlockedError, match="yes or no"):
        playground_chats.say(player.ws, player.actor, chat, "And?", nonce=player.nonce())
    with pytest.raises(BlockedError, match="No call waits"):
        playground_acts.hand_back_results(player.ws, player.actor, chat, {}, nonce=player.nonce())
    chat = decide(player, chat, is_approved=True)
    assert (chat.waits_for_approval, chat.waits_for_result, chat.state.rulings) == (False, True, {})
    assert newest_steps(player) == ["answer", "waits", "approved", "ran"]
    assert "error" not in "".join(chat.state.results.values())
    example_id = playground_log.draft_turn(player.ws, player.actor, chat, 1, nonce=player.nonce())
    (comment,) = remarks.list_comments(player.ws, example_id)
    assert "guard" not in comment.text


def test_a_no_is_an_error_that_can_be_handed_back(play: Play) -> None:
    player = play(call(), ANSWER)
    offer(player, policy=Policy(approval="always", approver="a lead"))
    chat = decide(player, player.say(player.begin(), "Pay it back"), is_approved=False)
    assert newest_steps(player) == ["answer", "waits", "declined", "refused"]
    (told,) = chat.state.results.values()
    assert json.loads(told) == {"error": "pay_back was not run: a lead did not approve the call."}
    with pytest.raises(BlockedError, match="waits for nobody"):
        decide(player, chat, is_approved=True)


def test_a_call_that_waits_may_be_left(play: Play) -> None:
    player = play(call())
    offer(player, policy=Policy(approval="always"))
    chat = player.say(player.begin(), "Pay it back")
    chat = playground_chats.leave_call(player.ws, player.actor, chat, nonce=player.nonce())
    assert not chat.waits_for_approval
    playground_chats.say(player.ws, player.actor, chat, "Leave it", nonce=player.nonce())


class Several(ScriptedClient):
    """A host whose model makes several calls in one turn."""

    def __init__(self, *arguments: dict[str, str]) -> None:
        super().__init__(lambda *_: "")
        self._arguments, self.prefix = arguments, "call_"

    def answer(self, prompts: list[Prompt], *_: object, **__: object) -> list[Reply]:  # type: ignore[override]
        self.asked += prompts
        functions = ({"name": "pay_back", "arguments": json.dumps(one)} for one in self._arguments)
        calls = (
            {"id": self.prefix and f"{self.prefix}{n}", "type": "function", "function": one}
            for n, one in enumerate(functions, 1)
        )
        return [Reply("", tokens=9, calls=tuple(json.dumps(one) for one in calls))]


def make_several(play: Play, *arguments: dict[str, str]) -> Player:
    player = play()
    player.style, player.client = "conversation", Several(*arguments)
    return player


ORDERS = list(permutations(("call_1", "call_2", "call_3")))


@pytest.mark.parametrize("order", ORDERS)
def test_of_several_waiting_calls_as_many_run_as_the_limit_allows_in_whatever_order(
    play: Play, order: tuple[str, ...]
) -> None:
    player = make_several(play, {"order_id": "B1"}, {"order_id": "B2"}, {"order_id": "B3"})
    offer(player, policy=Policy(approval="always"), execution=Execution(rate_calls=1, rate_period_s=60))
    chat = player.say(player.begin(), "Pay them back")
    for waiting in order:
        chat = decide(player, chat, is_approved=True, waiting=waiting)
    assert list(chat.state.runs) == [order[0]]
    assert {call: one.check for call, one in chat.state.rulings.items()} == dict.fromkeys(sorted(order[1:]), "rate")
    assert list(chat.state.results) == ["call_1", "call_2", "call_3"], "as the model called them"


@pytest.mark.parametrize("order", [("call_1", "call_2"), ("call_2", "call_1")])
def test_of_two_waiting_writes_with_one_key_only_the_one_approved_first_runs(
    play: Play, order: tuple[str, ...]
) -> None:
    player = make_several(play, *[{"order_id": "B1", "key": "k1"}] * 2)
    offer(player, policy=Policy(approval="always"), idempotency_parameter="key")
    chat = player.say(player.begin(), "Pay it back")
    for waiting in order:
        chat = decide(player, chat, is_approved=True, waiting=waiting)
    assert list(chat.state.runs) == [order[0]]
    assert {call: one.outcome for call, one in chat.state.rulings.items()} == {order[1]: "repeated"}
    assert len(set(chat.state.results.values())) == 1


def test_a_call_whose_id_is_empty_gets_one_so_that_the_log_tells_what_held_it(play: Play) -> None:
    player = play()
    client = Several({"order_id": "B1"})
    player.style, player.client, client.prefix = "conversation", client, ""
    offer(player, policy=Policy(forbidden_roles=("guest",)))
    chat = player.say(player.begin(role="guest"), "Pay it back")
    assert list(chat.state.rulings) == ["call_1"]
    ruling = find_ruling(_lines(player)[0].steps)
    assert ruling is not None
    assert ruling.check == "policy"


def test_a_second_tab_that_says_yes_to_the_same_call_is_told_and_runs_nothing(play: Play) -> None:
    player = play(call())
    offer(player, policy=Policy(approval="always"))
    seen = player.say(player.begin(), "Pay it back")
    chat = decide(player, seen, is_approved=True)
    for is_approved in (True, False):
        with pytest.raises(StaleRevisionError):
            decide(player, seen, is_approved=is_approved)
    assert newest_steps(player) == ["answer", "waits", "approved", "ran"]
    assert playground_chats.get_chat(player.ws, player.actor, chat.id).rev == chat.rev


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ws(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    opened = open_workspace(make_ready(tmp_path), clock=clock)
    yield opened
    opened.close()


def test_more_calls_than_the_catalogue_allows_are_refused_until_the_time_is_over(play: Play, clock: Clock) -> None:
    player = play(call("B1"), ANSWER, call("B2"), ANSWER, call("B3"), ANSWER)
    offer(player, execution=Execution(rate_calls=1, rate_period_s=60))
    chat = hand(player, player.say(player.begin(), "Pay B1 back"))
    chat = player.say(chat, "Pay B2 back")
    (ruling,) = chat.state.rulings.values()
    assert (ruling.outcome, ruling.check) == ("refused", "rate")
    assert "retry after 60 seconds" in ruling.why
    chat = hand(player, chat)
    clock.now += timedelta(seconds=61)
    chat = player.say(chat, "Pay B3 back")
    assert chat.state.rulings == {}
    assert newest_steps(player) == ["answer", "ran"]


def test_the_same_write_with_the_same_key_is_not_run_twice(play: Play) -> None:
    player = play(call(key="k1"), ANSWER, call(key="k1"), ANSWER, call("B9", key="k1"))
    offer(player, idempotency_parameter="key")
    chat = player.say(player.begin(), "Pay it back")
    (first,) = chat.state.results
    chat = hand(player, chat, **{first: '{"refund": "R77"}'})
    chat = player.say(chat, "Again")
    assert list(chat.state.results.values()) == ['{"refund": "R77"}']
    assert [one.outcome for one in chat.state.rulings.values()] == ["repeated"]
    assert len(chat.state.runs) == 1
    assert newest_steps(player) == ["answer", "repeated"]
    chat = player.say(hand(player, chat), "And B9")
    assert [one.check for one in chat.state.rulings.values()] == ["idempotency"]
    assert chat.is_refused


def test_a_call_put_right_by_a_person_goes_past_the_guard_too(play: Play) -> None:
    player = play(call())
    offer(player, policy=Policy(forbidden_roles=("guest",)))
    chat = player.say(player.begin(role="guest"), "Pay it back")
    chat = playground_acts.begin_correction(player.ws, player.actor, chat, nonce=player.nonce())
    chat = playground_acts.run_correction(player.ws, player.actor, chat, nonce=player.nonce())
    assert chat.is_refused
    assert newest_steps(player) == ["answer", "refused", "corrected", "refused"]
    chat = playground_acts.write_answer(player.ws, player.actor, chat, "Guests cannot do that.", nonce=player.nonce())
    assert (chat.state.rulings, chat.state.results) == ({}, {})


def correct_into(player: Player, chat: Chat, tool: str) -> Chat:
    """Every call of the last turn put right: it should have been one of another tool."""
    turn = chat.example.messages[-1]
    calls = tuple(msgspec.structs.replace(one, name=tool) for one in turn.calls or ())
    turns = (*chat.example.messages[:-1], msgspec.structs.replace(turn, calls=calls))
    fixed = msgspec.structs.replace(chat.example, messages=turns)
    chat = playground_acts.put_correction(player.ws, player.actor, chat, fixed, nonce=player.nonce())
    return playground_acts.run_correction(player.ws, player.actor, chat, nonce=player.nonce())


def offer_strict(player: Player, **parts: object) -> None:
    """Beside the tool that just runs, one that waits for a yes."""
    offer(player)
    offer(player, definition=Definition(PAY_BACK.definition.text.replace("pay_back", "pay_out")), **parts)


@pytest.mark.parametrize("order", [("call_1", "call_2"), ("call_2", "call_1")])
def test_calls_that_ran_and_were_put_right_wait_for_a_yes_as_if_they_never_ran(
    play: Play, order: tuple[str, ...]
) -> None:
    player = make_several(play, {"order_id": "B1"}, {"order_id": "B2"})
    offer_strict(player, policy=Policy(approval="always"))
    chat = player.say(player.begin(mode="human"), "Pay them back")
    assert len(chat.state.runs) == 2
    chat = correct_into(player, chat, "pay_out")
    assert chat.state.runs == {}
    for waiting in order:
        chat = decide(player, chat, is_approved=True, waiting=waiting)
    assert {call: one.tool for call, one in chat.state.runs.items()} == dict.fromkeys(order, "pay_out")


def test_a_call_put_right_and_declined_does_not_count_for_a_rate_limit(play: Play) -> None:
    player = play(call(), ANSWER, call().replace("pay_back", "pay_out"))
    offer_strict(player, policy=Policy(approval="always"), execution=Execution(rate_calls=1, rate_period_s=60))
    chat = correct_into(player, player.say(player.begin(mode="human"), "Pay it back"), "pay_out")
    chat = hand(player, decide(player, chat, is_approved=False))
    chat = decide(player, player.say(chat, "Pay it out then"), is_approved=True)
    assert chat.state.rulings == {}
    assert [one.tool for one in chat.state.runs.values()] == ["pay_out"]


def test_an_answer_in_words_takes_the_runs_of_the_turn_it_replaces_back(play: Play) -> None:
    player = play(call())
    offer(player)
    chat = player.say(player.begin(mode="human"), "Pay it back")
    chat = playground_acts.write_answer(player.ws, player.actor, chat, "I cannot.", nonce=player.nonce())
    assert chat.state.runs == {}


def test_what_changed_until_an_answer_is_chosen_is_told_when_it_is(play: Play) -> None:
    player = play(call(), call())
    offer(player, policy=Policy(approval="always"))
    chat = player.say(player.begin(decodings=("free", "schema")), "Pay it back")
    assert all("waits" in [step.kind for step in one.steps] for one in _lines(player))
    offer(player, policy=Policy())
    chat = playground_acts.choose_answer(player.ws, player.actor, chat, chat.state.choices[0], nonce=player.nonce())
    assert chat.waits_for_result
    assert [one.kind for one in _lines(player)[1].steps] == ["answer", "waits", "ran"]


def _lines(player: Player) -> tuple[playground_log.LogLine, ...]:
    return playground_log.read_log(player.ws, player.project_id).lines


def test_taking_a_message_back_takes_its_runs_back(play: Play) -> None:
    player = play(call(), ANSWER)
    offer(player)
    chat = hand(player, player.say(player.begin(), "Pay it back"))
    assert len(chat.state.runs) == 1
    chat, _ = playground_chats.take_back(player.ws, player.actor, chat, nonce=player.nonce())
    assert chat.state.runs == {}
