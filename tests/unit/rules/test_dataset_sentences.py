"""Sentences about the whole count rows as people do."""

from __future__ import annotations

import json

import pytest

from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check_dataset


def make_tool(description: str) -> dict[str, object]:
    return {"type": "function", "function": {"name": "f", "description": description}}


def say(*tools_of_rows: list[dict[str, object]]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Code → sentence and rows, for rows that offer these tools."""
    turns = [{"role": "user", "content": "Go"}, {"role": "assistant", "content": "Gone"}]
    rows = [read_row(json.dumps({"messages": turns, "tools": tools}).encode()) for tools in tools_of_rows]
    examples = [(str(n), one.example) for n, one in enumerate(rows, 1) if isinstance(one, Reading)]
    return {one.finding.code: (one.finding.message, tuple(one.examples)) for one in check_dataset(examples)}


@pytest.mark.parametrize(("n", "words"), [(1, "There is 1 row;"), (2, "There are 2 rows;")])
def test_too_few_rows_are_counted(n: int, words: str) -> None:
    assert say(*[[make_tool("F.")]] * n)["D01"][0].startswith(words)


def test_definitions_that_differ_between_rows_name_the_rarest() -> None:
    sentence, rows = say([make_tool("F.")], [make_tool("F.")], [make_tool("Other.")])["T19"]
    assert sentence == "`f` has 2 different definitions; bring all rows to one, beginning with the rarest."
    assert rows == ("3",)


def test_definitions_that_differ_within_one_row() -> None:
    sentence, rows = say([make_tool("F."), make_tool("Other."), make_tool("Third.")])["T19"]
    assert sentence == "`f` has 3 different definitions in one row; keep one."
    assert rows == ("1",)
