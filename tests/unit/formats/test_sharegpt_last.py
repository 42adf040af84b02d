"""ShareGPT with one row a decision: a mistake is shown, its correction learnt."""

from __future__ import annotations

import json

import yaml

from curation.formats import get_format
from curation.formats.self_test import check_export, gather
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments, Exact
from curation.rules import categories
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools
from tests.unit.formats.llamafactory import Loaded, load_row

LAST = get_format("sharegpt_last")
PLAIN = get_format("sharegpt")


def call(n: int, text: str, weight: str | None = None) -> Message:
    made = (Call("f", Arguments(text), f"call_{n}", "function"),)
    return Message("assistant", None, made, weight=UNSET if weight is None else Exact(weight))


RECOVERY = Example(
    messages=(
        Message("user", "Hello"),
        call(1, '{"a":"wrong"}', "0"),
        Message("tool", '{"error":"wrong"}', tool_call_id="call_1"),
        call(2, '{"a":1.10}'),
        Message("tool", "{}", tool_call_id="call_2"),
        Message("assistant", "Done."),
    )
)


def rows(example: Example) -> tuple[bytes, ...]:
    assert LAST.write is not None
    written = LAST.write(example)
    assert written.refused is None
    return written.rows


def load(line: bytes) -> Loaded:
    assert LAST.companions is not None
    (entry,) = json.loads(LAST.companions({"train": "rows.jsonl"})["dataset_info.json"]).values()
    return load_row(line, entry)


def test_a_mistake_is_never_the_last_turn_of_a_row():
    last = [load(line).turns[-1] for line in rows(RECOVERY)]
    assert [(turn.role, turn.text, turn.calls) for turn in last] == [
        ("function_call", "", (("f", {"a": "1.10"}),)),
        ("gpt", "Done.", ()),
    ]
    assert check_export(LAST, RECOVERY) == ()


def test_each_row_teaches_its_last_turn_and_together_they_are_the_example():
    readings = [reading for line in rows(RECOVERY) if isinstance(reading := LAST.read(line), Reading)]
    assert [[turn.weight for turn in one.example.messages if turn.role == "assistant"] for one in readings] == [
        [Exact("0"), UNSET],
        [Exact("0"), Exact("0"), UNSET],
    ]
    assert [turn.weight for turn in gather(readings).messages] == [UNSET, Exact("0"), UNSET, UNSET, UNSET, UNSET]


def test_the_plain_form_names_this_one_where_it_cannot_hold_a_mistake():
    assert PLAIN.write is not None
    assert "`sharegpt_last`" in (PLAIN.write(RECOVERY).refused or "")


def test_configuration_masks_the_history():
    assert LAST.companions is not None
    made = LAST.companions({"train": "dataset-1.train.jsonl", "test": "dataset-1.test.jsonl"})
    config = yaml.safe_load(made["llamafactory.yaml"])
    assert config["mask_history"] is True
    assert config["dataset"] in json.loads(made["dataset_info.json"])


def test_every_drafted_recovery_is_held_whole():
    drafted = get_synthesizer("schema_driven").draft(Order(demo_tools(), 60, seed=3))
    recoveries = [one.example for one in drafted if "recovery" in categories(one.example)]
    assert recoveries
    for example in recoveries:
        shown = tuple(
            Message(one.role, one.content, one.calls, one.tool_call_id, weight=Exact("0")) if i == first else one
            for first in [next(i for i, one in enumerate(example.messages) if one.calls)]
            for i, one in enumerate(example.messages)
        )
        learnt = sum(one.role == "assistant" for one in shown) - 1
        lines = rows(Example(messages=shown, tools=example.tools))
        assert len(lines) == learnt
        assert len(load(lines[-1]).turns) == len([one for one in shown if one.role != "system"])
