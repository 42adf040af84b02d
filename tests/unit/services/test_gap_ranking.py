"""What fills a gap comes first, and only once."""

from __future__ import annotations

from curation.model.traits import Trait, trait
from curation.services.gap_ranking import rank

REFUSE, TRACK, CANCEL = trait("reason", "refuse"), trait("cell", "track", "single"), trait("cell", "cancel", "single")


def of(*traits: Trait) -> frozenset[Trait]:
    return frozenset(traits)


def test_what_is_there_least_comes_first() -> None:
    assert rank([of(TRACK), of(REFUSE), of(CANCEL)], {TRACK: 9, REFUSE: 0, CANCEL: 4}) == [1, 2, 0]


def test_a_gap_that_is_filled_is_no_gap_any_more() -> None:
    assert rank([of(REFUSE), of(REFUSE), of(TRACK)], {TRACK: 0}) in ([0, 2, 1], [2, 0, 1])


def test_one_that_fills_two_gaps_goes_before_one_that_fills_one() -> None:
    assert rank([of(TRACK), of(TRACK, REFUSE)], {})[0] == 1


def test_what_nobody_counts_weighs_nothing() -> None:
    assert rank([of(trait("opening", "where is")), of(TRACK)], {TRACK: 500}) == [1, 0]


def test_every_candidate_is_ranked_once() -> None:
    shown = [of(TRACK), of(), of(REFUSE, TRACK), of(CANCEL)] * 20
    assert sorted(rank(shown, {})) == list(range(80))
