"""Making an order: what is kept, mended and dropped, and that no kill loses or doubles a candidate."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from curation.errors import BudgetSpentError, JobError, TryLaterError
from curation.gates.contract import Verdict
from curation.llm.desk import AskingStoppedError
from curation.model.candidate import Candidate
from curation.model.reading import Reading
from curation.producing.making import sum_reasons
from curation.producing.record import CANDIDATES, read_candidates, read_made
from curation.producing.tally import TALLY, read_tally
from curation.rules import check, judge
from tests.producing.making_orders import draft_one, draft_some, run_order


class KilledError(BaseException):
    """What a kill looks like from inside: nothing catches it."""


class DyingDisk:
    """Dies at its n-th write, with so much of the line on the disk."""

    def __init__(self, at: int, share: float) -> None:
        self._left = at
        self._share = share

    def write(self, handle: int, line: bytes) -> int:
        if not self._left:
            os.write(handle, line[: int(len(line) * self._share)])
            raise KilledError
        self._left -= 1
        return os.write(handle, line)


def test_what_passes_has_no_error_and_what_fails_is_mended_once_or_dropped_with_its_reason(tmp_path: Path) -> None:
    tally = run_order(tmp_path, draft_some(20))
    made = list(read_made(tmp_path / CANDIDATES))
    assert (tally.drafted, tally.passed, tally.repaired, tally.ended) == (20, 15, 3, "done")
    assert sum_reasons(tally.dropped) == 5 == sum(one.refused is not None for one in made)
    assert tally.dropped == {"valid": {"argument-bounds": 5}}
    for one in read_candidates(tmp_path / CANDIDATES):
        assert not [j for j in judge(check(Reading(one.candidate.example))) if j.severity == "error"]
    assert {one.repaired.reason for one in made if one.repaired} == {"arguments-not-json"}


def test_tally_on_disk_tells_the_same(tmp_path: Path) -> None:
    assert run_order(tmp_path, draft_some(8)) == read_tally(tmp_path / TALLY)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0], ids=["before", "torn", "after"])
def test_order_killed_at_any_write_ends_like_one_that_never_was(tmp_path: Path, share: float) -> None:
    count = 12
    (tmp_path / "whole").mkdir()
    whole = run_order(tmp_path / "whole", draft_some(count))
    for at in range(count):
        folder = tmp_path / f"killed_{at}"
        folder.mkdir()
        with pytest.raises(KilledError):
            run_order(folder, draft_some(count), write=DyingDisk(at, share).write)
        assert run_order(folder, draft_some(count)) == whole
        assert (folder / CANDIDATES).read_bytes() == (tmp_path / "whole" / CANDIDATES).read_bytes()


def test_order_killed_at_every_write_ends_like_one_that_never_was(tmp_path: Path) -> None:
    count = 12
    (tmp_path / "whole").mkdir()
    whole = run_order(tmp_path / "whole", draft_some(count))
    for _ in range(count):
        with suppress(KilledError):
            run_order(tmp_path, draft_some(count), write=DyingDisk(1, 0.4).write)
    assert run_order(tmp_path, draft_some(count)) == whole
    assert (tmp_path / CANDIDATES).read_bytes() == (tmp_path / "whole" / CANDIDATES).read_bytes()


def test_line_that_nobody_here_wrote_stops_the_order_by_name(tmp_path: Path) -> None:
    run_order(tmp_path, draft_some(4))
    path = tmp_path / CANDIDATES
    path.write_bytes(b'{"key": 5}\n' + path.read_bytes())
    with pytest.raises(JobError, match=r"A line of .*candidates.jsonl cannot be read"):
        run_order(tmp_path, draft_some(4))


def test_draft_that_comes_twice_is_done_with_twice(tmp_path: Path) -> None:
    drafts = [draft_one("A-1"), draft_one("A-1"), draft_one("B-22")]
    first = run_order(tmp_path, iter(drafts), stop_after=1)
    again = run_order(tmp_path, iter(drafts))
    assert (first.drafted, again.drafted, again.passed) == (1, 3, 2)
    assert again.dropped == {"fresh": {"duplicate": 1}}


def test_sample_is_looked_at_and_then_gone_on_with(tmp_path: Path) -> None:
    sample = run_order(tmp_path, draft_some(20), stop_after=6)
    assert (sample.passed, sample.ended) == (6, "sample")
    assert run_order(tmp_path, draft_some(20), stop_after=6).drafted == sample.drafted
    rest = run_order(tmp_path, draft_some(20))
    assert (rest.drafted, rest.passed, rest.ended) == (20, 15, "done")


def test_stop_is_heard_between_two_candidates(tmp_path: Path) -> None:
    heard = iter([False, False, False, True])
    tally = run_order(tmp_path, draft_some(20), should_stop=lambda: next(heard))
    assert (tally.drafted, tally.ended) == (3, "stopped")


def test_spent_budget_ends_the_order_and_keeps_what_was_made(tmp_path: Path) -> None:
    def draft() -> Iterator[Candidate]:
        yield from draft_some(5)
        raise BudgetSpentError("The budget of 5 requests is spent.", hint="Raise it and go on.")

    tally = run_order(tmp_path, draft())
    assert (tally.passed, tally.ended) == (4, "budget")
    assert tally.note == "The budget of 5 requests is spent. Raise it and go on."
    assert run_order(tmp_path, draft_some(20)).passed == 15


def test_stop_while_a_model_is_asked_ends_the_order_like_any_stop(tmp_path: Path) -> None:
    def draft() -> Iterator[Candidate]:
        yield from draft_some(3)
        raise AskingStoppedError("The asking was stopped.")

    assert run_order(tmp_path, draft()).ended == "stopped"
    assert run_order(tmp_path, draft_some(8)).drafted == 8


def test_silent_host_fails_the_order_and_shows_what_was_made(tmp_path: Path) -> None:
    def draft() -> Iterator[Candidate]:
        yield from draft_some(3)
        raise TryLaterError("The host answers nobody.")

    with pytest.raises(TryLaterError):
        run_order(tmp_path, draft())
    told = read_tally(tmp_path / TALLY)
    assert told is not None
    assert told.drafted == 3
    assert run_order(tmp_path, draft_some(8)).drafted == 8


def test_repair_is_told_what_is_wrong_and_asked_once(tmp_path: Path) -> None:
    told: list[str] = []

    def repair(candidate: Candidate, verdict: Verdict) -> Candidate | None:
        told.append(verdict.told)
        return draft_one("", "Still {} wrong?") if len(told) == 1 else None

    tally = run_order(tmp_path, [draft_one("")], repairs=(repair,))
    assert len(told) == 1
    assert "/messages/1/tool_calls/0/function/arguments/order_id" in told[0]
    assert (tally.passed, tally.repaired, sum_reasons(tally.dropped)) == (0, 0, 1)
