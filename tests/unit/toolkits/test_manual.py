"""The page about the forms says what the forms say."""

from __future__ import annotations

from pathlib import Path

from curation.toolkits.manual import write_page

PAGE = Path(__file__).parents[3] / "docs" / "tool-forms.md"


def test_page_is_the_one_the_forms_write() -> None:
    assert PAGE.read_text() == write_page(), "run: python -m curation.toolkits.manual docs/tool-forms.md"
