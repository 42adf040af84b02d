"""A model in a process of its own: loaded once, shared, ended with whoever started it, replaced when it breaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from curation.errors import JobError
from curation.finetune.base_models import tiny_model
from curation.llm import kept_model, model_shelf
from curation.llm.contract import Prompt, Turn
from curation.llm.kept_model import KeptModel, ModelStoppedError
from curation.llm.local import LocalModel
from curation.llm.model_shelf import close_models, hold_model, let_go

pytestmark = [pytest.mark.training, pytest.mark.timeout(180)]
HELLO = Prompt((Turn("user", "Hello there"),))
ORDER = Prompt((Turn("user", "Where is order B4821?"),))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny", seed=5)


@pytest.fixture
def kept(tiny: Path) -> Iterator[KeptModel]:
    model = KeptModel(tiny)
    yield model
    model.close()


def is_gone(pid: int, most_s: float = 10.0) -> bool:
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_it_answers_as_the_model_itself_does_is_loaded_once_and_told_of(tiny: Path, kept: KeptModel) -> None:
    stages: list[str] = []
    first = kept.ask([HELLO], 8, stages.append)
    pid = kept.pid
    again = kept.ask([HELLO, ORDER], 8, stages.append)
    own = LocalModel.load(tiny)
    assert first[0].text == again[0].text == own.answer([HELLO], 8)[0].text
    assert again[1].text == own.answer([HELLO, ORDER], 8)[1].text
    assert (kept.pid, kept.starts) == (pid, 1)
    assert stages == ["waiting", "loading", "answering", "waiting", "answering"]


def test_two_who_ask_at_once_share_it_and_each_gets_their_own_answer(kept: KeptModel) -> None:
    alone = {prompt: kept.ask([prompt], 8)[0].text for prompt in (HELLO, ORDER)}
    heard: dict[int, str] = {}

    def ask(number: int) -> None:
        heard[number] = kept.ask([HELLO if number % 2 else ORDER], 8)[0].text

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert heard == {number: alone[HELLO if number % 2 else ORDER] for number in range(8)}
    assert kept.starts == 1


@pytest.mark.long
def test_one_that_was_killed_says_so_once_and_is_loaded_anew(kept: KeptModel) -> None:
    kept.ask([HELLO], 4)
    assert kept.pid is not None
    os.kill(kept.pid, signal.SIGKILL)
    time.sleep(0.2)
    assert kept.ask([HELLO], 4)[0].tokens
    assert kept.starts == 2

    def kill(stage: str) -> None:
        if stage == "answering" and kept.pid is not None:
            os.kill(kept.pid, signal.SIGKILL)

    with pytest.raises(JobError, match="ended in the middle of its answer"):
        kept.ask([HELLO], 400, kill)
    assert kept.ask([HELLO], 4)[0].tokens
    assert kept.starts == 3


@pytest.mark.long
def test_nobody_waits_for_an_answer_that_nobody_wants(kept: KeptModel) -> None:
    kept.ask([HELLO], 4)
    pid = kept.pid
    assert pid is not None
    with pytest.raises(ModelStoppedError):
        kept.ask([HELLO], 100_000, should_stop=lambda: True)
    assert is_gone(pid)


def test_an_answer_that_takes_too_long_is_given_up(tiny: Path) -> None:
    model = KeptModel(tiny, answer_s=0.2)
    with pytest.raises(JobError, match="did not answer within"):
        model.ask([HELLO], 100_000)
    assert model.pid is None


def test_it_ends_when_nobody_asks_and_the_next_question_starts_it_again(tiny: Path) -> None:
    model = KeptModel(tiny, idle_s=0.5)
    model.ask([HELLO], 4)
    pid = model.pid
    assert pid is not None
    assert is_gone(pid)
    assert model.ask([HELLO], 4)[0].tokens
    assert model.starts == 2
    model.close()


def test_a_folder_without_a_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="cannot be loaded: There is no model"):
        KeptModel(tmp_path / "nothing").ask([HELLO], 4)


def test_it_dies_with_the_process_that_started_it_also_when_that_is_killed(tiny: Path) -> None:
    script = (
        "import sys, threading\n"
        "from pathlib import Path\n"
        "from curation.llm.contract import Prompt, Turn\n"
        "from curation.llm.kept_model import KeptModel\n"
        "model = KeptModel(Path(sys.argv[1]))\n"
        "prompt = Prompt((Turn('user', 'Hello'),))\n"
        "model.ask([prompt], 4)\n"
        "print(model.pid, flush=True)\n"
        "model.ask([prompt], 1_000_000)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tiny)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(kept_model.__file__).resolve().parents[2])},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    assert is_gone(pid)


@pytest.mark.long
def test_a_third_model_makes_the_one_leave_that_was_asked_longest_ago(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_shelf, "MOST_KEPT", 1)
    other = tmp_path / "other"
    other.symlink_to(tmp_path)
    first = hold_model(tiny)
    first.ask([HELLO], 4)
    pid = first.pid
    assert hold_model(tiny) is first
    let_go(first)
    let_go(first)
    hold_model(other)
    assert pid is not None
    assert is_gone(pid)
    close_models()
