"""Tables as `datasets` itself loads them: nothing filled in, every number and character where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import Format, detect_format, get_format
from curation.formats.containers.folders import DataFolder
from curation.formats.containers.writing import open_rows
from curation.formats.files import Rows
from curation.model.example import Example
from curation.model.reading import Reading
from curation.reading.rows import read_row

pytestmark = pytest.mark.training

SAMPLES = Path(__file__).parents[1] / "data/openai_sft/stock_rows.jsonl"
ODD = {
    "messages": [
        {"role": "user", "content": "=1+1 \u2028 漢字 \ufeff"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "g", "arguments": '{"n":1.10,"b":null}'}}
            ],
        },
    ],
    "tools": [{"type": "function", "function": {"name": "g", "parameters": {"properties": {"b": {"default": None}}}}}],
    "parallel_tool_calls": False,
}


def write_folder(fmt: Format, folder: Path) -> list[Example]:
    folder.mkdir()
    lines = [*SAMPLES.read_bytes().splitlines(), json.dumps(ODD).encode()]
    examples = [reading.example for line in lines if isinstance(reading := read_row(line), Reading)]
    with (folder / "rows.train.parquet").open("wb") as file:
        rows = open_rows(fmt, file)
        for example in examples:
            assert fmt.write is not None
            for row in fmt.write(example).rows:
                rows.write_row(row)
        rows.flush()
    assert fmt.companions is not None
    for name, content in fmt.companions({"train": "rows.train.parquet"}).items():
        (folder / name).write_bytes(content)
    return examples


def load(folder: Path, cache: Path) -> Any:
    import datasets

    return datasets.load_dataset(str(folder), split="train", cache_dir=str(cache))


def test_folder_loads_as_rows_for_trl(tmp_path: Path) -> None:
    examples = write_folder(get_format("datasets"), tmp_path / "set")
    rows = load(tmp_path / "set", tmp_path / "cache")
    trl = get_format("trl")
    assert trl.write is not None
    for row, example in zip(rows, examples, strict=True):
        expected = json.loads(trl.write(example).rows[0])
        assert row["messages"] == expected["messages"]
        assert row["tools"] == json.loads(expected["tools"])
    assert rows[-1]["extra"] == {"parallel_tool_calls": False}


def test_text_columns_load_to_the_letter(tmp_path: Path) -> None:
    examples = write_folder(get_format("parquet"), tmp_path / "set")
    rows = load(tmp_path / "set", tmp_path / "cache")
    for row, example in zip(rows, examples, strict=True):
        back = get_format("parquet").read(json.dumps(row).encode())
        assert isinstance(back, Reading)
        assert back.example == example


@pytest.mark.parametrize("name", ["parquet", "datasets"])
def test_what_the_library_saves_is_read_again(name: str, tmp_path: Path) -> None:
    examples = write_folder(get_format(name), tmp_path / "set")
    load(tmp_path / "set", tmp_path / "cache").save_to_disk(str(tmp_path / "saved"))
    rows = Rows(DataFolder(tmp_path / "saved"), "saved")
    found = [row.result for row in rows.read(detect_format(rows.head.rows))]
    assert len(found) == len(examples)
    for reading, example in zip(found, examples, strict=True):
        assert isinstance(reading, Reading)
        assert [one.content for one in reading.example.messages] == [one.content for one in example.messages]
        assert reading.example.tools == example.tools
