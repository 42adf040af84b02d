"""Files that hold no rows are told in one sentence; one row over several lines is one row."""

from __future__ import annotations

import gzip
import io
import json

import pytest

from curation.errors import UnreadableError
from curation.formats import get_format
from curation.formats.files import FileRow, Rows
from curation.model.reading import Reading, Reject

ROW = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Grüße 漢字"}]}
LINE = json.dumps(ROW, ensure_ascii=False)
PRETTY = json.dumps(ROW, indent=2)


def read(content: bytes) -> list[FileRow]:
    return list(Rows(io.BytesIO(content), "rows.jsonl").read(get_format("openai")))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PAR1\x15\x04\x15", "Parquet"),
        (gzip.compress(LINE.encode())[:-9], "cut off"),
        (b"PK\x03\x04\x14\x00", "zip archive"),
        (LINE.encode("utf-16"), "iconv -f UTF-16 -t UTF-8"),
        (LINE.encode("utf-16-le"), "iconv -f UTF-16LE"),
        (LINE.encode("utf-16-be"), "iconv -f UTF-16BE"),
        (f"[\n{LINE}]".encode("utf-16-le"), "UTF-16LE"),
        (LINE.encode("utf-32"), "UTF-32"),
        (LINE.encode("utf-32-be"), "UTF-32BE"),
        (f"{PRETTY}\n{PRETTY}\n".encode(), "jq -c"),
        (('{\n"messages": [' + LINE + ",\n" * 600_000 + LINE + "]}").encode(), "jq -c"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_file_of_another_kind_is_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        Rows(io.BytesIO(content), "rows.jsonl")
    assert words in str(refused.value)
    assert str(refused.value).startswith("Cannot read rows.jsonl: ")


@pytest.mark.parametrize("content", [PRETTY, f"\n{PRETTY}\n\n", "\ufeff" + PRETTY, PRETTY.replace("\n", "\r\n")])
def test_one_row_over_several_lines_is_one_row(content: str) -> None:
    rows = Rows(io.BytesIO(content.encode()))
    assert len(rows.head.rows) == 1
    (row,) = rows.read(get_format("openai"))
    assert isinstance(row.result, Reading)
    assert row.result.example.messages[1].content == "Grüße 漢字"


def test_broken_row_over_several_lines_is_one_reject_with_its_place() -> None:
    (row,) = read(PRETTY.replace('"Hi"', '"Hi",,').encode())
    assert isinstance(row.result, Reject)
    assert (row.line, row.result.line) == (1, 5)


@pytest.mark.parametrize(
    "content",
    [
        f"{LINE}\n{LINE}\n",
        f'{{"messages":[{{"ro\n{LINE}\n',
        f"{{\n{LINE}\n",
        f'{{"messages":[\n{LINE}\n{LINE}\n',
        "{",
        "{\n",
        '{"a": NaN}\n{}\n',
        "",
    ],
)
def test_one_bad_line_spoils_no_other(content: str) -> None:
    rows = read(content.encode())
    assert len(rows) == len(content.splitlines())
    assert sum(isinstance(row.result, Reading) for row in rows) >= content.count(LINE)
