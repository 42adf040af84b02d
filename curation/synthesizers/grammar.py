"""What is known of English words: which are verbs, which of them make things, which take no article."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec


@lru_cache(maxsize=1)
def grammar() -> dict[str, frozenset[str]]:
    """Word lists by name; see `words/grammar.toml`."""
    text = (files("curation.synthesizers.words") / "grammar.toml").read_bytes()
    return {name: frozenset(words.split()) for name, words in msgspec.toml.decode(text, type=dict[str, str]).items()}
