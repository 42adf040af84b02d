"""Reads the target files once, strictly: a misspelt key stops the start instead of being ignored."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rapidfuzz import process

from curation.errors import NotFoundError
from curation.targets.target import Target

_FOLDER = Path(__file__).parent / "profiles"


def load_targets(folder: Path) -> dict[str, Target]:
    """Name → target of every file of a folder, in the order of their names."""
    return {path.stem: _load(path) for path in sorted(folder.glob("*.toml"))}


def _load(path: Path) -> Target:
    target = msgspec.toml.decode(path.read_bytes(), type=Target)
    return msgspec.structs.replace(target, name=path.stem)


TARGETS: dict[str, Target] = load_targets(_FOLDER)


def get_target(name: str) -> Target:
    """The target of this name.

    Raises:
        NotFoundError: there is none; the hint names the nearest.
    """
    if name in TARGETS:
        return TARGETS[name]
    nearest = process.extractOne(name, list(TARGETS), score_cutoff=60)
    hint = f"Did you mean `{nearest[0]}`?" if nearest else ""
    raise NotFoundError(f"There is no target `{name}`; there are {', '.join(TARGETS)}.", hint=hint)
