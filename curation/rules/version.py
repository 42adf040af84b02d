"""The checker's version: changes whenever a verdict may."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from curation.model.rule_names import RULE_SLUGS
from curation.targets import TARGETS

EDITION = "1"
"""Raised by hand when verdicts change for a reason outside these files, such as another schema library."""
_PACKAGES = ("rules", "schemas")
_DECIDES = (".py", ".toml")


def checker_version() -> str:
    """A short hash of the rule table, the sources that decide verdicts, and the target files."""
    digest = hashlib.sha256(msgspec.json.encode([EDITION, RULE_SLUGS]))
    folder = Path(__file__).parents[1]
    for package in _PACKAGES:
        for path in sorted(one for one in (folder / package).iterdir() if one.suffix in _DECIDES):
            digest.update(path.name.encode() + path.read_bytes())
    digest.update(msgspec.json.encode(TARGETS, order="sorted"))
    return f"{EDITION}-{digest.hexdigest()[:12]}"
