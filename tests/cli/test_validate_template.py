"""`callwright validate --template`: what a chat template would lose of the rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from curation.errors import UnreadableError
from tests.cli.test_validate import TOOL, by_line, make_row, run

CALLS = (
    "{% for m in messages %}<|turn|>{{ m.role }} {{ m.content or '' }}"
    "{% for c in (m.tool_calls or [])[:1] %}<call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>"
    "{% endfor %}<|end|>{% endfor %}{% if add_generation_prompt %}<|turn|>assistant {% endif %}"
)
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


def through(tmp_path: Path, source: str, row: bytes, *more: str) -> Result:
    (tmp_path / "chat_template.jinja").write_text(source)
    (tmp_path / "rows.jsonl").write_bytes(row + b"\n")
    given = ("--template", str(tmp_path / "chat_template.jinja"), str(tmp_path / "rows.jsonl"), "--json", *more)
    return run(*given)


def test_template_findings_stand_at_their_place_in_the_row(tmp_path: Path) -> None:
    found = by_line(through(tmp_path, CALLS, make_row()))[1]
    assert found["X03"]["at"] == "/messages/1/tool_calls/0/function/arguments"
    assert found["X03"]["fix"]["value"] == {"city": "Paris"}
    assert found["X13"]["at"] == "/tools/0"


def test_cost_of_the_template_is_told(tmp_path: Path) -> None:
    assert "1 of 1 rows had a shape of their own" in through(tmp_path, CALLS, make_row()).stderr


def test_length_without_tokenizer_is_called_rough(tmp_path: Path) -> None:
    found = by_line(through(tmp_path, CALLS, make_row(), "--max-length", "8"))[1]
    assert "counted roughly" in found["X07"]["message"]


def test_definitions_given_beside_the_rows_can_be_lost_too(tmp_path: Path) -> None:
    row = json.loads(make_row())
    (tmp_path / "tools.json").write_text(json.dumps(row.pop("tools")))
    found = by_line(through(tmp_path, CALLS, json.dumps(row).encode(), "--tools", str(tmp_path / "tools.json")))[1]
    assert found["X13"]["at"] == ""


def test_router_rows_are_looked_at_as_text(tmp_path: Path) -> None:
    answer = '{"tool": "get_weather", "arguments": {"city": "Paris"}}'
    turns = [{"role": "user", "content": "Weather in Paris?"}, {"role": "assistant", "content": answer}]
    row = json.dumps({"messages": turns, "tools": [TOOL]}).encode()
    users_only = CALLS.replace("{{ m.content or '' }}", "{{ m.content if m.role == 'user' }}")
    found = by_line(through(tmp_path, users_only, row, "--format", "router"))[1]
    assert found["X02"]["at"] == "/messages/1/content"


@pytest.mark.parametrize(
    ("source", "words"),
    [("{% if %}", "cannot be compiled"), (LOOP, "too much time or memory")],
    ids=["broken", "endless"],
)
def test_template_that_cannot_be_used_ends_the_check_with_a_sentence(tmp_path: Path, source: str, words: str) -> None:
    result = through(tmp_path, source, make_row())
    assert result.exit_code == 2
    assert words in result.stderr


def test_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(make_row() + b"\n")
    result = run("--template", str(tmp_path / "none.jinja"), str(tmp_path / "rows.jsonl"))
    assert isinstance(result.exception, UnreadableError)
    assert "none.jinja cannot be read" in str(result.exception)


def test_losses_of_an_export_are_told_before_it(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(make_row(group="desk 7") + b"\n")
    found = by_line(run("--export", "trl", "--json", str(tmp_path / "rows.jsonl")))[1]
    assert found["X12"]["at"] == "/group"
    assert found["X12"]["severity"] == "info"
    assert "X10" not in found
