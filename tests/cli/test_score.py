"""`callwright score`: the machine line, the table, and one sentence for what cannot be scored."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.figures import print_comparison
from cli.main import callwright, main
from curation.metrics.answers import Answer
from curation.metrics.score import score_answers
from tests.unit.metric_rows import gold as gold_row

FRIENDLY = gold_row(content="Hello")
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


def test_a_zero_that_says_nothing_is_marked_for_people_and_for_machines(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text(ROW)
    (tmp_path / "answers.jsonl").write_text('{"text": "<tool_call>{"}\n')
    given = ("--gold", tmp_path / "gold.jsonl", "--answers", tmp_path / "answers.jsonl")
    people = run(*given).stdout
    row = next(line.split() for line in people.splitlines() if line.startswith("false_call_rate "))
    assert row[1:3] == ["0.0", "%*"]
    assert "* says little: most of the answers that it counts cannot be read or used" in people
    report = json.loads(run(*given, "--json").stdout)
    assert report["vacuous"]["false_call_rate"] == 1
    assert any("Low rates of false calls (1 of 1)" in one for one in report["warnings"])


def test_models_side_by_side_are_marked_each(capsys: pytest.CaptureFixture[str]) -> None:
    mute, fine = (score_answers([FRIENDLY], [Answer(text=text)]).overall for text in ("<tool_call>{", "Hello"))
    print_comparison({"mute": mute, "fine": fine})
    said = capsys.readouterr().out
    row = next(line for line in said.splitlines() if line.startswith("false_call_rate"))
    assert (row.count("0.0 %* ("), row.count("0.0 % (")) == (1, 1)
    assert "* says little" in said
    print_comparison({"fine": fine})
    assert "*" not in capsys.readouterr().out


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


PARAMETERS = {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "string"}}}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 5}'}}


def annotated(label: object = None, calls: int = 1, **row: object) -> str:
    """A gold row that calls `f`, with what a person wrote beside it."""
    turn = {"role": "assistant", "content": None, "tool_calls": [{**CALL, "id": f"c{n}"} for n in range(calls)]}
    messages = [{"role": "user", "content": "Go"}, {**turn, **({"label": label} if label is not None else {})}]
    tools = [{"type": "function", "function": {"name": "f", "description": "F.", "parameters": PARAMETERS}}]
    return json.dumps({"messages": messages, "tools": tools, **row}) + "\n"


@pytest.mark.parametrize(
    ("gold", "words"),
    [
        (annotated(acceptable=[{"zz": {"a": [5]}}]), "`acceptable` names `zz`, which is not called"),
        (annotated(acceptable=[{"f": {"a": 5}}]), "`acceptable` is no list of objects like"),
        (annotated(acceptable={"f": {"a": [5]}}), "`acceptable` is no list of objects like"),
        (annotated(acceptable=[{"f": {"a": [5]}}] * 2), "holds 2 objects for 1 expected call"),
        (annotated(acceptable=[{"f": {}, "g": {}}]), "write one object a call"),
        (annotated(calls=2, acceptable=[{"f": {"a": [5]}}, {"g": {}}]), "names `g`, which is not called"),
        (annotated(acceptable=[{"f": {"aa": [5]}}]), "the argument `aa`, which `f` does not have"),
        (annotated({"comparators": {"a": "set"}}), "`a` names no tool that is called; write `tool.argument`"),
        (annotated({"comparators": {"f.c": "set"}}), "the argument `c`, which `f` does not have"),
        (annotated({"comparators": {"f.a": "sett"}}), "`f.a` is of the unknown kind `sett`"),
        (annotated({"comparators": {"f.a": {"kind": "near"}}}), "unknown kind `near`"),
        (annotated({"comparators": {"f.a": 5}}), "`f.a` has no kind"),
        (annotated({"comparators": {"f.a": {"kind": "number", "tol": 1}}}), "the setting `tol`, which `number`"),
        (annotated({"comparators": {"f.a": {"number": "x"}}}), "needs a number as `tolerance`"),
        (annotated({"comparators": {"f.a": {"set": True}}}), "the setting `set`, which `set` does not take"),
        (annotated({"comparators": {"f.b": "regex"}}), "needs a text as `pattern`"),
        (annotated({"comparators": {"f.b": {"regex": "("}}}), "no regular expression"),
        (annotated({"comparators": {"f.b": "any_of"}}), "needs a list as `values`"),
        (annotated({"comparators": {"f.b": {"contains": []}}}), "needs a text to look for"),
        (annotated({"comparators": {"f.b": {"contains": ["", " "]}}}), "needs a text to look for"),
        (annotated({"comparators": {"f.b": {"kind": "contains", "text": ""}}}), "needs a text to look for"),
        (annotated({"comparators": ["f.a"]}), "`comparators` of its label must be an object"),
        (annotated({"order": "later"}), "`order` of its label must be `any` or `sequence`"),
        (annotated({"comparator": {"f.a": "set"}}), "did you mean `comparators`?"),
        (annotated("refuse"), "the label of its last turn is no object"),
    ],
)
def test_annotation_without_effect_is_refused_by_its_line(told, gold: str, words: str) -> None:
    said = told(ROW + gold, ANSWER * 2)
    assert "Line 2 of gold.jsonl cannot be scored: " in said
    assert words in said


@pytest.mark.parametrize(
    "gold",
    [
        annotated(acceptable=[{"f": {"a": [5, 6], "b": ["", "x"]}}]),
        annotated(calls=2, acceptable=[{"f": {"a": [5]}}, {}]),
        annotated(acceptable=[]),
        annotated({"comparators": {"f.a": {"number": 0.5}, "f.b": {"kind": "regex", "pattern": "x+"}}}),
        annotated({"comparators": {"f.a": "exact", "f.b": {"any_of": ["x"]}}, "colour": "red"}),
        annotated({"comparators": {"f.b": {"contains": "x"}, "f.a": {"comparator": "date"}}, "order": "sequence"}),
    ],
)
def test_annotation_with_effect_is_scored(tmp_path: Path, gold: str) -> None:
    (tmp_path / "gold.jsonl").write_text(gold)
    (tmp_path / "answers.jsonl").write_text(ANSWER)
    result = run("--gold", tmp_path / "gold.jsonl", "--answers", tmp_path / "answers.jsonl", "--json")
    assert json.loads(result.stdout)["n"]["call"] == 1


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


def test_packed_answers_are_named_as_such(tmp_path: Path, capsys, monkeypatch) -> None:
    (tmp_path / "gold.jsonl").write_text(ROW)
    (tmp_path / "answers.gz").write_bytes(gzip.compress(ANSWER.encode()))
    sentence = say(capsys, monkeypatch, tmp_path / "gold.jsonl", tmp_path / "answers.gz")
    assert "Cannot read answers.gz: it is compressed with gzip" in sentence


def test_rates_that_lessons_define_are_marked_as_such() -> None:
    told = run(*files("openai")).stdout.splitlines()
    assert [line.split(" (")[0] for line in told if "(comparison only)" in line] == [
        "lesson_argument_match",
        "lesson_false_call_rate",
    ]
    assert max(len(line) for line in told if line.startswith("lesson_")) <= 80


def test_every_tool_that_is_taken_for_another_is_in_the_machine_line() -> None:
    table = json.loads(run(*files("openai"), "--json").stdout)["confusion"]
    golds = [json.loads(line) for line in (DATA / "openai.gold.jsonl").read_text().splitlines()]
    n_calls = sum(len(gold["messages"][-1].get("tool_calls") or [None]) for gold in golds)
    assert sum(n for row in table["counts"].values() for n in row.values()) >= n_calls
    assert set(table["counts"]) == set(table["expected"]) <= set(table["given"])


GET = {"name": "get_order", "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}}
STOP = {"name": "f", "inputSchema": PARAMETERS, "annotations": {"destructiveHint": True}}
RESULT = {"type": "object", "properties": {"state": {"enum": ["ok"]}}, "required": ["state"]}


def saved(folder: Path, *tools: object) -> tuple[object, ...]:
    """Gold row that calls `f`, an answer that calls it with other arguments, and what is known of the tools."""
    (folder / "tools.json").write_text(json.dumps({"tools": tools}))
    (folder / "gold.jsonl").write_text(annotated())
    said = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{**CALL, "function": {"name": "f", "arguments": "{}"}}],
    }
    (folder / "answers.jsonl").write_text(json.dumps({"message": said}) + "\n")
    return ("--gold", folder / "gold.jsonl", "--answers", folder / "answers.jsonl")


def test_tools_file_makes_functional_match_and_bad_writes_work(tmp_path: Path) -> None:
    given = saved(tmp_path, {**STOP, "outputSchema": RESULT}, GET)
    without, beside = (
        run(*given, "--json"),
        run(*given, "--tools", tmp_path / "tools.json", "--json"),
    )
    assert [json.loads(one.stdout)["metrics"]["functional_match"]["n"] for one in (without, beside)] == [0, 1]
    assert [json.loads(one.stdout)["metrics"]["bad_write_rate"]["value"] for one in (without, beside)] == [0, 1]
    (note,) = [line for line in without.stderr.splitlines() if "--tools" in line]
    assert note == (
        "note: functional_match needs what the tools bring back, bad_write_rate what they change: give --tools FILE."
    )
    assert "functional_match" not in beside.stderr
    assert "bad_write_rate" not in beside.stderr


def test_tools_file_that_says_nothing_of_a_tool_is_told(tmp_path: Path) -> None:
    given = saved(tmp_path, {"name": "f", "inputSchema": PARAMETERS}, GET)
    told = run(*given, "--tools", tmp_path / "tools.json").stdout
    assert "no result schema and no sample of `f`." in told
    assert "says no side effect of `f`." in told
