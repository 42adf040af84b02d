"""The checker's version: changes whenever a verdict may."""

from __future__ import annotations

import hashlib
import inspect
from functools import cache
from pathlib import Path
from types import ModuleType

import msgspec

from curation.targets import TARGETS

EDITION = "1"
"""Raised by hand when verdicts change for a reason that the sources below do not show."""


def checker_version(modules: tuple[ModuleType, ...]) -> str:
    """A short hash of the rules' sources and of the target files."""
    digest = hashlib.sha256(EDITION.encode())
    for module in modules:
        digest.update(_source(module).encode())
    digest.update(msgspec.json.encode(TARGETS, order="sorted"))
    return f"{EDITION}-{digest.hexdigest()[:12]}"


@cache
def _source(module: ModuleType) -> str:
    path = inspect.getsourcefile(module)
    return Path(path).read_text() if path else module.__name__
