from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from curation.errors import BudgetSpentError, CurationError
from curation.hosts.troubles import HostTroubleError
from curation.llm.budget import Budget, Limits
from curation.llm.contract import Progress, Prompt, Reply
from curation.llm.desk import Desk, Habits
from curation.llm.record import Record, read_exchanges
from curation.llm.scripted import ScriptedClient
from curation.model.candidate import Candidate
from curation.model.definition import Definition, Tool
from curation.model.values import Json
from curation.rules.folding import fold
from curation.synthesizers.asking import PromptDrafter
from curation.synthesizers.contract import Cell, Order, Voice
from curation.synthesizers.conversations import SYNTHESIZER, draft
from curation.synthesizers.prompts import Prompts
from curation.synthesizers.scripted_reading import Asked, read_prompt
from curation.synthesizers.scripted_roles import answer_prompt, demo_client
from curation.synthesizers.shop import demo_tools
from curation.synthesizers.telling import arguments_of
from tests.scripted_drafter import Outcome, ScriptedDesk, scripted_drafter

Answering = Callable[[Asked], Json]
PLAIN = Tool(
    Definition(
        '{"type": "function", "function": {"name": "book_room", "description": "Book a room.", "parameters": '
        '{"type": "object", "properties": {"guest": {"type": "string"}, "nights": {"type": "integer", "minimum": 20, '
        '"maximum": 90}}, "required": ["guest", "nights"], "additionalProperties": false}}}'
    ),
    side_effect="write",
)


def order(count: int = 8, **rest: object) -> Order:
    return msgspec.structs.replace(Order(demo_tools(), count, seed=3, drafter=scripted_drafter(3)), **rest)


def replacing(task: str, value: Json, *, first_only: bool = False) -> Callable[[Prompt], str]:
    """The script, with another answer to one task."""
    left = [1] if first_only else [10_000]

    def answer(prompt: Prompt) -> str:
        if read_prompt(prompt).task == task and left[0]:
            left[0] -= 1
            return value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return answer_prompt(0, prompt)

    return answer


def collect(drafted: Iterable[Candidate], into: list[Candidate]) -> None:
    for one in drafted:
        into.append(one)


class FlakyClient:
    """The scripted model behind a host that is away for some of the requests."""

    def __init__(self, *away: int) -> None:
        self._away = away
        self._model = demo_client()
        self.n_requests = 0

    def answer(
        self, prompts: Sequence[Prompt], max_new_tokens: int = 0, batch_size: int = 1, progress: Progress | None = None
    ) -> list[Reply]:
        self.n_requests += 1
        if self.n_requests in self._away:
            raise HostTroubleError("The host is away.", status=503)
        return self._model.answer(prompts, max_new_tokens, batch_size, progress)


def ask_flaky(client: FlakyClient, folder: Path, most: int = 20) -> list[Candidate]:
    """The first candidates of an order that goes on from what its folder holds."""
    desk = Desk(client, "model", Record(folder), Budget(folder), habits=Habits(tries=1), pause=lambda _s: None)
    drafter = PromptDrafter(desk.ask_all, Prompts(), seed=3)
    return list(islice(draft(order(20, drafter=drafter)), most))


def calls_of(candidate: Candidate) -> list[tuple[object, Json]]:
    return [(call.name, arguments_of(call)) for turn in candidate.example.messages for call in turn.calls or ()]


def test_cells_are_drafted_exactly_as_ordered() -> None:
    cells = (
        Cell(2, "positive", tool="track_order"),
        Cell(1, "no_tool", "missing_information", "request_refund"),
        Cell(2, "recovery", "retry_after_wait"),
        Cell(1, "hard_case", "approval_needed"),
    )
    made = Counter((one.category, one.kind) for one in draft(order(6, cells=cells)))
    assert made == {
        ("positive", ""): 2,
        ("no_tool", "missing_information"): 1,
        ("recovery", "retry_after_wait"): 2,
        ("hard_case", "approval_needed"): 1,
    }


def test_what_is_called_was_asked_for_and_said_word_for_word() -> None:
    for one in draft(order(12, cells=(Cell(12, "positive"),))):
        assert one.deeds is not None
        assert [(deed.tool, deed.arguments) for deed in one.deeds] == calls_of(one)
        said = fold(" ".join(str(turn.content) for turn in one.example.messages if turn.role == "user"))
        assert all(fold(value) in said for _, arguments in calls_of(one) for value in [arguments.get("order_id", "")])


def test_a_strategy_without_a_model_says_what_it_needs() -> None:
    with pytest.raises(CurationError, match="needs a language model"):
        list(draft(Order(demo_tools(), 1)))


def test_the_voice_of_the_order_is_what_the_person_is_told() -> None:
    desk = ScriptedDesk()
    voice = Voice(("a sailor",), ("gruff",), ("three words",), ("Dutch",))
    drafter = PromptDrafter(desk.ask_all, Prompts())
    list(draft(order(2, drafter=drafter, voice=voice)))
    told = [asked.parts["voice"] for prompt in desk.asked if (asked := read_prompt(prompt)).task == "user_turn"]
    assert set(told) == {"Who: a sailor. Tone: gruff. Length: three words. Language: Dutch."}


def test_questions_come_in_small_rounds() -> None:
    desk = ScriptedDesk()
    list(draft(order(20, drafter=PromptDrafter(desk.ask_all, Prompts()), parameters={"side_by_side": 4})))
    assert max(desk.rounds) == 4


def test_the_first_call_of_a_recovery_is_read_and_not_learned() -> None:
    for kind in ("corrected_argument", "retry_after_wait", "read_before_retry", "give_up"):
        one = next(iter(draft(order(1, cells=(Cell(1, "recovery", kind),)))))
        calling = [turn for turn in one.example.messages if turn.calls]
        assert str(calling[0].weight) == "Exact(json='0')"
        after = next(turn for turn in one.example.messages if turn.label is not None and turn.label.recovery)
        assert after.label is not None
        assert after.label.recovery == kind


def test_a_tool_with_a_result_schema_asks_nobody_and_one_without_asks_the_model() -> None:
    desk = ScriptedDesk()
    drafter = PromptDrafter(desk.ask_all, Prompts())
    list(draft(order(6, drafter=drafter, cells=(Cell(6, "positive"),))))
    assert "tool_result" not in {read_prompt(prompt).task for prompt in desk.asked}
    made = list(draft(Order((PLAIN,), 4, seed=1, drafter=drafter, cells=(Cell(4, "positive"),))))
    assert "tool_result" in {read_prompt(prompt).task for prompt in desk.asked}
    assert any(turn.role == "tool" for one in made for turn in one.example.messages)


def test_scenario_records_become_situations() -> None:
    desk = ScriptedDesk()
    drafter = PromptDrafter(desk.ask_all, Prompts())
    list(draft(order(2, drafter=drafter, records=({"event": "parcel lost", "order": "K7101"},), cells=(Cell(2),))))
    first = read_prompt(desk.asked[0])
    assert '{"event":"parcel lost","order":"K7101"}' in first.parts["situation"]


DECIDED: dict[str, Json] = {"decision": "call", "message": "", "calls": [], "missing": [], "recovery": ""}


@pytest.mark.parametrize(
    ("task", "value", "trouble"),
    [
        ("user_turn", {"message": "Where is my order?"}, "value_left_out"),
        ("user_turn", "no JSON at all", "no_answer"),
        ("user_turn", {"message": "  "}, "unreadable"),
        ("assistant_turn", DECIDED, "contradicts_itself"),
        ("assistant_turn", DECIDED | {"decision": "answer_directly"}, "contradicts_itself"),
        (
            "assistant_turn",
            DECIDED | {"decision": "small_talk", "message": "Hi", "calls": [{"tool": "track_order", "arguments": {}}]},
            "contradicts_itself",
        ),
        ("assistant_turn", DECIDED | {"calls": [{"tool": "delete_all", "arguments": {}}]}, "no_answer"),
        ("assistant_turn", DECIDED | {"calls": [{"tool": "track_order", "arguments": "B4821"}]}, "no_answer"),
        ("assistant_turn", DECIDED | {"decision": "small_talk", "message": "Hello."}, "another_decision"),
        ("assistant_turn", DECIDED | {"decision": "call", "extra": 1}, "no_answer"),
    ],
)
def test_an_answer_that_cannot_be_used_is_counted_and_never_guessed(task: str, value: Json, trouble: str) -> None:
    drafter = scripted_drafter(3, replacing(task, value))
    cells = (Cell(3, "positive", tool="track_order"),)
    assert list(draft(order(3, drafter=drafter, cells=cells, seed=5))) == []
    assert drafter.troubles[trouble] >= 3


def test_a_value_that_nobody_knows_is_not_put_into_the_persons_mouth() -> None:
    def chatter(prompt: Prompt) -> str:
        answer = answer_prompt(0, prompt)
        return (
            answer.replace('"}', ' My card is 4539578763621486."}') if "user_turn" in str(prompt.turns[0]) else answer
        )

    drafter = scripted_drafter(3, chatter)
    assert list(draft(order(2, drafter=drafter, cells=(Cell(2, tool="track_order"),)))) == []
    assert drafter.troubles["value_made_up"] == 4


def test_arguments_that_break_their_schema_go_to_the_gates_as_they_are() -> None:
    call = DECIDED | {"calls": [{"tool": "track_order", "arguments": {"order_id": "none"}}]}
    drafter = scripted_drafter(3, replacing("assistant_turn", call))
    made = list(draft(order(1, drafter=drafter, cells=(Cell(1, tool="track_order"),), seed=5)))
    assert calls_of(made[0]) == [("track_order", {"order_id": "none"})]
    assert made[0].example.messages[-1].calls


def test_a_conversation_without_an_end_is_given_up() -> None:
    call = DECIDED | {"calls": [{"tool": "escalate", "arguments": {"team": "legal"}}]}
    drafter = scripted_drafter(3, replacing("assistant_turn", call))
    assert list(draft(order(1, drafter=drafter, cells=(Cell(1, tool="escalate"),)))) == []
    assert drafter.troubles["too_many_turns"] == 2


def test_one_bad_answer_costs_one_attempt_not_the_example() -> None:
    drafter = scripted_drafter(3, replacing("user_turn", "half an ans", first_only=True))
    assert len(list(draft(order(3, drafter=drafter, cells=(Cell(3),))))) == 3
    assert drafter.troubles["no_answer"] == 1


def test_a_spent_budget_ends_the_drafting_and_keeps_what_was_made() -> None:
    desk, asked = ScriptedDesk(), [0]

    def ask_all(prompts: Sequence[Prompt]) -> list[Outcome]:
        asked[0] += len(prompts)
        if asked[0] > 60:
            raise BudgetSpentError("60 requests are spent.")
        return desk.ask_all(prompts)

    made: list[Candidate] = []
    with pytest.raises(BudgetSpentError):
        collect(draft(order(40, drafter=PromptDrafter(ask_all, Prompts()))), made)
    whole = list(draft(order(40)))
    assert 5 < len(made) < len(whole)
    assert made == whole[: len(made)]


def test_a_run_taken_up_again_asks_nothing_twice_and_makes_the_same(tmp_path: Path) -> None:
    def run(limits: Limits | None = None) -> tuple[list[Candidate], ScriptedClient]:
        client = demo_client()
        desk = Desk(client, "scripted", Record(tmp_path), Budget(tmp_path, limits))
        made: list[Candidate] = []
        with suppress(BudgetSpentError):
            collect(draft(order(10, drafter=PromptDrafter(desk.ask_all, Prompts(), seed=3))), made)
        return made, client

    first, asked_first = run(Limits(requests=20))
    second, asked_second = run()
    third, asked_third = run()
    assert second[: len(first)] == first
    assert second == third
    assert len(asked_first.asked) == 20
    assert not asked_third.asked
    known = {exchange.id for exchange in read_exchanges(tmp_path)}
    assert len(known) == len(asked_first.asked) + len(asked_second.asked)
    assert {exchange for one in second for exchange in one.exchanges} <= known


def test_it_declares_what_it_needs() -> None:
    assert SYNTHESIZER.needs == {"model"}


def test_a_run_that_went_on_without_an_answer_is_taken_up_as_it_was(tmp_path: Path) -> None:
    first = ask_flaky(FlakyClient(3), tmp_path, 12)
    silent = [one.key for one in read_exchanges(tmp_path) if one.unanswered]
    client = FlakyClient()
    second = ask_flaky(client, tmp_path)
    assert second[:12] == first
    assert len({one.example.group for one in second}) == len(second)
    lines = list(read_exchanges(tmp_path))
    assert client.n_requests + 1 < len(lines)
    assert sum(one.key in silent for one in lines) == len(silent) == 1


def test_a_question_that_ended_the_run_is_asked_again(tmp_path: Path) -> None:
    with pytest.raises(HostTroubleError):
        ask_flaky(FlakyClient(*range(3, 40)), tmp_path)
    silent = {one.key for one in read_exchanges(tmp_path) if one.unanswered}
    made = ask_flaky(FlakyClient(), tmp_path)
    assert silent <= {one.key for one in read_exchanges(tmp_path) if not one.unanswered}
    assert len(made) == 20


def test_a_stranger_who_found_no_room_makes_no_conversation_about_strangers() -> None:
    closed = (
        '{"type": "object", "properties": {"seats": {"type": "integer"}}, "required": ["seats"], '
        '"additionalProperties": false}'
    )
    tools = tuple(msgspec.structs.replace(tool, result_schema=closed, samples=()) for tool in demo_tools())
    cells = (Cell(2, "hard_case", "untrusted_instructions", "track_order"),)
    wanted = order(2, tools=tools, cells=cells)
    assert list(draft(wanted)) == []
    assert wanted.drafter is not None
    assert wanted.drafter.troubles["another_shape"] == 4  # type: ignore[attr-defined]


def test_what_is_missing_is_a_parameter_of_a_tool_on_offer() -> None:
    decided = {**DECIDED, "decision": "missing_information", "message": "Which one?", "missing": ["order_id", "mood"]}
    drafter = scripted_drafter(3, replacing("assistant_turn", decided))
    cells = (Cell(1, "no_tool", "missing_information", "track_order"),)
    (made,) = draft(order(1, cells=cells, drafter=drafter))
    assert [turn.label.missing for turn in made.example.messages if turn.label] == [("order_id",)]


def test_orders_about_other_tools_share_no_family() -> None:
    cells = (Cell(3, "positive"),)
    families = [
        {one.example.group for one in draft(order(3, tools=tools, cells=cells))}
        for tools in (demo_tools()[:3], demo_tools()[3:], demo_tools()[:3])
    ]
    assert families[0].isdisjoint(families[1])
    assert families[0] == families[2]
