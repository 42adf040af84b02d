"""Checkpoints a killed run goes on from; one that was cut off while being written does not count."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec

NAME = re.compile(r"checkpoint-(\d+)")
NEEDED = ("trainer_state.json", "optimizer.pt", "scheduler.pt")
WEIGHTS = ("adapter_model.safetensors", "model.safetensors", "model.safetensors.index.json")
"""One of these: an adapter, or a model in one file or in several."""


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint; half-written ones are removed."""
    found = []
    for path in folder.glob("checkpoint-*"):
        if is_whole(path):
            found.append(path)
        else:
            shutil.rmtree(path, ignore_errors=True)
    return max(found, key=checkpoint_step, default=None)


def checkpoint_step(path: Path) -> int:
    match = NAME.fullmatch(path.name)
    return int(match.group(1)) if match else 0


def is_whole(path: Path) -> bool:
    """The trainer writes its state last, so a readable one means the rest is there."""
    try:
        msgspec.json.decode((path / NEEDED[0]).read_bytes())
    except (OSError, msgspec.DecodeError):
        return False
    has_weights = any((path / name).is_file() for name in WEIGHTS)
    return bool(NAME.fullmatch(path.name)) and has_weights and all((path / name).is_file() for name in NEEDED)
