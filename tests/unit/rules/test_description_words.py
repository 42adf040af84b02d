"""A description that is there, but tells nothing, is not called missing."""

from __future__ import annotations

import json

import pytest

from curation.model.definition import Definition
from curation.rules import check_definition


def _sentence(description: str | None) -> str:
    when = {"type": "string"} | ({} if description is None else {"description": description})
    parameters = {"type": "object", "properties": {"when": when}}
    function = {"name": "book", "description": "Books a table for a party.", "parameters": parameters}
    found = check_definition(Definition(json.dumps({"type": "function", "function": function})))
    return next(one.message for one in found if one.rule == "description-missing")


@pytest.mark.parametrize("description", ["When", " when ", "WHEN"])
def test_repeating_the_name_is_said_as_that(description: str) -> None:
    assert "only repeats its name" in _sentence(description)


@pytest.mark.parametrize("description", [None, "", "  "])
def test_missing_is_said_as_missing(description: str | None) -> None:
    assert "has no description" in _sentence(description)
