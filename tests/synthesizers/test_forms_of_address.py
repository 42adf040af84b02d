"""People who write in German, French or Spanish keep to one form of address: the polite one that packs use."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

WORDS = files("curation.synthesizers.words")
FAMILIAR = {
    "de": r"du|dir|dich|dein\w*|euch|euer",
    "fr": r"tu|toi|te|ton|ta|tes|peux-tu|s'il te plaît|stp",
    "es": r"tú|tu|tus|ti|contigo|puedes|podrías|haz|hazlo|eres",
}


@pytest.mark.parametrize("language", list(FAMILIAR))
def test_nobody_is_addressed_both_ways(language: str) -> None:
    familiar = re.compile(rf"(?i)(?<![\w'’])(?:{FAMILIAR[language]})(?!\w)")
    texts = [WORDS.joinpath(f"generic_{language}.toml").read_text(encoding="utf-8")]
    for name in ("voices.toml", "sayings.toml"):
        texts.append(str(tomllib.loads(WORDS.joinpath(name).read_text(encoding="utf-8"))[language]))
    assert familiar.findall(" ".join(texts)) == []
