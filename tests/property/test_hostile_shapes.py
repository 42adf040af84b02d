"""Rows of a megabyte, each built to make some rule look too often: a second of CPU time is enough for every one."""

from __future__ import annotations

import json
import time

import pytest

from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check_all
from tests.property.hostile import calls, texts, values
from tests.property.hostile.building import SHAPES

pytestmark = pytest.mark.alone
MOST_S = 1.0
QUICK = (
    "required_many",
    "curly_many",
    "names",
    "claims_many",
    "orphans_of_calls",
    "web_tokens_begun",
    "secrets_begun",
    "long_numbers",
    "long_commands",
)


def test_every_kind_of_shape_is_entered() -> None:
    assert {SHAPES[name].__module__ for name in SHAPES} == {one.__name__ for one in (calls, texts, values)}


def _spend(name: str) -> float:
    messages, tools = SHAPES[name]()
    reading = read_row(json.dumps({"messages": messages, "tools": tools}, ensure_ascii=False).encode())
    if not isinstance(reading, Reading):
        return 0.0
    start = time.process_time()
    check_all(reading)
    return time.process_time() - start


@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_row_takes_a_second_at_most(name: str) -> None:
    assert min(_spend(name) for _ in range(2)) <= MOST_S


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(SHAPES))
def test_no_hostile_row_takes_more_than_a_second(name: str) -> None:
    assert min(_spend(name) for _ in range(3)) <= MOST_S
