"""The local provider's judgement: who is alive, who is lost, and how firmly a worker is stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.errors import JobError
from curation.finetune.contract import Handle, Launch
from curation.finetune.environment import worker_environment
from curation.finetune.local import LAST_GRACE_S, PROVIDER
from curation.finetune.process import try_lock
from curation.finetune.run_folder import Exit, Progress, RunFolder
from curation.finetune.watching import GRACE_S
from curation.model.states import JobState
from curation.processes import identify, is_alive, own_identity, read_boot_id

LAUNCH_ID = "launch-3"


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.create()
    return folder


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


def handle_of(process: subprocess.Popen[bytes]) -> Handle:
    identity = identify(process.pid)
    return Handle(pid=identity.pid, pid_start=identity.start_ticks, boot_id=identity.boot_id)


def poll(folder: RunFolder, handle: Handle) -> tuple[JobState, str]:
    status = PROVIDER.poll(Launch(LAUNCH_ID, folder.path), handle, 0)
    return status.state, status.error


def test_worker_of_the_same_number_started_at_another_time_is_another_one(folder: RunFolder):
    own = own_identity()
    assert poll(folder, Handle(pid=own.pid, pid_start=own.start_ticks, boot_id=own.boot_id))[0] is JobState.RUNNING
    assert poll(folder, Handle(pid=own.pid, pid_start=own.start_ticks - 1, boot_id=own.boot_id))[0] is JobState.LOST


def test_worker_that_ended_without_exit_file_is_lost(folder: RunFolder):
    folder.write_progress(Progress("training", 7, 90))
    state, error = poll(folder, Handle(pid=os.getpid(), pid_start=1, boot_id=read_boot_id()))
    assert state is JobState.LOST
    assert "at step 7 of 90" in error


def test_folder_that_somebody_deleted_is_named(folder: RunFolder):
    shutil.rmtree(folder.path)
    state, error = poll(folder, Handle(pid=os.getpid(), pid_start=1, boot_id=read_boot_id()))
    assert state is JobState.LOST
    assert error == f"The run folder {folder.path} is gone, and its checkpoints with it. Retry it: it begins anew."


def test_restart_of_the_machine_is_said(folder: RunFolder):
    folder.write_progress(Progress("training", 7, 90))
    state, error = poll(folder, Handle(pid=os.getpid(), pid_start=1, boot_id="before"))
    assert state is JobState.LOST
    assert error.startswith("The machine was restarted while the job was at step 7 of 90.")


def test_worker_that_could_not_even_start_says_its_last_words(folder: RunFolder):
    folder.log.write_text("Traceback\nModuleNotFoundError: No module named 'torch'\n")
    _, error = poll(folder, Handle(pid=os.getpid(), pid_start=1, boot_id=read_boot_id()))
    assert error == "The worker could not start: ModuleNotFoundError: No module named 'torch'."


def test_exit_file_counts_only_when_the_worker_is_gone(folder: RunFolder, sleeper: subprocess.Popen[bytes]):
    folder.write_exit(Exit(LAUNCH_ID, "succeeded"))
    handle = handle_of(sleeper)
    assert poll(folder, handle)[0] is JobState.RUNNING
    sleeper.kill()
    sleeper.wait()
    assert poll(folder, handle)[0] is JobState.SUCCEEDED


def test_long_silence_shows_in_the_phase(folder: RunFolder, sleeper: subprocess.Popen[bytes]):
    folder.write_progress(Progress("training", 7, 90, beat_at=time.time() - 1200))
    status = PROVIDER.poll(Launch(LAUNCH_ID, folder.path), handle_of(sleeper), 0)
    assert status.phase == "training (no sign of life for 20 minutes)"


def test_cancelling_grows_firmer(folder: RunFolder, sleeper: subprocess.Popen[bytes]):
    launch, handle = Launch(LAUNCH_ID, folder.path), handle_of(sleeper)
    PROVIDER.cancel(launch, handle)
    PROVIDER.cancel(launch, handle)
    assert folder.is_asked_to_stop(LAUNCH_ID)
    assert sleeper.poll() is None
    asked = time.time() - GRACE_S - 1
    os.utime(folder.cancel, (asked, asked))
    PROVIDER.cancel(launch, handle)
    assert sleeper.wait(5) == -15


def test_worker_deaf_to_the_polite_signal_is_killed_with_its_children(folder: RunFolder):
    deaf = ["/bin/sh", "-c", "trap '' TERM; /bin/sleep 60 & echo $!; wait"]
    with subprocess.Popen(deaf, start_new_session=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = identify(int(process.stdout.readline()))
        handle, launch = handle_of(process), Launch(LAUNCH_ID, folder.path)
        PROVIDER.cancel(launch, handle)
        asked = time.time() - GRACE_S - LAST_GRACE_S - 1
        os.utime(folder.cancel, (asked, asked))
        PROVIDER.cancel(launch, handle)
        assert process.wait(5) == -9
        state, error = poll(folder, handle)
        assert state is JobState.CANCELLED
        assert "did not listen to the stop for 60 seconds, so it was ended before its first step" in error
    until = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_alive(child)


def test_flag_of_an_earlier_attempt_stops_nobody(folder: RunFolder):
    folder.ask_to_stop("launch-2")
    assert not folder.is_asked_to_stop(LAUNCH_ID)


def test_busy_run_folder_starts_no_second_worker(folder: RunFolder):
    folder.write_spec({"kind": "train", "launch_id": LAUNCH_ID, "base": "/x", "style": "router", "dataset_hash": ""})
    lock = try_lock(folder.lock)
    assert lock is not None
    with pytest.raises(JobError, match="still busy") as caught:
        PROVIDER.launch(Launch(LAUNCH_ID, folder.path))
    assert caught.value.retryable
    assert folder.read_started(LAUNCH_ID) is None
    os.close(lock)


def test_eight_launchers_at_once_start_one_worker(folder: RunFolder, tmp_path: Path):
    base = str(tmp_path / "nowhere")
    folder.write_spec({"kind": "train", "launch_id": LAUNCH_ID, "base": base, "style": "router", "dataset_hash": ""})
    launch, handles, gate = Launch(LAUNCH_ID, folder.path), [], threading.Barrier(8)

    def start() -> None:
        gate.wait()
        with contextlib.suppress(JobError):
            handles.append(PROVIDER.find(launch) or PROVIDER.launch(launch))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({handle.pid for handle in handles}) == 1
    until = time.monotonic() + 20
    while not (status := PROVIDER.poll(launch, handles[0], 0)).state.is_final:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert (status.state, "does not exist" in status.error) == (JobState.FAILED, True)


def test_worker_environment_is_a_list_and_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    environment = worker_environment(tmp_path)
    assert "sk-canary" not in environment.values()
    assert environment["HF_HUB_OFFLINE"] == environment["TRANSFORMERS_OFFLINE"] == "1"


def test_half_a_line_is_neither_read_nor_kept(folder: RunFolder):
    line = b'{"seq":1,"at":"now","level":"info","text":"one"}\n'
    folder.events.write_bytes(line + b'{"seq":2,"at"')
    assert [event.seq for event in folder.read_events(0)] == [1]
    assert folder.mend_events() == 1
    assert folder.events.read_bytes() == line
