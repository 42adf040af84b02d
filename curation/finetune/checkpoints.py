"""Checkpoints a killed run goes on from; one that was cut off while being written does not count."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec

NAME = re.compile(r"checkpoint-(\d+)")
NEEDED = ("trainer_state.json", "adapter_model.safetensors", "optimizer.pt", "scheduler.pt")


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
    return bool(NAME.fullmatch(path.name)) and all((path / name).is_file() for name in NEEDED)
