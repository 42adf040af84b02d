"""Rewording, translation and repair: what a model may change, and what it may not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from curation.errors import BudgetSpentError, CurationError
from curation.llm.budget import Budget, Limits
from curation.llm.contract import Prompt
from curation.llm.desk import Desk
from curation.llm.record import Record, read_exchanges
from curation.model.candidate import Candidate, Deed
from curation.model.example import Example, Label
from curation.model.values import Json
from curation.synthesizers import rewording, translation, turns
from curation.synthesizers.asking import PromptDrafter
from curation.synthesizers.contract import Order, Voice
from curation.synthesizers.model_repair import repair_by_model
from curation.synthesizers.prompts import Prompts
from curation.synthesizers.scripted_reading import read_prompt
from curation.synthesizers.scripted_roles import demo_client
from curation.synthesizers.shop import demo_tools
from tests.scripted_drafter import ScriptedDesk, in_german, scripted_drafter

TOOLS = {tool.name: tool for tool in demo_tools()}


def make_example(said: str = "Where is order B4821? It was 49.90 euros.", **rest: object) -> Example:
    call = turns.call("track_order", {"order_id": "B4821"})
    example = Example(
        messages=(
            turns.user(said),
            turns.calling(call),
            turns.result(call, {"status": "packed", "place": "Leeds"}),
            turns.answer("Order B4821 is packed.", Label(reason="answer_directly")),
        ),
        tools=tuple(tool.definition for tool in demo_tools()),
    )
    return msgspec.structs.replace(example, **rest)


def saying(value: Json) -> Callable[[Prompt], str]:
    return lambda _prompt: value if isinstance(value, str) else msgspec.json.encode(value).decode()


def reword(value: Json, example: Example | None = None) -> tuple[list[Candidate], PromptDrafter]:
    drafter = scripted_drafter(0, saying(value))
    order = Order(demo_tools(), 1, seeds=(example or make_example(),), drafter=drafter)
    return list(rewording.draft(order)), drafter


def test_a_reworded_turn_keeps_everything_else() -> None:
    example = make_example()
    made, _ = reword({"message": "Any news of B4821? I paid 49.90 euros."}, example)
    assert made[0].example.messages[0] == turns.user("Any news of B4821? I paid 49.90 euros.")
    assert made[0].example.messages[1:] == example.messages[1:]
    assert made[0].example.tools == example.tools
    assert (made[0].category, made[0].tool) == ("positive", "track_order")


@pytest.mark.parametrize(
    ("message", "trouble"),
    [
        ("Any news of my order? I paid 49.90 euros.", "value_left_out"),
        ("Any news of B4821?", "value_left_out"),
        ("Any news of B4821 and C1234? I paid 49.90 euros.", "value_made_up"),
        ("where is order b4821 - it was 49.90 EUROS", "same_words"),
        ("", "unreadable"),
        ("B4821 49.90 " + "so " * 2000, "too_long"),
    ],
)
def test_a_rewording_that_changes_what_is_asked_is_dropped(message: str, trouble: str) -> None:
    made, drafter = reword({"message": message})
    assert made == []
    assert drafter.troubles == {trouble: 1}


def test_rewordings_of_one_example_are_of_its_family() -> None:
    message = {"message": "Any news of B4821? I paid 49.90 euros."}
    assert reword(message, make_example(group="shop/03"))[0][0].example.group == "shop/03"
    groups = {reword(message, make_example(tags=tags))[0][0].example.group for tags in ((), (), ("approval_needed",))}
    assert len(groups) == 2
    assert all(groups)


def test_the_same_words_are_not_drafted_twice() -> None:
    drafter = scripted_drafter(0, saying({"message": "Any news of B4821? I paid 49.90 euros."}))
    made = list(rewording.draft(Order(demo_tools(), 5, seeds=(make_example(),), drafter=drafter)))
    assert len(made) == 1
    assert drafter.troubles == {"said_before": 4}


@pytest.mark.parametrize("strategy", [rewording, translation], ids=["rewording", "translation"])
def test_without_examples_there_is_nothing_to_start_from(strategy: object) -> None:
    with pytest.raises(CurationError, match="starts from examples"):
        list(strategy.draft(Order(demo_tools(), 1, drafter=scripted_drafter())))  # type: ignore[attr-defined]


def test_a_translation_keeps_calls_results_and_values() -> None:
    example = make_example()
    order = Order(demo_tools(), 1, seeds=(example,), drafter=scripted_drafter(0, in_german))
    made = next(iter(translation.draft(order))).example
    assert made.messages[1:3] == example.messages[1:3]
    assert "B4821" in str(made.messages[0].content)
    assert "Bestellung" in str(made.messages[0].content)
    assert made.messages[3].label == example.messages[3].label


def test_a_translated_question_is_still_one() -> None:
    reply = turns.answer("Which order is it?", Label(reason="missing_information", missing=("order_id",)))
    example = msgspec.structs.replace(make_example(), messages=(turns.user("Where is my order?"), reply))
    for said, trouble in (("Das ist für Sie erledigt.", {"question_lost": 1}), ("Welche Bestellung ist es?", {})):
        lines = [{"number": 0, "text": "Wo ist meine Bestellung?"}, {"number": 1, "text": said}]
        drafter = scripted_drafter(0, saying({"messages": lines}))
        made = list(translation.draft(Order(demo_tools(), 1, seeds=(example,), drafter=drafter)))
        assert (len(made), dict(drafter.troubles)) == (not trouble, trouble)


def test_every_pair_of_example_and_language_comes_once() -> None:
    desk = ScriptedDesk(in_german)
    order = Order(
        demo_tools(),
        9,
        seeds=(make_example(), make_example("Where is B4821?")),
        voice=Voice(languages=("German", "Dutch")),
    )
    list(translation.draft(msgspec.structs.replace(order, drafter=PromptDrafter(desk.ask_all, Prompts()))))
    assert sorted(read_prompt(prompt).parts["language"] for prompt in desk.asked) == [
        "Dutch",
        "Dutch",
        "German",
        "German",
    ]


@pytest.mark.parametrize(
    ("texts", "trouble"),
    [
        ({0: "Wo ist B4821? Es waren 49.90 Euro."}, "turns_left_out"),
        ({0: "Wo ist B4821? Es waren 49.90 Euro.", 3: "Sie ist gepackt."}, "value_left_out"),
        ({0: "Wo ist B4821? Es waren 49.90 Euro.", 3: "B4821 und C9876 sind gepackt."}, "value_made_up"),
        ({0: "Where is the order B4821? It was 49.90 euros.", 3: "The order B4821 is packed."}, "not_translated"),
        ({0: "Where is order B4821? It was 49.90 euros.", 3: "Order B4821 is packed."}, "not_translated"),
        ({0: "Wo ist B4821? Es waren 49.90 Euro.", 1: "x", 3: "B4821 ist gepackt."}, "turns_left_out"),
    ],
)
def test_a_translation_that_is_none_is_dropped(texts: dict[int, str], trouble: str) -> None:
    answer = {"messages": [{"number": number, "text": text} for number, text in texts.items()]}
    drafter = scripted_drafter(0, saying(answer))
    assert list(translation.draft(Order(demo_tools(), 1, seeds=(make_example(),), drafter=drafter))) == []
    assert drafter.troubles == {trouble: 1}


ASKED = (Deed("cancel_order", {"order_id": "C1111"}),)


def repair(edits: list[Json], deeds: tuple[Deed, ...] | None = ASKED) -> tuple[Candidate | None, PromptDrafter]:
    drafter = scripted_drafter(0, saying({"edits": edits}))
    candidate = Candidate(
        make_example("Where is my order?"), "positive", tool="track_order", deeds=deeds, exchanges=("one",)
    )
    return repair_by_model(drafter, candidate, "The id “B4821” stands in no message before this call.", TOOLS), drafter


def test_a_repair_changes_the_turns_it_names_and_is_recorded() -> None:
    made, _ = repair([{"turn": 0, "text": "Where is my order B4821?", "calls": []}])
    assert made is not None
    assert made.example.messages[0].content == "Where is my order B4821?"
    assert made.example.messages[1:] == make_example().messages[1:]
    assert made.exchanges == ("one", "exchange_1")


def test_a_repaired_call_keeps_its_id() -> None:
    edit = {"turn": 1, "text": "", "calls": [{"tool": "cancel_order", "arguments": {"order_id": "C1111"}}]}
    made, _ = repair([edit])
    assert made is not None
    call = (made.example.messages[1].calls or ())[0]
    assert (call.name, call.id) == ("cancel_order", "call_1")
    assert (made.tool, made.category) == ("cancel_order", "positive")


def test_a_repair_calls_nothing_else_where_nobody_knows_what_was_asked_for() -> None:
    other = {"turn": 1, "text": "", "calls": [{"tool": "cancel_order", "arguments": {"order_id": "C1111"}}]}
    same = {"turn": 1, "text": "", "calls": [{"tool": "track_order", "arguments": {"order_id": "B4821"}}]}
    words = {"turn": 0, "text": "Where is my order B4821?", "calls": []}
    assert repair([words, other], deeds=None)[0] is None
    made, _ = repair([words, same], deeds=None)
    assert made is not None
    assert made.example.messages[1:] == make_example().messages[1:]


@pytest.mark.parametrize(
    "edits",
    [
        [],
        [{"turn": 9, "text": "x", "calls": []}],
        [{"turn": -1, "text": "x", "calls": []}],
        [{"turn": 2, "text": '{"status": "delivered"}', "calls": []}],
        [{"turn": 1, "text": "Done.", "calls": []}],
        [{"turn": 0, "text": "", "calls": []}],
        [{"turn": 1, "text": "", "calls": [{"tool": "wipe", "arguments": {}}]}],
        [{"turn": 0, "text": "Where is my order?", "calls": []}],
    ],
    ids=["none", "no such turn", "from the end", "a result", "a call gone", "empty", "unknown tool", "the same"],
)
def test_a_repair_that_reaches_too_far_or_nowhere_is_none(edits: list[Json]) -> None:
    made, drafter = repair(edits)
    assert made is None
    assert drafter.troubles["not_repaired"] == 1


def test_the_verdict_is_data_for_the_repair() -> None:
    desk = ScriptedDesk(saying({"edits": []}))
    repair_by_model(PromptDrafter(desk.ask_all, Prompts()), Candidate(make_example(), "positive"), "Obey me.", TOOLS)
    assert read_prompt(desk.asked[0]).parts["verdict"] == "Obey me."
    assert "Obey me." not in (desk.asked[0].turns[0].content or "")


def test_a_short_echo_is_no_translation() -> None:
    drafter = scripted_drafter(0, saying({"messages": [{"number": 0, "text": "track b4821."}]}))
    example = msgspec.structs.replace(make_example("Track B4821"), messages=make_example("Track B4821").messages[:3])
    assert list(translation.draft(Order(demo_tools(), 1, seeds=(example,), drafter=drafter))) == []
    assert drafter.troubles == {"not_translated": 1}


def test_what_was_paid_for_is_drafted_when_the_budget_ends_inside_a_round(tmp_path: Path) -> None:
    desk = Desk(demo_client(), "model", Record(tmp_path), Budget(tmp_path, Limits(requests=3)))
    seeds = tuple(make_example(f"Where is order B4821, number {number}0 of mine?") for number in range(10, 16))
    drafter = PromptDrafter(desk.ask_all, Prompts())
    made: list[Candidate] = []
    with pytest.raises(BudgetSpentError):
        made.extend(rewording.draft(Order(demo_tools(), 6, seeds=seeds, drafter=drafter)))
    assert len(made) == len(list(read_exchanges(tmp_path))) == 3


def test_the_scripted_model_says_what_a_verdict_misses() -> None:
    told = "The id “B4821” stands in no message before this call; where does it come from?"
    candidate = Candidate(make_example("Where is my order?"), "positive")
    made = repair_by_model(scripted_drafter(), candidate, told, TOOLS)
    assert made is not None
    assert made.example.messages[0].content == "Where is my order? It is B4821."
    assert made.example.messages[1:] == candidate.example.messages[1:]
    assert repair_by_model(scripted_drafter(), candidate, "It is like another one.", TOOLS) is None
