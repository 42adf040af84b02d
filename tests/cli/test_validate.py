"""`callwright validate` as scripts see it: lines, places, exit codes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import callwright
from curation.errors import UnwritableError

ROWS = Path(__file__).parents[1] / "data/openai_sft/stock_rows.jsonl"
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a town.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Town to look up."}},
            "required": ["city"],
        },
    },
}


def run(*arguments: str, text: bytes | None = None) -> Result:
    return CliRunner().invoke(callwright, ["validate", *arguments], input=text)


def make_row(name: str = "get_weather", arguments: Any = '{"city": "Paris"}', **extra: Any) -> bytes:
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    messages = [{"role": "user", "content": "Weather in Paris?"}, {"role": "assistant", "tool_calls": [call]}]
    return json.dumps({"messages": messages, "tools": [TOOL], **extra}).encode()


def records(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def by_line(result: Result) -> dict[int | None, dict[str, dict[str, Any]]]:
    return {one["line"]: {finding["code"]: finding for finding in one["findings"]} for one in records(result)}


def test_one_object_a_row_in_order_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(make_row() + b"\n" + make_row("get_wether") + b"\nnot json\n")
    result = run(str(file), "--json")
    assert [one["line"] for one in records(result)][:3] == [1, 2, 3]
    assert all(one["file"] == str(file) for one in records(result))
    assert all(set(one) == {"file", "line", "findings"} for one in records(result)[:3])
    assert "3 rows" in result.stderr


def test_finding_has_rule_place_and_fix() -> None:
    result = run("-", "--json", text=make_row("get_wether"))
    finding = by_line(result)[1]["A01"]
    at = "/messages/1/tool_calls/0/function/name"
    assert finding["rule"] == "unknown-tool"
    assert (finding["severity"], finding["at"]) == ("error", at)
    assert finding["fix"] == {"title": finding["fix"]["title"], "at": at, "value": "get_weather"}
    assert result.exit_code == 1


def test_place_inside_text_arguments_is_the_text_itself() -> None:
    result = run("-", "--json", text=make_row(arguments='{"city": 5}'))
    assert by_line(result)[1]["A05"]["at"] == "/messages/1/tool_calls/0/function/arguments"


def test_place_inside_object_arguments_is_the_argument() -> None:
    result = run("-", "--json", text=make_row(arguments={"city": 5}))
    assert by_line(result)[1]["A05"]["at"] == "/messages/1/tool_calls/0/function/arguments/city"


def test_every_place_can_be_reached_in_the_row_as_given() -> None:
    raw = make_row(arguments='{"town": 5}', odd=1)
    for finding in records(run("-", "--json", text=raw))[0]["findings"]:
        place = json.loads(raw)
        for step in finding["at"].split("/")[1:]:
            place = place[int(step)] if isinstance(place, list) else place[step]


def test_clean_row_has_an_empty_list() -> None:
    answered = [
        {"role": "tool", "tool_call_id": "call_1", "content": "21 degrees in Paris"},
        {"role": "assistant", "content": "It is 21 degrees in Paris."},
    ]
    row = json.loads(make_row())
    row["messages"] += answered
    assert records(run("-", "--json", text=json.dumps(row).encode()))[0] == {"file": "-", "line": 1, "findings": []}


def test_bad_rows_have_line_and_column_and_the_rest_comes_through() -> None:
    text = b"\xef\xbb\xbf" + make_row() + b'\n{"a": NaN}\n\n{"messages":[{"ro\n' + make_row()[:-1] + b',"x":1,"x":2}\n'
    found = by_line(run("-", "--json", text=text))
    assert "J02" in found[1]
    assert found[2]["J07"]["message"].startswith("Line 2, column 7:")
    assert "J04" in found[3]
    assert "Line 4, column 18" in found[4]["J03"]["message"]
    assert found[5]["J05"]["at"] == "/x"


def test_rows_of_a_list_are_numbered() -> None:
    text = b"[\n" + make_row() + b",\n" + make_row("nope") + b"\n]"
    found = by_line(run("-", "--json", text=text))
    assert "A01" not in found[1]
    assert "A01" in found[2]


def test_list_in_a_jsonl_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b"[" + make_row() + b"]")
    assert "J04" in by_line(run(str(file), "--json"))[None]


def test_findings_about_the_file_come_last() -> None:
    found = records(run("-", "--json", text=make_row() + b"\n" + make_row()))
    assert found[-1]["line"] is None
    assert "D02" in {finding["code"] for finding in found[-1]["findings"]}


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_fail_on_decides_the_exit_code(fail_on: str, code: int) -> None:
    doubled = make_row() + b"\n" + make_row()
    assert run("-", "--fail-on", fail_on, text=doubled).exit_code == code
    assert run("-", "--fail-on", "never", text=b"{").exit_code == 0


def test_tools_beside_the_file_serve_rows_without_any(tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps([TOOL]))
    row = json.loads(make_row("get_wether"))
    del row["tools"]
    text = json.dumps(row).encode()
    assert "T01" in by_line(run("-", "--json", text=text))[1]
    found = by_line(run("-", "--json", "--tools", str(tools), text=text))[1]
    assert "T01" not in found
    assert "did you mean `get_weather`" in found["A01"]["message"]


def test_target_sets_the_severity() -> None:
    row = make_row(arguments={"city": "Paris"})
    assert by_line(run("-", "--json", text=row))[1]["J16"]["severity"] == "info"
    assert by_line(run("-", "--json", "--target", "openai", text=row))[1]["J16"]["severity"] == "error"


def test_router_rows_are_placed_in_the_answer() -> None:
    answer = json.dumps({"tool": "get_wether", "arguments": {"city": "Paris"}})
    messages = [{"role": "user", "content": "Weather in Paris?"}, {"role": "assistant", "content": answer}]
    row = json.dumps({"messages": messages, "tools": [TOOL]}).encode()
    finding = by_line(run("-", "--json", "--format", "router", text=row))[1]["A01"]
    assert finding["at"] == "/messages/1/content"
    assert json.loads(finding["fix"]["value"])["tool"] == "get_weather"


def test_people_get_sentences_with_places() -> None:
    result = run(str(ROWS))
    assert result.exit_code == 0
    assert f"{ROWS}:1: info C07 ends-on-calls at /messages/2:" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("8 rows, 0 errors")


def test_unreadable_file_is_one_sentence_and_the_others_are_checked(tmp_path: Path) -> None:
    result = run(str(tmp_path / "missing.jsonl"), str(ROWS), "--json")
    assert result.exit_code == 2
    assert "Cannot read" in result.stderr
    assert "Traceback" not in result.stderr
    assert len([one for one in records(result) if one["line"]]) == 8


@pytest.mark.parametrize("option", [("--format", "xml"), ("--target", "opanai")])
def test_unknown_name_is_one_sentence(option: tuple[str, str]) -> None:
    result = run("-", *option, text=make_row())
    assert result.exit_code == 2
    assert result.stderr.startswith("callwright: There is no")


def test_file_of_another_kind_is_one_sentence_and_the_others_are_checked(tmp_path: Path) -> None:
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress(make_row())[:-1])
    result = run(str(packed), str(ROWS), "--json")
    (sentence,) = [line for line in result.stderr.splitlines() if line.startswith("callwright: ")]
    assert str(packed) in sentence
    assert "cut off" in sentence
    assert result.exit_code == 2
    assert {one["file"] for one in records(result)} == {str(ROWS)}


def test_row_over_several_lines_is_placed_in_its_file() -> None:
    text = json.dumps(json.loads(make_row()), indent=2).replace('"Weather in Paris?"', "Weather").encode()
    (record,) = [one for one in records(run("-", "--json", text=text)) if one["line"]]
    (finding,) = record["findings"]
    assert record["line"] == 1
    assert finding["message"].startswith("Line 5, column 18:")


def test_finding_about_the_whole_names_one_row_or_several(tmp_path: Path) -> None:
    other = {"type": "function", "function": {**TOOL["function"], "description": "Weather."}}  # type: ignore[dict-item]
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b"\n".join([make_row(), make_row(), make_row(tools=[other])]) + b"\n")
    said = {one["code"]: one["message"] for one in records(run(str(file), "--json"))[-1]["findings"]}
    assert said["T19"].endswith("(Row 3.)")
    assert said["D02"].endswith("(Rows 1, 2.)")


@pytest.mark.parametrize("source", [b"[1, 2]", b'"x"', b"5", b"null"])
def test_row_that_is_no_object_is_one_finding_without_a_repair(tmp_path: Path, source: bytes) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(make_row() + b"\n" + source + b"\n")
    (finding,) = records(run(str(file), "--json"))[1]["findings"]
    assert finding["code"] == "M01"
    assert "not an object" in finding["message"]
    assert "fix" not in finding


def test_report_is_one_page_that_runs_and_loads_nothing(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    hostile = make_row("<script>alert(1)</script>")
    result = run("-", "--report", str(page), text=make_row() + b"\n" + hostile + b"\nnot json\n")
    assert result.exit_code == 1
    text = page.read_text()
    assert text.startswith("<!doctype html>")
    assert text.endswith("</html>\n")
    assert "3 rows checked" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "http-equiv" in text
    assert "http://" not in text
    assert "https://" not in text
    assert "<code>A01</code>" in text
    assert "Time by pass: rules on rows" in text


def test_report_that_cannot_be_written_is_said_before_anything_is_checked(tmp_path: Path) -> None:
    result = run("-", "--report", str(tmp_path / "none" / "report.html"), text=make_row("get_wether"))
    assert isinstance(result.exception, UnwritableError)
    assert "report.html" in str(result.exception)
    assert result.stdout == ""


@pytest.mark.parametrize("options", [("--max-length", "9"), ("--report", "-")])
def test_options_that_would_do_nothing_or_harm_are_refused(tmp_path: Path, options: tuple[str, str]) -> None:
    (tmp_path / "rows.jsonl").write_bytes(make_row())
    result = run(str(tmp_path / "rows.jsonl"), *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert options[0] in result.stderr


def test_format_without_a_place_for_reasons_is_told_once(tmp_path: Path) -> None:
    quiet = {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello, Ann."}]}
    lines = b"".join(json.dumps({**quiet, "tools": [TOOL]}).encode() + b"\n" for _ in range(3))
    result = run("-", "--json", "--format", "openai", text=lines)
    assert all("N01" not in found for line, found in by_line(result).items() if line is not None)
    assert "3 rows call nothing" in by_line(result)[None]["N01"]["message"]
    own = run("-", "--json", "--format", "callwright", text=lines)
    assert all("N01" in found for line, found in by_line(own).items() if line is not None)
    assert "N01" not in by_line(own).get(None, {})


OTHER = {"type": "function", "function": {"name": "get_tides", "description": "Tides of a harbour."}}


def test_valid_and_invalid_rows_are_counted_not_only_findings(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    text = b"\n".join([make_row(), make_row("get_wether", arguments='{"town": 5, "at": 6}'), make_row("nope"), b"{"])
    last = run("-", "--report", str(page), text=text).stdout.splitlines()[-1]
    assert last.startswith("4 rows, ")
    assert last.endswith("; 1 row valid, 3 invalid")
    assert "<p>1 row valid, 3 invalid.</p>" in page.read_text()


def test_calls_are_counted_by_tool_and_tools_never_called_are_named(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    text = b"\n".join([make_row(tools=[TOOL, OTHER]), make_row(), make_row("nope", tools=[TOOL])])
    told = run("-", "--report", str(page), text=text).stdout.splitlines()
    assert "-: calls by tool: `get_weather` 2" in told
    assert "-: never called: `get_tides`" in told
    assert '<td>get_tides</td><td class="number">0</td>' in page.read_text()
    (last,) = [one for one in records(run("-", "--json", text=text)) if "coverage" in one]
    assert last == records(run("-", "--json", text=text))[-1]
    assert last["line"] is None
    assert last["coverage"] == {"calls": {"get_weather": 2, "get_tides": 0}, "never_called": ["get_tides"]}


def test_tools_beside_the_file_count_as_offered_and_without_any_nothing_is_said(tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps([TOOL, OTHER]))
    row = json.loads(make_row())
    del row["tools"]
    text = json.dumps(row).encode()
    assert "-: never called: `get_tides`" in run("-", "--tools", str(tools), text=text).stdout
    assert "calls by tool" not in run("-", text=text).stdout
    assert all("coverage" not in one for one in records(run("-", "--json", text=text)))
