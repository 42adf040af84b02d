"""The manual cannot drift from the rules."""

from __future__ import annotations

from pathlib import Path

from curation.rules.manual import write_manual

FOLDER = Path(__file__).parents[3] / "docs" / "rules"


def test_the_manual_is_what_the_rules_say() -> None:
    written = {path.name: path.read_text() for path in FOLDER.glob("*.md")}
    assert written == write_manual(), "run: python -m curation.rules.manual docs/rules"
