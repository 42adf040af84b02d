"""Hand-written rows of text, Mistral, prompt and preference formats: recognised, read without errors, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.formats import detect_format, get_format
from curation.formats.self_test import check_export
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.rules import check, judge

DATA = Path(__file__).parents[2] / "data/formats"
NAMES = ("chatml", "hermes", "mistral", "openai_preference", "sharegpt_ranking", "trl_preference", "trl_prompt")
SAMPLES = [(name, row) for name in NAMES for row in (DATA / name / "rows.jsonl").read_bytes().splitlines()]

each_sample = pytest.mark.parametrize(("name", "row"), SAMPLES, ids=[f"{name}" for name, _ in SAMPLES])


def read(name: str, row: bytes) -> Reading:
    reading = get_format(name).read(row)
    assert isinstance(reading, Reading)
    return reading


@each_sample
def test_row_is_known_and_holds_a_conversation(name: str, row: bytes) -> None:
    assert detect_format([row]).name == name
    example = read(name, row).example
    assert [turn.role for turn in example.messages][-1] == "assistant"
    judged = judge(check(Reading(example)))
    assert [one.finding.message for one in judged if one.severity is Severity.ERROR] == []


@each_sample
def test_row_goes_out_as_it_came_in(name: str, row: bytes) -> None:
    fmt, example = get_format(name), read(name, row).example
    assert fmt.write is not None
    written = fmt.write(example)
    assert written.refused is None
    assert [one for one in check_export(fmt, example, written) if one.code == "X10"] == []
    back = read(name, written.rows[-1]).example
    said = [[turn.content or "" for turn in one.messages] for one in (back, example)]
    assert said[0] == said[1]
