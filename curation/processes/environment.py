"""How a process of ours is started: with a listed environment, and blind to the folder it is started in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PASSED_ON = ("PATH", "LANG", "LC_ALL")
"""A list, so that no key of the server ever travels along."""
SOURCE_ROOT = Path(__file__).resolve().parents[2]


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules; `-P`, since a folder with a `json.py` of somebody's is no library."""
    return [sys.executable, "-P", "-m", module, *arguments]


def listed_environment(*also: str) -> dict[str, str]:
    """The few variables every process may see, and those named besides, as far as they are set."""
    passed = {name: os.environ[name] for name in (*PASSED_ON, *also) if name in os.environ}
    return passed | {"PYTHONPATH": str(SOURCE_ROOT)}
