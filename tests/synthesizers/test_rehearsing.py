from __future__ import annotations

from curation.synthesizers import SYNTHESIZERS, Order, get_synthesizer
from curation.synthesizers.contract import Cell
from curation.synthesizers.prompts import Prompts, show_prompt
from curation.synthesizers.rehearsing import rehearse
from curation.synthesizers.shop import demo_tools

SEEDS = tuple(one.example for one in SYNTHESIZERS[0].draft(Order(demo_tools(), 6, seed=4)))


def test_the_prompts_of_an_order_are_shown_filled_and_counted() -> None:
    cells = (Cell(50, "positive", tool="track_order"),)
    told = rehearse(get_synthesizer("conversations"), Order(demo_tools(), 50, seed=2, cells=cells), Prompts())
    assert [(one.name, one.is_sample) for one in told.shown] == [
        ("user_turn", False),
        ("assistant_turn", False),
        ("tool_result", True),
        ("repair", True),
    ]
    assert "Say where an order is." in show_prompt(told.shown[0].prompt)
    assert 3 <= told.requests_each <= 6
    assert told.tokens_each > 500


def test_a_project_sees_its_own_words() -> None:
    prompts = Prompts({"reword": "Say {message} anew: {conversation} {calls} {keep} {voice}"})
    told = rehearse(get_synthesizer("rewording"), Order(demo_tools(), 5, seeds=SEEDS), prompts, judges=True)
    assert [one.name for one in told.shown] == ["reword", "repair", "judge"]
    assert told.shown[0].edition.startswith("own+")
    assert "Say [message] anew" in show_prompt(told.shown[0].prompt)
    assert told.requests_each == 1


def test_without_examples_or_a_model_there_is_nothing_to_count() -> None:
    assert rehearse(get_synthesizer("rewording"), Order(demo_tools(), 5), Prompts()).requests_each == 0
    assert rehearse(get_synthesizer("schema_driven"), Order(demo_tools(), 5), Prompts()).shown == ()
