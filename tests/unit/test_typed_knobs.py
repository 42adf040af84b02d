"""Knobs as people type them: whatever it is, one sentence that names the knob and what it takes."""

from __future__ import annotations

import pytest

from curation.errors import UnreadableError
from curation.finetune.knobs import PARAMETERS, parse_parameters

NONSENSE: tuple[object, ...] = (
    "abc",
    "",
    "nan",
    "-1e400",
    "9" * 5000,
    "\u202e<b>x</b>",
    "x" * 100_000,
    float("nan"),
    float("-inf"),
    -(10**5000),
    None,
    [1],
    {"a": 1},
)


@pytest.mark.parametrize("knob", PARAMETERS, ids=lambda knob: knob.name)
def test_nonsense_in_a_knob_is_one_short_sentence_that_names_it(knob):
    for value in NONSENSE:
        with pytest.raises(UnreadableError) as refused:
            parse_parameters({knob.name: value})
        said = f"{refused.value.message} {refused.value.hint}"
        assert said.startswith(knob.title)
        assert len(said) < 300
        assert said.isprintable()
        assert "$" not in said


def test_a_number_outside_its_limits_is_told_them():
    with pytest.raises(UnreadableError, match=r"Steps at most is 2000000; it must lie between 0 and 1,000,000\."):
        parse_parameters({"max_steps": 2_000_000})


def test_a_word_for_a_number_is_told_what_the_knob_takes():
    with pytest.raises(UnreadableError) as refused:
        parse_parameters({"rank": "many"})
    assert refused.value.message == "LoRA rank is `many`."
    assert refused.value.hint == "It takes a whole number between 1 and 512."
