"""Disk and memory of a run: refused before it starts, told while it runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.errors import JobError
from curation.finetune.knobs import TrainParameters
from curation.finetune.strain import LEAST_MEMORY, Strain, available_memory, estimate_need, require_memory

MEGABYTE = 2**20


def make_base(folder: Path, dtype: str, size_mb: int = 64) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"dtype": dtype}))
    with (folder / "model.safetensors").open("wb") as stream:
        stream.truncate(size_mb * MEGABYTE)
    return folder


def test_every_weight_needs_many_times_the_room_of_an_adapter(tmp_path: Path):
    base = make_base(tmp_path / "base", "float32")
    adapter = estimate_need(base, TrainParameters(), held_short=False)
    full = estimate_need(base, TrainParameters(method="full"), held_short=False)
    pairs = estimate_need(base, TrainParameters(method="full", learn_from="pairs"), held_short=False)
    assert full.memory_bytes == 4 * 64 * MEGABYTE
    assert pairs.memory_bytes == 5 * 64 * MEGABYTE
    assert full.checkpoint_bytes == 3 * 64 * MEGABYTE
    assert 64 * MEGABYTE < adapter.memory_bytes < full.memory_bytes
    assert adapter.disk_bytes < full.disk_bytes


def test_a_base_stored_in_short_numbers_has_twice_the_weights(tmp_path: Path):
    whole = estimate_need(make_base(tmp_path / "a", "float32"), TrainParameters(method="full"), held_short=False)
    short = estimate_need(make_base(tmp_path / "b", "bfloat16"), TrainParameters(method="full"), held_short=False)
    assert short.memory_bytes == 2 * whole.memory_bytes


def test_what_cannot_fit_is_refused_with_both_figures(tmp_path: Path):
    need = estimate_need(make_base(tmp_path / "base", "float32"), TrainParameters(method="full"), held_short=False)
    with pytest.raises(JobError, match="needs at least 256 MB of memory and 100 MB are free"):
        require_memory(need, 100 * MEGABYTE)
    require_memory(need, 300 * MEGABYTE)


def test_memory_of_a_container_counts(tmp_path: Path):
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("400000\n")
    assert available_memory(tmp_path) == 600_000
    (tmp_path / "memory.max").write_text("max\n")
    assert available_memory(tmp_path) > 600_000


def make_strain(memory: int, disk: int) -> Strain:
    instants = iter(range(0, 1000, 10))
    return Strain(
        Path(), 50 * MEGABYTE, memory=lambda: memory, disk=lambda _path: disk, clock=lambda: float(next(instants))
    )


def test_a_run_that_runs_short_is_told_which_way():
    assert make_strain(LEAST_MEMORY, 10**12).tell() == ""
    assert make_strain(LEAST_MEMORY - 1, 10**12).tell() == "The machine ran short of memory."
    assert make_strain(10**12, 99 * MEGABYTE).tell() == "The disk is nearly full."


def test_the_machine_is_not_asked_at_every_step():
    asked = []

    def memory() -> int:
        asked.append(1)
        return 10**12

    strain = Strain(Path(), 0, memory=memory, disk=lambda _path: 10**12, clock=iter([0.0, 0.5, 1.0, 2.5]).__next__)
    assert [strain.tell() for _ in range(3)] == ["", "", ""]
    assert len(asked) == 1
