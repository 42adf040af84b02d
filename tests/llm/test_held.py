from __future__ import annotations

from pathlib import Path

import pytest

from curation.finetune.tiny import tiny_model
from curation.llm.contract import Prompt
from curation.llm.desk import Habits
from curation.llm.dialect import ASKED_IN_WORDS
from curation.llm.held import Held, hold
from curation.llm.local import LocalModel
from curation.llm.scripted import ScriptedClient
from tests.llm.asking import SCHEMA, ask, open_desk

pytestmark = [pytest.mark.training, pytest.mark.xdist_group("torch")]


def test_a_prompt_without_a_schema_is_left_as_it_is() -> None:
    prompt = ask(1, schema="")
    assert hold(prompt) is prompt


def test_the_schema_is_said_and_the_record_keeps_what_was_asked(tmp_path: Path) -> None:
    client = ScriptedClient(lambda _position, _prompt: '{"number": 3}')
    (outcome,) = open_desk(Held(client), tmp_path).ask_all([ask(3)])
    assert outcome.value == {"number": 3}
    (sent,) = client.asked
    assert sent.grammar.startswith("start: %json ")
    assert (sent.turns[0].content or "").endswith(f"{ASKED_IN_WORDS}{SCHEMA}")
    again = ScriptedClient(lambda _position, _prompt: "")
    assert open_desk(again, tmp_path).ask_all([ask(3)]) == [outcome]
    assert again.asked == []


def test_even_a_model_that_knows_nothing_answers_with_one_value_that_fits(tmp_path: Path) -> None:
    schema = (
        '{"type": "object", "properties": {"fits": {"type": "boolean"}, "why": {"enum": ["yes", "no"]}},'
        ' "required": ["fits", "why"], "additionalProperties": false}'
    )
    model = LocalModel.load(tiny_model(tmp_path / "model", seed=1), threads=1)
    prompts: list[Prompt] = [ask(number, schema) for number in range(4)]
    desk = open_desk(Held(model), tmp_path, habits=Habits(batch=4, longest_answer=48))
    outcomes = desk.ask_all(prompts)
    assert [outcome.trouble for outcome in outcomes] == [""] * 4
    assert all(isinstance(outcome.value, dict) and set(outcome.value) == {"fits", "why"} for outcome in outcomes)
