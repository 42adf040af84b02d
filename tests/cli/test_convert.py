"""`callwright convert`: rows out, losses reported, nothing lost in silence."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import callwright

DATA = Path(__file__).parents[1] / "data"
ROWS = DATA / "openai_sft/stock_rows.jsonl"


def run(*arguments: str, text: bytes | None = None) -> Result:
    return CliRunner().invoke(callwright, ["convert", *arguments], input=text)


def read_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("middle", ["callwright", "trl"])
def test_there_and_back_is_the_same(tmp_path: Path, middle: str) -> None:
    there, back = tmp_path / "there.jsonl", tmp_path / "back.jsonl"
    assert run(str(ROWS), "--from", "openai", "--to", middle, "-o", str(there)).exit_code == 0
    assert run(str(there), "--from", middle, "--to", "openai", "-o", str(back)).exit_code == 0
    assert read_lines(back) == read_lines(ROWS)


def test_router_rows_hold_the_calls_and_report_unlabelled_answers(tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    result = run(str(ROWS), "--from", "openai", "--to", "router", "--report", str(report))
    answers = [json.loads(json.loads(line)["messages"][-1]["content"]) for line in result.stdout.splitlines()]
    unlabelled = [i for i, answer in enumerate(answers, start=1) if answer["tool"] == "no_tool"]
    assert len(answers) == 8
    assert [line["line"] for line in read_lines(report)] == unlabelled
    assert all("reason" in line["losses"][0]["what"] for line in read_lines(report))


def test_dropped_labels_are_reported_with_their_places(tmp_path: Path) -> None:
    row = {
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello", "label": {"reason": "small_talk"}},
        ],
        "group": "g",
    }
    report = tmp_path / "report.jsonl"
    result = run("-", "--from", "callwright", "--to", "openai", "--report", str(report), text=json.dumps(row).encode())
    (line,) = read_lines(report)
    assert line == {
        "file": "-",
        "line": 1,
        "rows": 1,
        "losses": [{"at": "/group", "what": "group"}, {"at": "/messages/1/label", "what": "label"}],
    }
    assert "group" not in json.loads(result.stdout)
    assert result.exit_code == 0


def test_refused_rows_are_reported_and_the_rest_is_written(tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    text = b'{"messages":[{"role":"user","content":"Hi"}]}\nnot json\n' + ROWS.read_bytes()
    result = run("-", "--from", "openai", "--to", "router", "--report", str(report), text=text)
    refused = {line["line"]: line["refused"] for line in read_lines(report) if "refused" in line}
    assert "no assistant turn" in refused[1]
    assert "column 1" in refused[2]
    assert len(result.stdout.splitlines()) == 8
    assert "2 refused" in result.stderr
    assert result.exit_code == 1


def test_doubled_key_is_reported(tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    text = b'{"messages":[{"role":"user","content":"Hi","content":"Ho"}]}'
    run("-", "--from", "openai", "--to", "callwright", "--report", str(report), text=text)
    (line,) = read_lines(report)
    assert line["losses"][0]["at"] == "/messages/0/content"


def test_number_text_survives_every_step(tmp_path: Path) -> None:
    call = '{"function":{"name":"pay","arguments":{"amount": 1.10, "order": 12345678901234567890}}}'
    text = '{"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[' + call + "]}]}"
    for target in ("openai", "trl", "router", "callwright"):
        result = run("-", "--to", target, text=text.encode())
        assert "1.10" in result.stdout
        assert "12345678901234567890" in result.stdout


def test_unknown_format_and_unwritable_file_are_one_sentence(tmp_path: Path) -> None:
    for arguments in (["--to", "xml"], ["--to", "openai", "-o", str(tmp_path / "no/such/folder.jsonl")]):
        result = run(str(ROWS), *arguments)
        assert result.exit_code != 0
        assert not isinstance(result.exception, (OSError, KeyError))
    assert list(tmp_path.iterdir()) == []


def test_pipe_gets_the_rows_and_stays_a_pipe(tmp_path: Path) -> None:
    pipes = [tmp_path / "rows", tmp_path / "report"]
    heard: dict[str, bytes] = {}

    def listen(pipe: Path) -> None:
        heard[pipe.name] = pipe.read_bytes()

    for pipe in pipes:
        os.mkfifo(pipe)
    readers = [threading.Thread(target=listen, args=(pipe,)) for pipe in pipes]
    for reader in readers:
        reader.start()
    result = run(str(ROWS), "--to", "router", "-o", str(pipes[0]), "--report", str(pipes[1]))
    for reader in readers:
        reader.join()
    assert result.exit_code == 0
    assert len(heard["rows"].splitlines()) == 8
    assert heard["report"]
    assert all(pipe.is_fifo() for pipe in pipes)


def test_link_and_mode_of_an_existing_file_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "target.jsonl", tmp_path / "link.jsonl"
    target.write_bytes(b"old")
    target.chmod(0o600)
    link.symlink_to(target)
    assert run(str(ROWS), "--to", "openai", "-o", str(link)).exit_code == 0
    assert link.is_symlink()
    assert len(read_lines(target)) == 8
    assert target.stat().st_mode & 0o777 == 0o600


def test_rows_and_report_never_share_standard_output() -> None:
    for options in (["--report", "-"], ["-o", "-", "--report", "-"]):
        result = run(str(ROWS), "--to", "openai", *options)
        assert result.stdout == ""
        assert "cannot both go to standard output" in str(result.exception)


def test_report_may_go_to_standard_output_alone(tmp_path: Path) -> None:
    result = run(str(ROWS), "--to", "router", "-o", str(tmp_path / "rows.jsonl"), "--report", "-")
    assert result.exit_code == 0
    assert all("losses" in json.loads(line) for line in result.stdout.splitlines())


def test_row_over_several_lines_is_written_on_one() -> None:
    row = read_lines(ROWS)[0]
    for target in ("openai", "callwright", "router", "trl"):
        result = run("-", "--to", target, text=json.dumps(row, indent=2).encode())
        assert result.exit_code == 0
        assert len(result.stdout.splitlines()) == 1


def test_tables_are_written_and_read(tmp_path: Path) -> None:
    for name in ("csv", "parquet"):
        table, back = tmp_path / f"rows.{name}", tmp_path / f"{name}.jsonl"
        assert run(str(ROWS), "--to", name, "-o", str(table)).exit_code == 0
        assert run(str(table), "--to", "openai", "-o", str(back)).exit_code == 0
        assert read_lines(back) == read_lines(ROWS)


def test_folder_of_parquet_is_converted_and_validated(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = read_lines(ROWS)[:3]
    texts = {key: [json.dumps(row.get(key)) for row in rows] for key in ("messages", "tools")}
    (tmp_path / "set").mkdir()
    pq.write_table(pa.table(texts), tmp_path / "set" / "train.parquet")
    out = tmp_path / "rows.jsonl"
    done = run(str(tmp_path / "set"), "--to", "openai", "-o", str(out))
    assert (done.exit_code, [row["messages"] for row in read_lines(out)]) == (0, [row["messages"] for row in rows])
    checked = CliRunner().invoke(callwright, ["validate", "--json", str(tmp_path / "set")])
    assert [json.loads(line)["line"] for line in checked.stdout.splitlines()][:3] == [1, 2, 3]
    (tmp_path / "empty").mkdir()
    assert "holds no data set" in str(run(str(tmp_path / "empty"), "--to", "openai").exception)
