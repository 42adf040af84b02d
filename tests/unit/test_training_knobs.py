"""The knobs of a training: every one reachable, checked, and refused in words where this machine cannot do it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from curation.errors import JobError, MissingPackageError, UnreadableError
from curation.finetune import installed
from curation.finetune.installed import require_installed
from curation.finetune.knobs import PARAMETERS, TrainParameters, count_steps, parse_parameters


def test_every_knob_is_declared_with_the_default_it_has():
    declared = {knob.name: knob.default for knob in PARAMETERS}
    assert declared == msgspec.to_builtins(TrainParameters())
    assert all(knob.why or knob.title for knob in PARAMETERS)


def test_unknown_choice_names_those_there_are():
    with pytest.raises(UnreadableError, match=r"Method is `dora`\. Choose one of: lora, qlora, full"):
        parse_parameters({"method": "dora"})


def test_switches_are_typed_in_a_terminal_too():
    assert parse_parameters({"recompute": "true"}).recompute is True


def test_steps_count_batches_that_are_added_up():
    assert count_steps(TrainParameters(batch_size=8, accumulation=2, epochs=3), 100) == 3 * 7
    assert count_steps(TrainParameters(batch_size=8, epochs=2), 100) == 26


def test_four_bits_are_refused_without_a_gpu(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(installed, "NVIDIA", (Path("/nowhere/at/all"),))
    with pytest.raises(JobError, match="QLoRA needs an NVIDIA GPU, and this machine has none"):
        require_installed(TrainParameters(method="qlora"))
    with pytest.raises(JobError, match="The paged optimiser needs an NVIDIA GPU"):
        require_installed(TrainParameters(optimizer="paged_adamw_8bit"))


def test_four_bits_are_refused_without_their_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(installed, "NVIDIA", (tmp_path,))
    monkeypatch.setattr(installed, "QUANTIZER", "no_such_quantizer")
    with pytest.raises(MissingPackageError, match="pip install no_such_quantizer"):
        require_installed(TrainParameters(method="qlora"))


@pytest.mark.parametrize("tracker", ["trackio", "tensorboard", "mlflow"])
def test_tracker_that_is_not_installed_is_named_with_its_package(tracker: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(installed, "is_installed", lambda package: package != tracker)
    with pytest.raises(MissingPackageError, match=rf"needs the package `{tracker}`.*pip install {tracker}"):
        require_installed(parse_parameters({"report_to": tracker}))
    monkeypatch.setattr(installed, "is_installed", lambda _package: True)
    require_installed(parse_parameters({"report_to": tracker}))
