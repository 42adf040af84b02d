"""BFCL rows: foreign types, acceptable values, and answers in a second file."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from curation.errors import UnreadableError
from curation.formats import detect_format, get_format
from curation.formats.containers.joined import Joined
from curation.formats.files import FileRow, Rows
from curation.metrics.annotations import find_annotation_fault
from curation.metrics.answers import read_answers
from curation.metrics.expected import expect
from curation.metrics.score import score_answers
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.reading import Reading
from curation.model.values import Arguments

FOLDER = Path(__file__).parents[2] / "data/formats/bfcl"
QUESTIONS = (FOLDER / "rows.jsonl").read_bytes()
ANSWERS = (FOLDER / "answers.jsonl").read_bytes()


def read(row: dict[str, Any]) -> Reading:
    reading = get_format("bfcl").read(json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def join(questions: bytes = QUESTIONS, answers: bytes = ANSWERS) -> list[FileRow]:
    rows = Rows(Joined(io.BytesIO(questions), io.BytesIO(answers), "q.jsonl", "a.jsonl"))  # type: ignore[arg-type]
    assert detect_format(rows.head.rows).name == "bfcl"
    return list(rows.read(get_format("bfcl")))


def make_row(truth: Any, required: list[str] | None = None) -> dict[str, Any]:
    function = {"name": "f", "parameters": {"type": "dict", "required": required or [], "properties": {}}}
    question = [[{"role": "user", "content": "q"}]]
    return {"id": "x", "question": question, "function": [function], "ground_truth": truth}


def arguments(reading: Reading) -> Any:
    calls = reading.example.messages[-1].calls
    assert calls is not None
    assert isinstance(calls[0].arguments, Arguments)
    return json.loads(calls[0].arguments.text)


def test_question_alone_is_a_conversation_without_an_answer() -> None:
    row = json.loads(QUESTIONS.splitlines()[0])
    reading = read(row)
    assert [message.role for message in reading.example.messages] == ["user"]
    assert reading.example.extra == {"id": f'"{row["id"]}"'}
    assert reading.example.acceptable is None
    assert isinstance(reading.example.tools, tuple)
    assert reading.example.tools[0].view.parameters["type"] == "object"
    assert [finding.code for finding in reading.findings] == ["T17"]


def test_answers_of_a_second_file_are_joined_by_id() -> None:
    rows = join()
    assert len(rows) == len(QUESTIONS.splitlines())
    examples = [row.result.example for row in rows if isinstance(row.result, Reading)]
    assert [len(example.acceptable or ()) for example in examples] == [1, 1, 1, 2, 2, 0]
    for example in examples[:-1]:
        assert example.messages[-1].calls is not None
        assert len(example.messages[-1].calls) == len(example.acceptable or ())


def test_accepted_answers_score() -> None:
    golds = [row.result.example for row in join() if isinstance(row.result, Reading)][:5]
    assert not any(find_annotation_fault(gold, expect(gold, is_router=False)) for gold in golds)
    said = b"".join(b'{"message":' + last_turn(gold) + b"}\n" for gold in golds)
    report = score_answers(golds, list(read_answers(io.BytesIO(said), "answers")))
    assert report.overall.n.call == 5
    assert not any(report.overall.failures.values())


def last_turn(gold: Example) -> bytes:
    return encode(Example(messages=gold.messages[-1:]))[len(b'{"messages":[') : -len(b"]}")]


@pytest.mark.parametrize(
    ("values", "required", "chosen"),
    [
        (["a", ""], [], {"x": "a"}),
        (["", "a"], [], {}),
        ([""], [], {}),
        ([""], ["x"], {"x": ""}),
        ([1.5, 2], [], {"x": 1.5}),
        ([{"size": ["large", "big"], "milk": ["", "oat"]}], [], {"x": {"size": "large", "milk": "oat"}}),
        ([[{"a": [1]}, {"a": [2, 3]}]], [], {"x": [{"a": 1}, {"a": 2}]}),
        ([{"plain": 1}], [], {"x": {"plain": 1}}),
        ([["a", "b"]], [], {"x": ["a", "b"]}),
    ],
)
def test_first_accepted_value_is_the_one_to_learn(values: list[Any], required: list[str], chosen: Any) -> None:
    assert arguments(read(make_row([{"f": {"x": values}}], required))) == chosen


def test_objects_are_spelt_out_into_every_value_they_accept() -> None:
    reading = read(make_row([{"f": {"x": [{"size": ["large", "big"], "milk": ["oat", ""]}]}}]))
    assert reading.example.acceptable == (
        {
            "f": {
                "x": [
                    {"size": "large", "milk": "oat"},
                    {"size": "large"},
                    {"size": "big", "milk": "oat"},
                    {"size": "big"},
                ]
            }
        },
    )


def test_too_many_values_are_cut_and_said() -> None:
    many = {f"k{i}": [1, 2, 3] for i in range(40)}
    reading = read(make_row([{"f": {"x": [many]}}]))
    assert reading.example.acceptable is not None
    assert len(reading.example.acceptable[0]["f"]["x"]) == 64
    assert "X12" in {finding.code for finding in reading.findings}


def test_turns_of_several_rounds_and_texts_are_read() -> None:
    row = make_row([]) | {"question": [[{"role": "user", "content": "a"}], [{"role": "user", "content": "b"}]]}
    assert [message.content for message in read(row).example.messages] == ["a", "b", None]
    assert read(make_row([]) | {"question": "hi"}).example.messages[0].content == "hi"


def test_truth_in_another_form_stays_as_it_is() -> None:
    reading = read(make_row([["cd(folder='x')"]]))
    assert reading.example.extra["ground_truth"] == "[[\"cd(folder='x')\"]]"
    assert len(reading.example.messages) == 1


def test_place_of_an_argument_is_its_list_of_values() -> None:
    place = read(make_row([{"f": {"x": [1]}}])).places.outer("/messages/1/tool_calls/0/function/arguments/x")
    assert place.at == "/ground_truth/0/f/x"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (b'{"id":"none","ground_truth":[]}\n', "has no answer for any row"),
        (b'{"id":"a"}\n{"id":"a"}\n', "second time"),
        (b"[]\n", "Line 1 of a.jsonl holds no answer"),
    ],
)
def test_second_file_that_does_not_belong_is_one_sentence(answers: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        join(answers=answers)
