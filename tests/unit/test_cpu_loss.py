"""The patch of the trainer's loss is applied to checked versions only, and once."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from curation.finetune.cpu_loss import score_labelled_only


def install_trl(monkeypatch: pytest.MonkeyPatch, version: str, **functions: object) -> ModuleType:
    trl, trainer, utils = (ModuleType(name) for name in ("trl", "trl.trainer", "trl.trainer.utils"))
    vars(trl)["__version__"] = version
    vars(utils).update(functions)
    vars(trl)["trainer"], vars(trainer)["utils"] = trainer, utils
    for module in (trl, trainer, utils):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return utils


def on_triton(device: SimpleNamespace) -> bool:
    return device.type == "cuda"


def test_checked_version_scores_compactly_on_cpu_and_elsewhere_as_before(monkeypatch: pytest.MonkeyPatch):
    utils = install_trl(monkeypatch, "1.16.0", _use_triton=on_triton)
    assert score_labelled_only()
    patched = vars(utils)["_use_triton"]
    assert [patched(SimpleNamespace(type=name)) for name in ("cpu", "cuda", "neuron")] == [True, True, False]
    assert score_labelled_only()
    assert vars(utils)["_use_triton"] is patched


@pytest.mark.parametrize("version", ["1.17.0", "1.160.0", "2.0.0"])
def test_other_version_is_left_alone(monkeypatch: pytest.MonkeyPatch, version: str):
    utils = install_trl(monkeypatch, version, _use_triton=on_triton)
    assert not score_labelled_only()
    assert vars(utils)["_use_triton"] is on_triton


def test_checked_version_without_the_switch_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    install_trl(monkeypatch, "1.16.3")
    assert not score_labelled_only()
