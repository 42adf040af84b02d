"""A tool that must be handed a file is offered, and never called by a draft, which has no file to give."""

from __future__ import annotations

import pytest

from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.contract import Cell, Shortfall
from curation.synthesizers.handing_in import takes_file
from tests.synthesizers.drafting import calls_of, catalogue, make_tool

STRATEGIES = ("schema_driven", "near_misses", "contrast_pairs", "recoveries", "hard_cases")
UPLOADS = {"openai": "createFile", "swagger_petstore": "uploadFile"}


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", UPLOADS)
def test_nothing_is_uploaded_without_a_file(strategy: str, name: str) -> None:
    order = Order(catalogue(name), 80, seed=2, parameters={"variety": "full"})
    candidates = list(get_synthesizer(strategy).draft(order))
    assert len(candidates) == 80
    assert UPLOADS[name] not in {called for one in candidates for called, _ in calls_of(one.example)}
    assert UPLOADS[name] not in {one.tool for one in candidates}


@pytest.mark.parametrize("strategy", ["schema_driven", "contrast_pairs"])
def test_an_order_for_uploads_alone_says_why_it_falls_short(strategy: str) -> None:
    short: list[Shortfall] = []
    kind = "contrast" if strategy == "contrast_pairs" else ""
    cells = (Cell(4, "positive", kind, "createFile"),)
    order = Order(catalogue("openai"), 4, cells=cells, tell_short=short.append)
    assert list(get_synthesizer(strategy).draft(order)) == []
    assert [(one.cell, "handed a file" in one.why) for one in short] == [(cells[0], True)]


@pytest.mark.parametrize(
    ("named", "schema", "is_without"),
    [
        ("pet_id", {"type": "integer"}, True),
        ("file_name", {"type": "string"}, True),
        ("image_url", {"type": "string"}, False),
        ("content", {"type": "string"}, False),
        ("content", {"type": "string", "format": "binary"}, True),
    ],
)
def test_what_is_uploaded_can_be_an_argument(named: str, schema: dict[str, str], is_without: bool) -> None:
    tool = make_tool("uploadPhoto", "Upload a photo.", {named: schema}, [named])  # type: ignore[dict-item]
    assert takes_file(tool) is is_without
