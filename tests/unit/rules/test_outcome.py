"""What a result says about itself: a word that tells of failure, or a code, whichever of them does."""

from __future__ import annotations

import pytest

from curation.rules.outcome import has_failed, outcome_of


@pytest.mark.parametrize(
    "text",
    [
        '{"status": "failed"}',
        '{"status": "Error", "status_code": 200}',
        '{"status": "Internal Server Error", "status_code": 500}',
        '{"status": "unavailable", "http_status": 503}',
        '{"status": "gone", "statusCode": 410}',
        '{"status": 404}',
    ],
)
def test_failure_is_told_by_the_word_or_the_code(text: str) -> None:
    assert has_failed(text)
    assert outcome_of(text).failed


@pytest.mark.parametrize(
    "text",
    [
        '{"status": "shipped"}',
        '{"status": "ok", "status_code": 200}',
        '{"status": "unavailable"}',
        '{"status": "unavailable", "http_status": "503"}',
        '{"status": null, "http_status": 302}',
    ],
)
def test_anything_else_is_no_failure(text: str) -> None:
    assert not has_failed(text)
    assert not outcome_of(text).failed
