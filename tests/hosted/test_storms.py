"""Hosted launches in bad weather: none twice, none lost, none stuck, and what stands here is what the host says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from curation.model.states import JobState
from tests.hosted.calls import CALLS
from tests.hosted.stage import NAMES, Stage, open_stage
from tests.hosted.storm import Report, Storm
from tests.hosted.weather import FAULTS, Fault

LAUNCHES = 50


def storm(seed: int, launches: int) -> Report:
    with open_stage() as stage:
        report = Storm(stage, seed).blow(launches)
    assert (report.duplicates, report.lost, report.stuck, report.wrong) == (0, 0, [], []), f"seed {seed}"
    return report


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", range(2))
def test_launches_in_a_storm_make_one_job_each(seed: int):
    report = storm(seed, launches=12)
    assert report.kills > 5
    assert sum(report.faults.values()) > 50


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_a_thousand_launches_in_twenty_storms(seed: int, capsys: pytest.CaptureFixture[str]):
    report = storm(seed, LAUNCHES)
    with capsys.disabled():
        print(
            f"\nstorm {seed}: {report.launches} launches, {report.jobs} jobs, {report.kills} kills, "
            f"{sum(report.faults.values())} faults of {len(report.faults)} kinds; the last job was known "
            f"{report.slowest_s:.0f} s after the weather cleared"
        )


@pytest.mark.timeout(180)
@pytest.mark.parametrize("call", CALLS)
def test_fault_leaves_one_job(call: str):
    """Every fault at one call, and every call with some: the whole product takes minutes."""
    leave_one_job_each(call, FAULTS[CALLS.index(call) :: len(CALLS)])


@pytest.mark.long
@pytest.mark.parametrize("call", CALLS)
def test_every_fault_at_every_call_leaves_one_job(call: str):
    leave_one_job_each(call, FAULTS)


def leave_one_job_each(call: str, faults: Sequence[Fault]) -> None:
    """The first two tries of a call go wrong in one way, for each way there is."""
    # With OpenAI itself the second launch finds the first one's file.
    names = NAMES if call != "upload" else tuple(name for name in NAMES if name != "openai")
    with open_stage() as stage:
        for n, fault in enumerate(faults):
            strike(stage, names[n % len(names)], call, fault)


def strike(stage: Stage, name: str, call: str, fault: Fault) -> None:
    stage.hosts[name].steps = 200 if call == "cancel" else 12
    failed = fail_twice(stage, name, call, fault)
    job = stage.launch(name)
    if call == "cancel":
        stage.stop_soon(job)
    ended = stage.run(stage.keeper(), job, seconds=240)
    wanted = JobState.CANCELLED if call == "cancel" else JobState.SUCCEEDED
    assert (ended.state, ended.error) == (wanted, None), fault.name
    assert stage.hosts[name].launches()[f"{job.id}-1"] == 1, fault.name
    assert failed, fault.name


def fail_twice(stage: Stage, name: str, call: str, fault: Fault) -> list[str]:
    """Which calls were let down, as they are."""
    failed: list[str] = []

    def choose(asked: str) -> Fault | None:
        if asked != call or len(failed) == 2:
            return None
        failed.append(asked)
        return fault

    stage.weather[name].choose = choose
    return failed
