"""Repairs that would harm are not offered, and what is found is the same in every process."""

from __future__ import annotations

import json

import pytest

from curation.model.finding import Fix
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check_all
from tests.unit.rules.rule_cases import read_cases


def find_fixes(slug: str, name: str) -> dict[str, Fix | None]:
    """The repairs a case's findings offer, by their places."""
    case = next(case for case in read_cases(slug).fails if case.name == name)
    return {finding.at: finding.fix for finding in case.findings() if finding.rule == slug}


def test_a_new_order_is_not_written_where_a_key_comes_twice() -> None:
    assert list(find_fixes("argument-order", "a key twice").values()) == [None]


def test_leave_it_out_is_offered_only_where_nothing_requires_the_value() -> None:
    fixes = find_fixes("argument-null", "nested and required")
    labels = {at.rpartition("/")[2]: fix.title if fix else None for at, fix in fixes.items()}
    assert labels == {"email": None, "name": "Leave it out"}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("<|vision_start|><|image_pad|><|vision_end|>", "<|vision_start|>"),
        ("<|vision_end|><|vision_start|>", "<|vision_end|>"),
        ("<|image_pad|><|vision_start|>", "<|image_pad|>"),
    ],
)
def test_the_first_control_token_of_a_text_is_named_in_every_process(text: str, first: str) -> None:
    reading = read_row(json.dumps({"messages": [{"role": "user", "content": text}]}).encode())
    assert isinstance(reading, Reading)
    assert [found.values["token"] for found in check_all(reading) if found.rule == "control-token"] == [first]
