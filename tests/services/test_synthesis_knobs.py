"""Knobs of an order: a slip of the pen is refused by name, and never passed over."""

from __future__ import annotations

import pytest

from curation.errors import StateError
from curation.model.values import Json
from curation.services.synthesis_knobs import read_knobs, require_knobs
from curation.services.synthesis_sheets import Sheet, require_sound
from curation.synthesizers import SYNTHESIZERS, Synthesizer


@pytest.mark.parametrize("strategy", SYNTHESIZERS, ids=lambda one: one.name)
def test_every_knob_takes_its_own_default(strategy: Synthesizer) -> None:
    require_knobs(strategy, {one.name: one.default for one in strategy.parameters})


@pytest.mark.parametrize(
    ("name", "knobs", "said"),
    [
        ("near_misses", {"ofer": "all"}, "“Near-misses: requests that call for no tool” has no knob `ofer`. Its knobs"),
        ("near_misses", {"offer": "most"}, "is 'most'. It takes one of varied, all."),
        ("recoveries", {"say_so": "perhaps"}, "is 'perhaps'. It takes true or false."),
        ("conversations", {"most_turns": 10_000}, "It takes a whole number from"),
        ("near_misses", {"system": 5}, "It takes a text."),
    ],
)
def test_what_a_strategy_does_not_take_is_refused_by_name(name: str, knobs: dict[str, Json], said: str) -> None:
    with pytest.raises(StateError) as refused:
        require_sound(Sheet(strategy=name, count=5, parameters=knobs))
    assert said in str(refused.value)


def test_typed_values_are_read_as_the_knob_takes_them() -> None:
    assert read_knobs("recoveries", {"say_so": "false", "system": "5"}) == {"say_so": False, "system": "5"}
