"""Which format a file has is told from its first rows."""

from __future__ import annotations

import json

import pytest

from curation.formats import FORMATS, detect_format

PLAIN = {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good morning."}]}
LABELLED = {**PLAIN, "group": "greetings"}
TRL = {**PLAIN, "tools": "[]"}


def detect(*rows: object) -> str:
    return detect_format([json.dumps(row).encode() for row in rows]).name


@pytest.mark.parametrize(
    ("rows", "name", "why"),
    [
        ([PLAIN, PLAIN], "openai", "nothing but conversations"),
        ([PLAIN, PLAIN, LABELLED], "callwright", "one marked row among unmarked ones is enough"),
        ([LABELLED, TRL, TRL], "trl", "rows of a third kind speak against the mark"),
        ([], "openai", "the most general one when there is nothing to tell from"),
        (["nonsense", 7], "openai", "the most general one when no row is recognised"),
    ],
)
def test_format_is_told_from_the_first_rows(rows: list[object], name: str, why: str) -> None:
    assert detect(*rows) == name, why


def test_only_one_format_is_what_is_stored() -> None:
    assert [fmt.name for fmt in FORMATS if fmt.is_stored_form] == ["callwright"]


def test_what_unmarked_rows_look_like_is_a_format() -> None:
    names = {fmt.name for fmt in FORMATS}
    assert all(fmt.unmarked_as in names for fmt in FORMATS if fmt.unmarked_as)
