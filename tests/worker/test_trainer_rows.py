"""Rows for LLaMA-Factory and Axolotl through the table loader both use: nothing is merged, nulled or rounded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.formats import get_format
from tests.unit.formats.llamafactory import load_row, parse
from tests.unit.formats.test_axolotl import without_nulls
from tests.worker.test_trl_rows import ARGUMENTS, load, write_rows

# In one process with the others that load torch themselves.
pytestmark = [pytest.mark.training, pytest.mark.xdist_group("torch")]


@pytest.mark.parametrize("name", ["sharegpt", "axolotl", "llamafactory_v1"])
def test_loading_keeps_every_value(name: str, tmp_path: Path) -> None:
    rows = write_rows(name)
    assert len(rows) >= len(ARGUMENTS)
    assert [without_nulls(row) for row in load(rows, tmp_path)] == [without_nulls(json.loads(row)) for row in rows]


def test_llamafactory_finds_every_number_in_what_was_loaded(tmp_path: Path) -> None:
    fmt = get_format("sharegpt")
    rows = write_rows("sharegpt")
    path = tmp_path / "rows.jsonl"
    assert fmt.companions is not None
    (entry,) = json.loads(fmt.companions({"train": path.name})["dataset_info.json"]).values()
    assert entry["file_name"] == path.name
    loaded = [load_row(json.dumps(row).encode(), entry) for row in load(rows, tmp_path)]
    assert [one.turns[3].calls[0][1] for one in loaded[: len(ARGUMENTS)]] == [parse(text) for text in ARGUMENTS]
