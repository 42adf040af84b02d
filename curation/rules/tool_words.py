"""The shipped table of words for tools: what they mean, and what they tell of a tool's effect."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("tool_words.toml")


@lru_cache(maxsize=1)
def read_tool_words() -> dict[str, Any]:
    """Every table of the file."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
