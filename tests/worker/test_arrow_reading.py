"""Parquet, Arrow and folders of them: read apart, with Arrow's filling taken out and every damage one sentence."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.errors import UnreadableError
from curation.formats import detect_format
from curation.formats.containers import arrow_file
from curation.formats.containers.folders import DataFolder
from curation.formats.files import FileRow, Rows
from curation.model.reading import Reading, Reject


def call(name: str, arguments: Any) -> dict[str, Any]:
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments or {"a": 1}}}


def conversation(name: str = "f", **arguments: Any) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": None, "tool_calls": [call(name, arguments)]},
            {"role": "tool", "content": "5", "tool_call_id": "call_1"},
            {"role": "assistant", "content": "Done."},
        ],
        "tools": '[{"type":"function","function":{"name":"f"}}]',
    }


def parquet(rows: list[dict[str, Any]], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, **options)
    return out.getvalue()


def stream(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def file(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    with pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def read(source: bytes | DataFolder, name: str = "rows.parquet") -> list[FileRow]:
    rows = Rows(io.BytesIO(source) if isinstance(source, bytes) else source, name)
    return list(rows.read(detect_format(rows.head.rows)))


def refuse(content: bytes, name: str = "rows.parquet") -> str:
    with pytest.raises(UnreadableError) as refused:
        read(content, name)
    assert str(refused.value).startswith(f"Cannot read {name}: it is ")
    return str(refused.value)


@pytest.mark.parametrize("write", [parquet, stream, file])
def test_rows_are_read_in_order_without_what_arrow_filled_in(write: Any) -> None:
    rows = read(write([conversation("f", city=f"Town {i}") if i % 3 else conversation("g", n=i) for i in range(600)]))
    assert [row.line for row in rows] == list(range(1, 601))
    assert [json.loads(row.raw) for row in rows[:2]] == [conversation("g", n=0), conversation("f", city="Town 1")]
    # The other tool's argument, the calls of three turns and the id of three turns.
    assert {row.n_nulls for row in rows} == {7}
    assert all(isinstance(row.result, Reading) for row in rows)


def test_null_that_says_something_is_kept() -> None:
    (row,) = read(parquet([conversation(a=1)]))
    assert json.loads(row.raw)["messages"][1]["content"] is None


def test_values_of_other_types_become_json() -> None:
    columns = {
        "messages": pa.array([conversation()["messages"][:1]]),
        "amount": pa.array(["1.10"]).cast(pa.decimal128(10, 2)),
        "day": pa.array([0], pa.date32()),
        "bytes": pa.array([b"\xff"]),
        "pairs": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        "big": pa.array([2**63 - 1]),
        "absent": pa.array([None], pa.string()),
        "parsed": pa.array(['{"n":1.10}'], pa.json_()),
        "words": pa.array(["a"]).dictionary_encode(),
    }
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    row = json.loads(read(out.getvalue())[0].raw)
    del row["messages"]
    assert row == {
        "amount": "1.10",
        "day": "1970-01-01",
        "bytes": "/w==",
        "pairs": {"a": 1},
        "big": 2**63 - 1,
        "parsed": '{"n":1.10}',
        "words": "a",
    }


def test_list_of_turns_is_known_under_any_name() -> None:
    given = conversation()
    rows = Rows(io.BytesIO(parquet([{"dialog": given["messages"], "n": 1}])), "rows.parquet")
    assert [(use.key, use.is_json) for use in rows.head.columns] == [("messages", False), ("n", False)]


def test_columns_of_json_text_are_spliced() -> None:
    given = conversation()
    rows = [{"id": "1", "chat_messages": json.dumps(given["messages"]), "tools": given["tools"]}]
    (row,) = read(parquet(rows))
    assert json.loads(row.raw)["messages"] == given["messages"]
    assert json.loads(row.raw)["tools"][0]["function"]["name"] == "f"


# -- hostile files -----------------------------------------------------------------------------------------------------


def test_wrong_footer_is_one_sentence() -> None:
    content = parquet([conversation()])
    assert "reader says" in refuse(content[:-4] + b"PARX")
    assert "reader says" in refuse(content[:-8] + b"\xff\xff\xff\x7fPAR1")
    assert "reader says" in refuse(content[: len(content) // 2])
    assert "reader says" in refuse(b"PAR1")


@pytest.mark.parametrize("step", [7, 13, 29])
def test_damaged_bytes_never_raise_anything_else(step: int) -> None:
    content = bytearray(parquet([conversation(a=i) for i in range(20)], compression="none"))
    for at in range(200, len(content) - 8, len(content) // step):
        content[at] ^= 0x5A
    with suppress(UnreadableError):
        read(bytes(content))


def test_damaged_arrow_file_is_one_sentence() -> None:
    content = bytearray(stream([conversation(a=i) for i in range(20)]))
    content[16:48] = b"\xff" * 32
    assert "Arrow stream" in refuse(bytes(content), "data.arrow")


def test_file_that_unpacks_to_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow_file, "FREE_BYTES", 1_000_000)
    monkeypatch.setattr(arrow_file, "MOST_RATIO", 20)
    table = pa.table({"messages": pa.array(["x" * 1_000]).take(pa.array([0] * 100_000))})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    assert "20 times its size" in refuse(out.getvalue())


def test_row_that_is_too_large_is_one_reject_and_the_next_comes_in() -> None:
    rows = read(parquet([conversation(text="x" * 9_000_000), conversation()]))
    assert isinstance(rows[0].result, Reject)
    assert "8 MB" in rows[0].result.reason
    assert isinstance(rows[1].result, Reading)


def test_value_that_needs_more_memory_than_there_may_be_is_one_sentence(tmp_path: Path) -> None:
    packed = tmp_path / "rows.parquet"
    packed.write_bytes(parquet([{"messages": "x" * 60_000_000}], compression="zstd"))
    assert packed.stat().st_size < 100_000
    few = "from curation.formats.containers import arrow_child as c; c.MEMORY_BYTES = 440_000_000; c.main()"
    with packed.open("rb") as file:
        done = subprocess.run([sys.executable, "-c", few], stdin=file, stdout=subprocess.PIPE, timeout=50, check=False)
    assert done.stdout == b"fail it takes more memory to read than it may\n"


def test_reader_ends_with_whoever_reads_it() -> None:
    content = parquet([conversation(a=i) for i in range(3_000)])
    rows = Rows(io.BytesIO(content), "rows.parquet")
    found = rows.read(detect_format(rows.head.rows))
    next(found)
    del found, rows


# -- folders ---------------------------------------------------------------------------------------------------------


def save_shards(folder: Path, shards: list[list[dict[str, Any]]]) -> None:
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("{}")
    for i, rows in enumerate(shards):
        (folder / f"data-{i:05}-of-{len(shards):05}.arrow").write_bytes(stream(rows))


def test_saved_folder_is_read_split_by_split(tmp_path: Path) -> None:
    home = tmp_path / "saved"
    save_shards(home / "test", [[conversation("f", a=9)]])
    save_shards(home / "train", [[conversation("f", a=1)], [conversation("f", a=2)]])
    (home / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    folder = DataFolder(home)
    assert folder.splits == ("train", "test")
    rows = read(folder)
    found = [json.loads(row.raw)["messages"][1]["tool_calls"][0]["function"]["arguments"]["a"] for row in rows]
    assert found == [1, 2, 9]
    assert [row.line for row in rows] == [1, 2, 3]


def test_one_saved_split_is_read(tmp_path: Path) -> None:
    save_shards(tmp_path / "one", [[conversation()], [conversation()]])
    assert len(read(DataFolder(tmp_path / "one"))) == 2


def test_folder_of_parquet_files_is_read_by_split(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("test-00000-of-00001", "train-00001-of-00002", "train-00000-of-00002"):
        (tmp_path / "data" / f"{name}.parquet").write_bytes(parquet([conversation(name=name)]))
    folder = DataFolder(tmp_path)
    assert folder.splits == ("train", "test")
    assert folder.parts[0].path.stem == "train-00000-of-00002"
    assert len(read(folder)) == 3
    assert len(folder.sha256) == 64


def test_folder_without_tables_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(UnreadableError, match="holds no data set"):
        DataFolder(tmp_path)


def test_damaged_shard_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(UnreadableError, match=r"/train\.parquet: it is a Parquet file, and "):
        read(DataFolder(tmp_path))


def test_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.parquet").write_bytes(parquet([conversation()]))
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "train.parquet").symlink_to(tmp_path / "secret.parquet")
    with pytest.raises(UnreadableError, match="holds no data set"):
        DataFolder(tmp_path / "set")
