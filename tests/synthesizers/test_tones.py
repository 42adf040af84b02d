"""The order's voice is heard in every strategy that writes requests without a model, and tells none from another."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

import msgspec
import pytest

from curation.model.candidate import Candidate
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.contract import Voice
from curation.synthesizers.shop import demo_tools
from curation.synthesizers.voice import Manner, draw_manner, speak, speakers
from tests.synthesis_orders import openings_of, records_of
from tests.synthesizers.drafting import calls_of, catalogue, said_by

SHOP = demo_tools()
STRATEGIES = ("schema_driven", "near_misses", "contrast_pairs", "recoveries", "hard_cases", "scenarios")
WORRIED = Voice(tones=("worried",), personas=("traveller",), lengths=("long",))


def drafted(strategy: str, voice: Voice, count: int = 40) -> list[Candidate]:
    parameters = {"variety": "full"} if strategy == "schema_driven" else {}
    order = Order(SHOP, count, seed=5, voice=voice, parameters=parameters, records=records_of(SHOP))  # type: ignore[arg-type]
    return list(get_synthesizer(strategy).draft(order))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_tone_of_an_order_is_heard_in_every_strategy(strategy: str) -> None:
    worried = speakers()["en"].tones["worried"]
    heard = [
        any(said in text for said in (*worried.before, *worried.after))
        for text in openings_of(drafted(strategy, WORRIED))
    ]
    assert sum(heard) >= 0.8 * len(heard)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_slips_come_as_often_as_ordered_in_every_strategy(strategy: str) -> None:
    """The same order with and without slips: nearly every request is typed wrongly, and nothing else changes."""
    plain, slipped = (
        openings_of(drafted(strategy, msgspec.structs.replace(WORRIED, typo_share=share))) for share in (0.0, 1.0)
    )
    differ = [one != other for one, other in zip(plain, slipped, strict=True)]
    assert sum(differ) >= 0.9 * len(differ)


@pytest.mark.parametrize("strategy", ["near_misses", "contrast_pairs"])
def test_what_belongs_together_is_spoken_alike(strategy: str) -> None:
    worried = speakers()["en"].tones["worried"].before
    pairs = [pair for pair in pairwise(drafted(strategy, WORRIED)) if pair[0].twin == pair[1].twin]
    assert pairs
    for pair in pairs:
        heard = [{said for said in worried if said in text} for text in openings_of(pair)]
        assert heard[0] == heard[1]


@pytest.mark.parametrize("strategy", ["schema_driven", "recoveries", "hard_cases"])
def test_whoever_types_small_letters_goes_on_with_them(strategy: str) -> None:
    order = Order(catalogue("openai"), 80, seed=5, voice=Voice(tones=("texting",)), parameters={"variety": "full"})
    later = []
    for one in get_synthesizer(strategy).draft(order):
        values = [str(value) for _, given in calls_of(one.example) for value in given.values()]
        later += [(text, values) for text in said_by(one.example)[1:] if "\n" not in text]
    assert later
    for text, values in later:
        bare = text
        for value in sorted(values, key=len, reverse=True):
            bare = bare.replace(value, "")
        assert not bare.endswith("."), text
        assert not re.match(r"(?:I|It|Sorry|Use|The|My|Yes|No|Go|Please|Then|Right|Do|Take|Good)\b", bare), text


def test_a_verb_in_front_is_no_value_of_the_same_letters() -> None:
    said = speak("Get issue 3275.", Manner(tone="texting", length="short"), Random(1), ["get", "3275"])
    assert said == "get issue 3275"
    assert speak("Use Get.", Manner(tone="texting", length="short"), Random(1), ["Get"]) == "use Get"


@pytest.mark.parametrize(
    ("manners", "text", "clash"),
    [
        (
            Voice(tones=("curt",), personas=("newcomer",), lengths=("long",)),
            "Show the pet.",
            ("Forgive me", "Be quick."),
        ),
        (Voice(tones=("curt",), lengths=("long",)), "Could I ask you to show the pet?", ("Could I ask", "At once.")),
        (Voice(tones=("worried",), lengths=("long",)), "Delete F1. I confirm that I want this.", ("afraid", "confirm")),
    ],
)
def test_nobody_has_two_manners_in_one_breath(manners: Voice, text: str, clash: tuple[str, str]) -> None:
    said = [speak(text, draw_manner(manners, Random(seed)), Random(seed)) for seed in range(200)]
    assert not [one for one in said if all(part in one for part in clash)]
