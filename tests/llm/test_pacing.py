from __future__ import annotations

from curation.llm.pacing import LONGEST_WAIT_S, Pace, Rate, back_off


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def _starts(pace: Pace, clock: Clock, tokens: list[int]) -> list[float]:
    """When each request would start if everybody waited as told."""
    starts = []
    for amount in tokens:
        clock.now += pace.claim(amount)
        starts.append(clock.now)
    return starts


def test_no_minute_holds_more_requests_than_the_host_takes() -> None:
    clock = Clock()
    starts = _starts(Pace(Rate(requests=20), clock), clock, [0] * 100)
    assert max(sum(start <= one < start + 60 for one in starts) for start in starts) == 20


def test_no_minute_holds_more_tokens_than_the_host_takes() -> None:
    clock = Clock()
    starts = _starts(Pace(Rate(tokens=1000), clock), clock, [100] * 60)
    assert max(sum(100 for one in starts if start <= one < start + 60) for start in starts) == 1000


def test_tokens_that_were_not_used_are_given_back() -> None:
    clock = Clock()
    pace = Pace(Rate(tokens=600), clock)
    pace.claim(600)
    pace.correct(-500)
    assert pace.claim(1) == 10.0


def test_a_rest_keeps_everybody_back_for_its_time() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    pace.rest(7.0)
    pace.rest(3.0)
    assert pace.claim(1) == 7.0
    clock.now += 7
    assert pace.claim(1) == 0.0


def test_waits_double_up_to_a_limit_and_are_the_same_for_the_same_seed() -> None:
    waits = [back_off(failures, "seed") for failures in range(1, 12)]
    assert waits == [back_off(failures, "seed") for failures in range(1, 12)]
    assert waits != [back_off(failures, "other") for failures in range(1, 12)]
    for failures, waited in enumerate(waits, 1):
        longest = min(LONGEST_WAIT_S, 0.5 * 2 ** (failures - 1))
        assert longest / 2 <= waited <= longest


def test_a_rest_holds_for_those_who_have_a_place_already() -> None:
    clock = Clock()
    pace = Pace(Rate(requests=20), clock)
    pace.claim(1)

    def pause(seconds: float) -> None:
        if not waits:
            pace.rest(20.0)
        waits.append(seconds)
        clock.now += seconds

    waits: list[float] = []
    pace.wait(1, pause)
    assert waits == [3.0, 17.0]
