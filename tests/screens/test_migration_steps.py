"""The steps of a move as a person fills them in."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from curation.migrations import Step
from curation.services.impact import read_pairs, to_source


@pytest.mark.parametrize(
    ("typed", "kind", "source"),
    [
        ("SEK", "string", '"SEK"'),
        ("1", "string", '"1"'),
        ("1", "integer", "1"),
        ("NaN", "number", '"NaN"'),
        ("-Infinity", "", '"-Infinity"'),
        ("1.50", "number", "1.50"),
        ("", "number", ""),
    ],
)
def test_typed_value_becomes_json_and_nothing_else(typed: str, kind: str, source: str):
    assert to_source(typed, kind) == source


def test_value_that_chooses_is_read_in_the_type_of_its_argument() -> None:
    step = Step(
        "default", "pay", ("currency",), type="string", beside=("zone", "n"), beside_types=("string", "integer")
    )
    assert read_pairs("1 = SEK", step, "zone") == (('"1"', '"SEK"'),)
    assert read_pairs("1 = 2", step, "n") == (("1", '"2"'),)


def _many_steps() -> None:
    from curation.migrations import Step
    from ui.migration_steps import draw_steps

    draw_steps([Step("drop", "pay", (f"old_{n}",)) for n in range(30)])


def test_steps_beyond_the_drawn_ones_are_told() -> None:
    page = AppTest.from_function(_many_steps).run()
    assert len(page.checkbox) == 24
    assert page.expander[0].label == "6 more steps, done as said here"
    assert [one.value for one in page.expander[0].markdown][-1] == "pay: **old_29** is removed"
