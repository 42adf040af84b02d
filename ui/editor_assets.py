"""Where the built live editor lies, and the address a browser loads it from."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

EDITOR_FOLDER = Path(__file__).resolve().parent / "editor"


@lru_cache(maxsize=1)
def module_name() -> str:
    """File name of the built module; it carries its hash, so that a browser never runs an old one."""
    manifest = json.loads((EDITOR_FOLDER / "manifest.json").read_text())
    return str(manifest["file"])
