"""The speed of a run, counted from where this worker began."""

from __future__ import annotations

from curation.finetune.meter import Meter, peak_memory_mb


class FakeClock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def rows(*lengths: int) -> list[dict[str, list[int]]]:
    return [{"input_ids": [7] * length, "labels": [7] * length} for length in lengths]


def test_tokens_of_a_step_are_those_of_its_own_batch_though_the_next_is_fetched_already() -> None:
    clock = FakeClock()
    meter = Meter(clock=clock)
    collate = meter.counting(len)
    assert collate(rows(30, 50)) == 2
    collate(rows(1000))
    meter.start()
    clock.now += 2
    meter.step()
    assert meter.read() == {"step_s": 2.0, "tokens_per_s": 40.0}


def test_a_look_at_validation_rows_is_no_part_of_a_step() -> None:
    clock = FakeClock()
    meter = Meter(clock=clock)
    collate = meter.counting(len)
    for _ in range(2):
        collate(rows(10))
        clock.now += 1
        meter.step()
        clock.now += 300
        meter.start()
    assert meter.read() == {"step_s": 1.0, "tokens_per_s": 10.0}


def test_steps_of_several_batches_count_them_all() -> None:
    clock = FakeClock()
    meter = Meter(batches_a_step=2, clock=clock)
    collate = meter.counting(len)
    for _ in range(3):
        collate(rows(10))
    clock.now += 1
    meter.step()
    assert meter.read()["tokens_per_s"] == 20.0


def test_tokens_of_all_replace_those_of_one() -> None:
    clock = FakeClock()
    meter = Meter(clock=clock)
    collate = meter.counting(len)
    for _ in range(2):
        collate(rows(10))
        clock.now += 1
        assert meter.step() == 10
        meter.count_all(40)
    assert meter.read() == {"step_s": 1.0, "tokens_per_s": 40.0}


def test_nothing_is_said_before_the_first_step_and_memory_is_never_nothing() -> None:
    assert Meter().read() == {}
    assert peak_memory_mb("cpu") > 10
