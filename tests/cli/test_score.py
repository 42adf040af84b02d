"""`callwright score`: the machine line, the table, and one sentence for what cannot be scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import callwright, main

DATA = Path(__file__).parent.parent / "data" / "score"
NAMES = ("openai", "router", "acceptable")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(callwright, ["score", *map(str, arguments)])


def files(name: str) -> tuple[object, ...]:
    return ("--gold", DATA / f"{name}.gold.jsonl", "--answers", DATA / f"{name}.answers.jsonl")


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_those_worked_out_by_hand(name: str) -> None:
    result = run(*files(name), "--json")
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    report, expected = json.loads(line), json.loads((DATA / f"{name}.expected.json").read_text())
    assert report["n"] == expected["n"]
    assert {k: v for k, v in report["failures"].items() if v} == expected["failures"]
    for metric, (value, n) in expected["metrics"].items():
        rate = report["metrics"][metric]
        assert rate["value"] == (None if value is None else pytest.approx(value, abs=1e-6)), metric
        assert rate["n"] == n, metric


def test_people_get_a_table_with_intervals() -> None:
    result = run(*files("openai"))
    assert result.exit_code == 0
    row = next(line.split() for line in result.stdout.splitlines() if line.startswith("argument_match "))
    assert row[1:3] == ["33.3", "%"]
    assert row[-1] == "6"


def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, gold: Path, answers: Path) -> str:
    """What the command says on stderr when it cannot score; exit code 2, nothing on stdout."""
    monkeypatch.setattr("sys.argv", ["callwright", "score", "--json", "--gold", str(gold), "--answers", str(answers)])
    with pytest.raises(SystemExit) as ended:
        main()
    captured = capsys.readouterr()
    assert (ended.value.code, captured.out) == (2, "")
    assert "Traceback" not in captured.err
    assert len(captured.err.strip().splitlines()) == 1
    return captured.err


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def tell(gold: str, answers: str) -> str:
        (tmp_path / "gold.jsonl").write_text(gold)
        (tmp_path / "answers.jsonl").write_text(answers)
        return say(capsys, monkeypatch, tmp_path / "gold.jsonl", tmp_path / "answers.jsonl")

    return tell


ROW = '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n'
ANSWER = '{"text": "Hello"}\n'


@pytest.mark.parametrize(
    ("gold", "answers", "words"),
    [
        (ROW * 2, ANSWER, "line 2 of gold.jsonl has no answer"),
        (ROW, ANSWER * 3, "line 2 of answers.jsonl has no gold row"),
        (ROW + '{"messages": [\n', ANSWER * 2, "Line 2 of gold.jsonl"),
        ('{"messages": [{"role": "user", "content": "Hi"}]}\n', ANSWER, "Line 1 of gold.jsonl has no assistant turn"),
        (ROW * 2, ANSWER + "nonsense\n", "Line 2 of answers.jsonl"),
        (ROW, "{}\n", "Line 1 of answers.jsonl must have either `text` or `message`"),
        (ROW, '{"text": "a", "message": {"content": "b"}}\n', "must have either"),
        (ROW, '{"text": 5}\n', "Line 1 of answers.jsonl is not an answer: `text` is not a text."),
        (ROW, '{"text": "\\ud800"}\n', "Line 1 of answers.jsonl is not an answer: at column 10: "),
        (ROW, '{"message": {"content": "\\ud800"}}\n', "surrogate"),
        (ROW, '{"text": "a", "latency_ms": NaN}\n', "at column 29: "),
        (ROW, '{"text": "a", "tokens": "many"}\n', "`tokens` and `cost` must be numbers."),
        (ROW, "[1]\n", "it is not an object."),
        (ROW, "[" * 5000 + "\n", "Line 1 of answers.jsonl is not an answer: at column "),
        (ROW, '{"message": [1]}\n', "`message` that is no object"),
        (ROW * 2, ANSWER + "\n" + ANSWER, "Line 2 of answers.jsonl is blank"),
    ],
)
def test_what_cannot_be_scored_is_named_by_its_line(told, gold: str, answers: str, words: str) -> None:
    assert words in told(gold, answers)


def test_missing_file_is_named(tmp_path: Path, capsys, monkeypatch) -> None:
    (tmp_path / "gold.jsonl").write_text(ROW)
    assert "nowhere.jsonl" in say(capsys, monkeypatch, tmp_path / "gold.jsonl", tmp_path / "nowhere.jsonl")


def test_blank_end_of_files_and_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text("\ufeff" + ANSWER + "\n\n")
    (tmp_path / "gold.jsonl").write_text("\ufeff" + ROW + "\n\n")
    result = run("--gold", tmp_path / "gold.jsonl", "--answers", tmp_path / "answers.jsonl", "--json")
    assert json.loads(result.stdout)["n"]["rows"] == 1


def test_one_side_may_come_from_standard_input(tmp_path: Path) -> None:
    (tmp_path / "gold.json").write_text(f"[{ROW},{ROW}]")
    arguments = ["score", "--gold", str(tmp_path / "gold.json"), "--answers", "-", "--json"]
    result = CliRunner().invoke(callwright, arguments, input=ANSWER * 2)
    assert json.loads(result.stdout)["n"]["no_tool"] == 2
    both = CliRunner().invoke(callwright, ["score", "--gold", "-", "--answers", "-"], input=ROW)
    assert "cannot both" in str(both.exception)
