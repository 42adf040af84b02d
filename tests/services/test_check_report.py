"""The page of a check: what it shows when there is too much for one page."""

from __future__ import annotations

import io

import pytest

from curation.services import check_report
from curation.services.check_report import HtmlReport
from curation.services.validating import CheckedRow, PlacedFinding


def found(message: str) -> tuple[PlacedFinding, ...]:
    return (PlacedFinding(rule="unknown-tool", code="A01", severity="error", at="", message=message),)


def test_what_is_found_about_a_file_is_shown_behind_any_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_report, "MOST_ROWS", 2)
    page = io.BytesIO()
    with HtmlReport(page) as report:
        for line in range(1, 6):
            report.add(CheckedRow("rows.jsonl", line, found(f"In row {line}.")))
        report.add(CheckedRow("rows.jsonl", None, found("About the <whole> file.")))
    text = page.getvalue().decode()
    assert "In row 2." in text
    assert "In row 3." not in text
    assert "About the &lt;whole&gt; file." in text
    assert "3 more rows have findings" in text
