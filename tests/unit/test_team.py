"""How many processes learn one model, what each does of a step, and which word about the end counts."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from curation.errors import JobError, UnreadableError
from curation.finetune.journal import Journal, SilentJournal
from curation.finetune.knobs import TrainParameters, count_steps, parse_parameters
from curation.finetune.ranks import Seat, judge, polite_signal_held_back
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.team import ALONE, Team, choose_size


@pytest.mark.parametrize(
    ("processes", "batch_size", "gpus", "size"),
    [(0, 8, 0, 1), (0, 8, 1, 1), (0, 8, 4, 4), (0, 8, 3, 2), (0, 7, 4, 1), (0, 2, 8, 2), (1, 8, 4, 1), (2, 8, 0, 2)],
)
def test_as_many_learn_as_there_are_gpus_and_rows_to_share(processes: int, batch_size: int, gpus: int, size: int):
    parameters = TrainParameters(processes=processes, batch_size=batch_size)
    assert choose_size(parameters, gpus) == size
    assert Team(0, size).share(parameters).batch_size * size == batch_size


def test_more_processes_than_gpus_are_refused():
    with pytest.raises(JobError, match="asks for 4 processes, each on a GPU of its own, and 2 are there"):
        choose_size(TrainParameters(processes=4), 2)


def test_rows_that_cannot_be_shared_evenly_are_refused_when_typed():
    with pytest.raises(UnreadableError, match=r"8 rows per step cannot be shared evenly among 3.*a multiple of 3"):
        parse_parameters({"processes": 3, "batch_size": 8})
    assert parse_parameters({"processes": 3, "batch_size": 9}).processes == 3


def test_steps_do_not_depend_on_how_many_learn():
    assert count_steps(TrainParameters(processes=4), 100) == count_steps(TrainParameters(), 100)


def test_one_alone_agrees_with_itself():
    assert ALONE.leads
    assert (ALONE.agree(True), ALONE.agree(False), ALONE.add_up(3.0, 1)) == (True, False, (3.0, 1))
    assert (Team(1, 4).share_threads(10), Team(1, 4).share_threads(2)) == (2, 1)


def test_who_does_not_lead_writes_nothing_and_is_not_stopped_by_the_flag(tmp_path: Path):
    folder = RunFolder(tmp_path)
    folder.create()
    # Half a line, as of one that is being written.
    folder.events.write_bytes(b'{"seq":1,"at":"')
    before = {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))}
    journal = SilentJournal(folder, "launch-1")
    journal.enter("training", steps=3)
    journal.reach(1, 3)
    journal.say("Step 1.", step=1)
    assert {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))} == before
    folder.ask_to_stop("launch-1")
    assert not journal.should_stop


def test_polite_signal_to_a_process_that_still_starts_waits_until_it_listens():
    listen = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7))"
    hear = "signal.pthread_sigmask(signal.SIG_UNBLOCK, {15}); time.sleep(20)"
    with polite_signal_held_back():
        process = subprocess.Popen([sys.executable, "-S", "-c", f"{listen}; {hear}"])
    process.terminate()
    assert process.wait(10) == 7
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_journal_goes_on_behind_what_another_process_wrote(tmp_path: Path):
    folder = RunFolder(tmp_path)
    folder.create()
    starter, first = Journal(folder, "launch-1"), Journal(folder, "launch-1")
    first.say("one")
    first.say("two")
    starter.catch_up()
    starter.say("three")
    assert [(event.seq, event.text) for event in folder.read_events(0)] == [(1, "one"), (2, "two"), (3, "three")]


def leave(seat: Seat, state: str, error: str = "") -> None:
    seat.exit.write_bytes(msgspec.json.encode(Exit("launch-1", state, error)))  # type: ignore[arg-type]
    time.sleep(0.01)


def seats(place: Path, size: int = 3) -> list[Seat]:
    return [Seat(place, Team(rank, size), 1) for rank in range(size)]


def test_the_first_one_says_how_a_run_ended(tmp_path: Path):
    first, second, third = seats(tmp_path)
    leave(second, "succeeded")
    leave(third, "succeeded")
    leave(first, "cancelled")
    assert judge("launch-1", [first, second, third], [0, 0, 0]).state == "cancelled"


def test_the_earliest_failure_is_the_cause(tmp_path: Path):
    first, second, third = seats(tmp_path)
    leave(second, "failed", "The memory did not suffice.")
    leave(first, "failed", "The others are gone.")
    assert judge("launch-1", [first, second, third], [1, 1, None]).error == "The memory did not suffice."


def test_one_that_was_killed_is_named(tmp_path: Path):
    all_three = seats(tmp_path)
    leave(all_three[0], "failed", "The others are gone.")
    assert judge("launch-1", all_three, [1, 0, -9]).error.startswith("Process 3 of 3 ended without a word")


def test_one_that_never_spoke_is_not_taken_for_success(tmp_path: Path):
    first, second, third = seats(tmp_path)
    leave(first, "succeeded")
    ended = judge("launch-1", [first, second, third], [0, 2, 0])
    assert (ended.state, ended.error.split(" ended")[0]) == ("failed", "Process 2 of 3")


def test_one_whose_line_broke_does_not_hide_the_cause(tmp_path: Path):
    first, second, third = seats(tmp_path)
    leave(second, "failed", "The loss became nan.")
    assert judge("launch-1", [first, second, third], [-6, 1, 0]).error == "The loss became nan."
