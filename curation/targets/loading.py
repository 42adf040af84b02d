"""Reads the target files once, strictly: a misspelt key stops the start instead of being ignored."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rapidfuzz import process

from curation.errors import NotFoundError
from curation.targets.target import GROUP_TITLES, Target

_FOLDER = Path(__file__).parent / "profiles"


def load_targets(folder: Path) -> dict[str, Target]:
    """Name → target of every file of a folder, group by group, in the order of their names."""
    order = list(GROUP_TITLES)
    found = [_load(path) for path in sorted(folder.glob("*.toml"))]
    return {target.name: target for target in sorted(found, key=lambda one: order.index(one.group))}


def _load(path: Path) -> Target:
    target = msgspec.toml.decode(path.read_bytes(), type=Target)
    return msgspec.structs.replace(target, name=path.stem)


def _fold(name: str) -> str:
    """A name without case, dots and dashes."""
    return name.strip().lower().translate(str.maketrans(".- ", "___"))


TARGETS: dict[str, Target] = load_targets(_FOLDER)
_SPELLINGS = {_fold(one): target.name for target in TARGETS.values() for one in (target.name, *target.aliases)}


def get_target(name: str) -> Target:
    """The target of this name, or of another name people have for it.

    Raises:
        NotFoundError: there is none; the hint names the nearest.
    """
    if name in TARGETS:
        return TARGETS[name]
    if _fold(name) in _SPELLINGS:
        return TARGETS[_SPELLINGS[_fold(name)]]
    nearest = process.extractOne(_fold(name), list(_SPELLINGS), score_cutoff=60)
    hint = f"Did you mean `{_SPELLINGS[nearest[0]]}`?" if nearest else ""
    raise NotFoundError(f"There is no target `{name}`; there are {', '.join(TARGETS)}.", hint=hint)
