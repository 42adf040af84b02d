"""A process's identity names that process and no other, whatever the clock does."""

from __future__ import annotations

import subprocess
import sys
import time

import msgspec
import pytest

from curation.processes import Identity, identify, is_alive, own_identity, parse_identity


def test_this_process_is_alive() -> None:
    assert is_alive(own_identity())


def test_another_process_under_the_same_number_is_not_it() -> None:
    assert not is_alive(msgspec.structs.replace(own_identity(), start_ticks=own_identity().start_ticks + 1))


def test_a_process_of_an_earlier_start_of_the_machine_is_gone() -> None:
    assert not is_alive(msgspec.structs.replace(own_identity(), boot_id="earlier"))


def test_a_process_that_ended_and_was_not_waited_for_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE) as child:
        known = identify(child.pid)
        assert is_alive(known)
        child.stdin.close()  # type: ignore[union-attr]  # a pipe was asked for
        deadline = time.monotonic() + 10
        while is_alive(known) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not is_alive(known)
        assert identify(child.pid).start_ticks == 0


def test_identity_survives_as_text() -> None:
    assert parse_identity(str(own_identity())) == own_identity()


@pytest.mark.parametrize("text", ["", "12", "12:1700000000.25", "12:34", "12:34:", "x:34:boot", "12:y:boot"])
def test_anything_else_is_no_identity(text: str) -> None:
    assert parse_identity(text) is None


def test_a_number_nobody_has_is_not_alive() -> None:
    assert not is_alive(Identity(2**22 + 1, 0, own_identity().boot_id))
