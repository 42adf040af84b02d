"""CSV as rows: cells to the letter, columns under the right keys, and every bad row named by its line."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import UnreadableError
from curation.formats import detect_format
from curation.formats.containers.arrow_shape import Shape, Writing
from curation.formats.containers.csv_cells import split_records
from curation.formats.containers.csv_table import BEYOND, detect_delimiter
from curation.formats.files import FileRow, Rows
from curation.model.reading import Reading, Reject

MESSAGES = [{"role": "user", "content": 'A "b",\nc;d'}, {"role": "assistant", "content": "Grüße"}]
TEXT = json.dumps(MESSAGES, ensure_ascii=False)


def table(rows: Sequence[Sequence[object]], delimiter: str = ",", end: str = "\n") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue().encode()


def open_csv(content: bytes, columns: dict[str, str] | None = None) -> Rows:
    return Rows(io.BytesIO(content), "rows.csv", columns)


def read(content: bytes, columns: dict[str, str] | None = None) -> list[FileRow]:
    rows = open_csv(content, columns)
    return list(rows.read(detect_format(rows.head.rows)))


# -- cells ---------------------------------------------------------------------------------------------------------

CELLS = st.text(alphabet='ab,;"\n\r é\0', max_size=6)


@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=4),
    end=st.sampled_from(["\n", "\r\n"]),
    size=st.integers(1, 5),
)
def test_cells_are_those_of_the_writer_however_they_arrive(rows: list[list[str]], end: str, size: int) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    content = out.getvalue().encode()
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    records = list(split_records(chunks, b","))
    assert [[(cell or b"").decode() for cell in record.cells] for record in records] == rows


@given(content=st.binary(max_size=60), size=st.integers(1, 7))
def test_any_bytes_give_the_same_records_in_any_chunks(content: bytes, size: int) -> None:
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    assert list(split_records(chunks, b",")) == list(split_records([content], b","))


def test_quote_inside_a_cell_is_text() -> None:
    (record,) = split_records([b'5" screen,a "b" c,"x"y\n'], b",")
    assert record.cells == (b'5" screen', b'a "b" c', b"xy")


def test_empty_cell_is_told_from_an_empty_text() -> None:
    (record,) = split_records([b'a,,""\n'], b",")
    assert record.cells == (b"a", None, b"")


def test_lines_are_those_of_an_editor() -> None:
    records = split_records([b'a,b\n"1\n2\n3",x\n\n\n4,5'], b",")
    assert [(record.line, len(record.cells)) for record in records] == [(1, 2), (2, 2), (7, 2)]


def test_ten_megabyte_cell_is_one_reject_and_the_next_row_comes_in() -> None:
    huge = b'"' + b'{""a"":1},\n' * 1_000_000 + b'"'
    rows = read(b"messages,tools\n" + huge + b",[]\n" + table([[TEXT, "[]"]]))
    assert [type(row.result) for row in rows] == [Reject, Reading]
    assert isinstance(rows[0].result, Reject)
    assert "8 MB" in rows[0].result.reason
    assert rows[1].line == 1_000_003


def test_quote_that_is_never_closed_is_named_by_its_line() -> None:
    rows = read(table([["messages", "id"], [TEXT, 1]]) + b'"[{,2\n[{,3\n')
    assert isinstance(rows[0].result, Reading)
    assert isinstance(rows[1].result, Reject)
    assert "never closed" in rows[1].result.reason
    assert rows[1].line == 3


# -- the table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_is_told_from_the_first_rows(delimiter: str, end: str) -> None:
    content = table([["id", "messages"], ["1", TEXT], ["2", TEXT]], delimiter, end)
    assert detect_delimiter(content) == delimiter.encode()
    rows = read(b"\xef\xbb\xbf" + content)
    assert len(rows) == 2
    for row in rows:
        assert isinstance(row.result, Reading)
        assert [message.content for message in row.result.example.messages] == [one["content"] for one in MESSAGES]
        assert row.result.example.extra == {"id": json.dumps(str(row.raw.count(b'"id":"2"') + 1))}


def test_rows_of_another_width_are_rejects_that_keep_every_cell() -> None:
    rows = read(table([["Messages", "id"], [TEXT, 1], [TEXT], [TEXT, 2, "more"]]))
    assert isinstance(rows[0].result, Reading)
    for row, n_cells in zip(rows[1:], (1, 3), strict=True):
        assert isinstance(row.result, Reject)
        assert row.result.reason == f"The row has {n_cells} cells, but the header names 2 columns."
    assert [row.line for row in rows] == [2, 3, 4]
    assert json.loads(rows[2].raw) == {"messages": MESSAGES, "id": "2", BEYOND: ["more"]}


def test_row_that_is_not_utf8_is_one_reject() -> None:
    rows = read(table([["messages", "id"], [TEXT, 1]]) + b'"Z\xfcrich",2\n')
    assert [type(row.result) for row in rows] == [Reading, Reject]
    assert rows[1].raw == b"Z\xfcrich,2"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no rows"),
        (b"messages,messages\n1,2\n", "two of its columns are called `messages`"),
        (b"Z\xfcrich,b\n1,2\n", "not in UTF-8"),
        (b'"messages,tools\n', "its header has no end"),
        ("messages,tools\n1,2\n".encode("utf-16"), "UTF-16"),
        ("messages,tools\n1,2\n".encode("utf-16-be"), "UTF-16BE"),
    ],
)
def test_table_that_is_none_is_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        open_csv(content)
    assert words in str(refused.value)
    assert str(refused.value).startswith("Cannot read rows.csv: ")


def test_nul_in_a_cell_is_kept() -> None:
    (row,) = read(table([["messages", "note"], [TEXT, "a\0b"]]))
    assert isinstance(row.result, Reading)
    assert row.result.example.extra["note"] == '"a\\u0000b"'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1"])
def test_formula_comes_in_as_the_text_it_is(text: str) -> None:
    messages = [{"role": "user", "content": text}, {"role": "assistant", "content": "2"}]
    (row,) = read(table([["messages", "note"], [json.dumps(messages), text]]))
    assert isinstance(row.result, Reading)
    assert row.result.example.messages[0].content == text
    assert json.loads(row.result.example.extra["note"]) == text


# -- the mapping -----------------------------------------------------------------------------------------------------


def test_columns_are_mapped_by_their_names_and_what_they_hold() -> None:
    rows = open_csv(table([["", "Messages", "Available Tools", "note"], [0, TEXT, "[]", "[1]"]]))
    uses = [(use.column, use.key, use.is_json) for use in rows.head.columns]
    assert uses == [
        ("", "", False),
        ("Messages", "messages", True),
        ("Available Tools", "tools", True),
        ("note", "note", False),
    ]


def test_columns_of_other_names_are_told_by_what_they_hold() -> None:
    tools = [{"type": "function", "function": {"name": "f"}}]
    rows = open_csv(table([["id", "dialog json", "fns"], [1, TEXT, json.dumps(tools)], [2, TEXT, ""]]))
    assert [(use.column, use.key, use.is_json) for use in rows.head.columns] == [
        ("id", "id", False),
        ("dialog json", "messages", True),
        ("fns", "tools", True),
    ]


def test_content_counts_more_than_a_name_like_it() -> None:
    rows = open_csv(table([["conversation", "answer"], [TEXT, "yes"]]))
    assert [use.key for use in rows.head.columns] == ["messages", "answer"]


def test_request_and_answers_are_known_by_like_names() -> None:
    tools, answers = '[{"name": "f"}]', '[{"name": "f", "arguments": {}}]'
    rows = open_csv(table([["User Query", "available tools", "expected calls"], ["Do it.", tools, answers]]))
    assert [(use.key, use.is_json) for use in rows.head.columns] == [
        ("query", False),
        ("tools", False),
        ("answers", False),
    ]
    assert detect_format(rows.head.rows).name == "xlam"


def test_pairs_are_spliced_and_recognised() -> None:
    answer = json.dumps(MESSAGES[1:], ensure_ascii=False)
    rows = open_csv(table([["prompt", "chosen", "rejected"], [json.dumps(MESSAGES[:1]), answer, answer]]))
    assert [use.is_json for use in rows.head.columns] == [True, True, True]
    assert detect_format(rows.head.rows).name == "trl_preference"


@pytest.mark.parametrize("name", ["rows.csv.gz", "ROWS.CSV.GZ", "rows.tsv"])
def test_table_is_known_by_its_ending(name: str) -> None:
    content = table([["messages", "id"], [TEXT, 1]], "\t" if name.endswith("tsv") else ",")
    packed = gzip.compress(content) if name.lower().endswith("gz") else content
    assert len(Rows(io.BytesIO(packed), name).head.columns) == 2


def test_name_that_was_given_away_is_kept_apart() -> None:
    rows = open_csv(table([["messages", "chat"], ["a note", TEXT]]), {"messages": "chat"})
    assert [use.key for use in rows.head.columns] == ["messages (column)", "messages"]
    (row,) = rows.read(detect_format(rows.head.rows))
    assert isinstance(row.result, Reading)
    assert len(row.result.example.messages) == 2


def test_people_say_which_column_is_which() -> None:
    content = table([["a", "b", "messages"], [TEXT, "[]", "only a note"]])
    (row,) = read(content, {"messages": "a", "tools": "b", "note": "messages"})
    assert isinstance(row.result, Reading)
    assert len(row.result.example.messages) == 2
    assert row.result.example.tools == ()
    assert row.result.example.extra == {"note": '"only a note"'}


def test_column_that_is_not_there_is_a_sentence_with_those_that_are() -> None:
    with pytest.raises(UnreadableError, match=r"no column `chat`.*`messages`, `tools`"):
        open_csv(table([["messages", "tools"], [TEXT, "[]"]]), {"messages": "chat"})


def test_numbers_in_spliced_json_keep_their_text() -> None:
    (row,) = read(table([["messages", "tools"], [TEXT, '[{"name": "f", "parameters": {"maximum": 1.50}}]']]))
    assert b'"maximum": 1.50' in row.raw


def test_python_literal_is_read_as_the_json_it_means_and_said_so() -> None:
    (row,) = read(table([["messages", "id"], [str(MESSAGES), 1]]))
    assert isinstance(row.result, Reading)
    assert row.result.example.messages[1].content == "Grüße"
    assert "Python literal" in row.note
    assert [finding.code for finding in row.result.findings] == ["J03"]


def test_text_that_means_no_json_stays_a_text() -> None:
    rows = read(table([["messages", "id"], [TEXT, 1], ["[broken", 2]]))
    assert isinstance(rows[1].result, Reading)
    assert rows[1].result.example.extra["messages"] == '"[broken"'


@pytest.mark.parametrize("place", [1, 60])
@pytest.mark.parametrize("cell", ["[" * 3000, "[" * 3000 + "]" * 3000, '{"a":' * 3000])
def test_cell_that_nests_too_deeply_is_one_reject_with_its_place(cell: str, place: int) -> None:
    """Also among the first rows, from which the columns are told."""
    cells: list[list[object]] = [[TEXT] for _ in range(70)]
    cells[place] = [cell]
    rows = read(table([["messages"], *cells]))
    assert [n for n, row in enumerate(rows) if isinstance(row.result, Reject)] == [place]
    assert isinstance(rows[place].result, Reject)
    assert (rows[place].result.code, rows[place].line) == ("J11", rows[0].line + place)


def test_value_of_a_json_column_that_nests_too_deeply_stays_a_text() -> None:
    assert Writing().source("[" * 3000, Shape(is_json=True)) == json.dumps("[" * 3000)
