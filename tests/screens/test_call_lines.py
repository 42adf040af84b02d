"""Arguments and results in few lines, without changing a digit of them."""

from __future__ import annotations

import pytest

from ui.call_lines import call_lines, result_summary


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{"city": "Oslo", "days": 1.10}', 'city: "Oslo"\ndays: 1.10'),
        ('{"n": 12345678901234567890}', "n: 12345678901234567890"),
        ('{"a": {"b": [1.0, true, null]}}', 'a: {"b": [1.0, true, null]}'),
        ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}'),
        ("{'a': 1}", "{'a': 1}"),
        ("[1]", "[1]"),
        ("{}", ""),
    ],
)
def test_arguments_are_one_line_a_key(text: str, lines: str) -> None:
    assert call_lines(text) == lines


def test_long_list_is_counted() -> None:
    assert call_lines(f'{{"events": {list(range(40))}}}') == "events: [ 40 items ]"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ('{"status": "delayed", "place": "Malmö", "days": 3}', "status delayed · place Malmö · days 3"),
        ('{"ok": true, "count": 8, "rows": []}', "ok true · count 8 · 1 more field"),
        ('{"rows": [], "next": null}', "2 fields"),
        ('{"price": 1.10}', "price 1.10"),
        ('{"status": "נשלח", "rows": []}', "status נשלח\u200e · 1 more field"),
        ("[1, 2]", "list of 2"),
        ("plain words", "plain words"),
        ("{}", "0 fields"),
    ],
)
def test_result_is_summed_up_in_one_line(text: str, summary: str) -> None:
    assert result_summary(text) == summary
