"""`import`, `freeze`, `export`, `health`, `doctor`, `backup` and `restore` from a terminal."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from cli.main import main
from curation.formats import FORMATS
from curation.model.envelope import encode
from curation.services import people, projects, reviewing
from curation.services.workspace import open_workspace
from tests.ready_homes import make_ready
from tests.services.hub_server import serve_hub
from tests.shop_rows import make_broken_example, make_example, make_no_tool_example


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_ready(tmp_path / "home")
    monkeypatch.setenv("CALLWRIGHT_HOME", str(folder))
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]):
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["callwright", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfdbinary.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), out.decode(), err.decode()

    return call


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    examples = [make_example(f"A-{i}00", group=f"g{i}") for i in range(16)]
    examples += [make_no_tool_example(f"Thanks {i}", group=f"t{i}") for i in range(4)]
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"".join(encode(one) + b"\n" for one in examples))
    return path


def accept_everything() -> None:
    ws = open_workspace()
    project = projects.find_project(ws, "Shop")
    reviewing.accept_batch(ws, people.local_actor(ws), project.id, states=["draft"], nonce="accept")
    ws.close()


def test_file_goes_in_is_frozen_and_comes_out_as_it_was(run, rows: Path, tmp_path: Path):
    code, out, _ = run("import", "Shop", str(rows), "--create")
    assert (code, out.startswith("20 rows read as callwright: 20 imported")) == (0, True)
    accept_everything()
    code, out, _ = run("freeze", "Shop", "--json")
    frozen = json.loads(out)
    assert (code, frozen["n"], sum(frozen["counts"].values())) == (0, 1, 20)
    code, out, _ = run(
        "export", "Shop", "--version", "1", "--format", "callwright", "-o", str(tmp_path / "out"), "--json"
    )
    manifest = json.loads(out)
    written = [
        line for file in manifest["files"] for line in (tmp_path / "out" / file["name"]).read_bytes().splitlines()
    ]
    assert sorted(written) == sorted(rows.read_bytes().splitlines())
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_one_split_goes_to_standard_output_alone(run, rows: Path):
    run("import", "Shop", str(rows), "--create")
    accept_everything()
    run("freeze", "Shop")
    code, out, err = run("export", "Shop", "--version", "1", "--format", "openai", "-o", "-", "--split", "test")
    assert code == 0
    assert all("messages" in json.loads(line) for line in out.splitlines())
    assert "lost: " in err
    two = ("--split", "test", "--split", "train")
    assert run("export", "Shop", "--version", "1", "--format", "openai", "-o", "-", *two)[0] == 2
    alone = run("export", "Shop", "--version", "1", "--format", "openai", "-o", "-")
    assert alone[:2] == run("export", "Shop", "--version", "1", "--format", "openai", "-o", "-", "--split", "train")[:2]


def test_pipe_gets_one_split_and_stays_a_pipe(run, rows: Path, tmp_path: Path):
    run("import", "Shop", str(rows), "--create")
    accept_everything()
    run("freeze", "Shop")
    pipe = tmp_path / "train.jsonl"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    code, _, _ = run("export", "Shop", "--version", "1", "--format", "openai", "-o", str(pipe))
    reader.join()
    assert (code, pipe.is_fifo()) == (0, True)
    assert all("messages" in json.loads(line) for line in heard[0].splitlines())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "rows.jsonl", "train.jsonl"]


def test_rejected_rows_end_the_import_with_one_and_are_named(run, tmp_path: Path):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(encode(make_example()) + b"\n{\n" + encode(make_broken_example()) + b"\n")
    code, out, err = run("import", "Shop", str(path), "--create", "--json")
    report = json.loads(out)
    assert (code, report["n_imported"], report["n_rejected"], report["n_with_errors"]) == (1, 2, 1, 1)
    assert err == ""
    code, _, err = run("import", "Shop", str(path))
    assert (code, err.startswith("line 2, column 2: ")) == (1, True)
    kept = Path(err.splitlines()[-1].removeprefix("All rejected rows: "))
    assert json.loads(kept.read_bytes())["row"] == "{"


def test_a_file_that_cannot_be_read_makes_no_project(run, tmp_path: Path):
    path = tmp_path / "bad.jsonl"
    unreadable = (b"not json\n{\n", "No row of bad.jsonl can be read. Line 1, column 1: ")
    for content, said in (unreadable, (b"\n", "no rows")):
        path.write_bytes(content)
        code, out, err = run("import", "Shop", str(path), "--create", "--format", "openai")
        assert (code, out) == (2, "")
        assert said in err
    run("import", "Shop", str(tmp_path / "none.jsonl"), "--create")
    _, _, err = run("health", "Shop")
    assert "There is no project `Shop`" in err


def test_what_cannot_be_done_is_one_sentence_and_two(run, tmp_path: Path):
    for words in (
        ("import", "Shop", str(tmp_path / "none.jsonl")),
        ("import", "Shop", str(tmp_path / "none.jsonl"), "--create"),
        ("freeze", "Shop"),
        ("export", "Shop", "--version", "3", "--format", "openai", "-o", str(tmp_path / "x")),
        ("health", "Nowhere"),
        ("restore", str(tmp_path / "none.db"), "--yes"),
    ):
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert err.startswith("callwright: ")
        assert len(err.splitlines()) == 1


def test_accepted_work_with_errors_fails_the_gate_with_one(run, rows: Path):
    run("import", "Shop", str(rows), "--create")
    accept_everything()
    ws = open_workspace()
    projects.set_target(ws, people.local_actor(ws), projects.find_project(ws, "Shop").id, "mistral", nonce="target")
    ws.close()
    code, out, err = run("freeze", "Shop")
    assert (code, out) == (1, "")
    assert "16 accepted examples have errors" in err


def test_health_speaks_to_people_and_machines(run, rows: Path):
    run("import", "Shop", str(rows), "--create")
    code, out, _ = run("health", "Shop")
    assert (code, out.splitlines()[1]) == (0, "no tool: 20.0% of decisions, 20.0% of rows (recommended 10% to 20%)")
    _, out, _ = run("health", "Shop", "--json")
    assert json.loads(out)["n_rows"] == 20
    assert json.loads(out)["near"]["n_waiting"] == 0


def test_doctor_finds_a_broken_audit(run, home: Path):
    code, out, _ = run("doctor", "--json")
    assert code == 0
    found = {one["name"]: one["state"] for one in map(json.loads, out.splitlines())}
    assert (found["database"], found["audit"]) == ("ok", "ok")
    assert {"python", "sqlite", "disk", "training", "workspace"} <= set(found)
    ws = open_workspace()
    projects.create_project(ws, people.local_actor(ws), "Shop", nonce="n")
    with ws.unit() as unit:
        unit.connection.exec_driver_sql("DROP TRIGGER audit_is_not_changed")
        unit.connection.exec_driver_sql("UPDATE audit SET act = 'nothing'")
        unit.commit()
    ws.close()
    code, out, _ = run("doctor")
    assert (code, "audit row 1 was changed" in out) == (1, True)


def test_backup_and_restore_bring_a_project_back(run, rows: Path, tmp_path: Path):
    run("import", "Shop", str(rows), "--create")
    code, out, _ = run("backup", str(tmp_path / "safe.db"), "--json")
    assert (code, json.loads(out)["path"]) == (0, str(tmp_path / "safe.db"))
    ws = open_workspace()
    projects.create_project(ws, people.local_actor(ws), "Later", nonce="later")
    ws.close()
    assert run("restore", str(tmp_path / "safe.db"), "--yes")[0] == 0
    assert run("health", "Shop")[0] == 0
    assert run("health", "Later")[0] == 2


def test_help_names_every_format_that_can_be_written(run):
    code, out, _ = run("export", "--help")
    assert code == 0
    assert all(fmt.name in out for fmt in FORMATS if fmt.write)


def test_health_ends_with_one_when_a_row_has_errors(run, rows: Path, tmp_path: Path):
    run("import", "Shop", str(rows), "--create")
    assert run("health", "Shop")[0] == 0
    (tmp_path / "broken.jsonl").write_bytes(encode(make_broken_example()))
    run("import", "Shop", str(tmp_path / "broken.jsonl"))
    code, out, _ = run("health", "Shop")
    assert (code, out.splitlines()[-1]) == (1, "1 examples have errors")
    assert json.loads(run("health", "Shop", "--json")[1])["n_with_errors"] == 1


def test_votes_and_mended_rows_of_an_import_are_told(run, tmp_path: Path):
    tools = [{"name": "track", "description": "Say where.", "parameters": {"order": {"type": "str"}}}]
    row = {"query": "Where?", "tools": tools, "answers": [{"name": "track", "arguments": {"order": "A-7"}}]}
    path, mended = tmp_path / "rows.jsonl", tmp_path / "mended.jsonl"
    turns = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    path.write_text("\n".join(json.dumps(one) for one in (row, {**row, "query": "Again?"}, turns)))
    _, _, err = run("import", "Shop", str(path), "--create", "--mended", str(mended))
    assert "Of the first 3 rows 2 look like xlam, 1 like openai." in err
    assert "2 imported rows were mended or remarked on" in err
    assert [json.loads(line)["line"] for line in mended.read_text().splitlines()] == [1, 2]
    path.write_text('{"a": 1}')
    code, _, err = run("import", "Shop", str(path))
    assert (code, "No format recognises the rows of rows.jsonl" in err) == (2, True)


def test_export_says_what_options_changed_and_lists_rows_and_card(run, rows: Path, tmp_path: Path):
    run("import", "Shop", str(rows), "--create")
    accept_everything()
    run("freeze", "Shop")
    out, report = tmp_path / "out", tmp_path / "losses.jsonl"
    ordered = (
        "export",
        "Shop",
        "--version",
        "1",
        "--format",
        "openai",
        "-o",
        str(out),
        "--card",
        "--report",
        str(report),
    )
    code, said, err = run(*ordered, "--failed-calls", "weight-0")
    assert code == 0
    assert "card.md: beside the rows" in said
    assert "lost: label" in err
    assert len(report.read_text().splitlines()) == 20, "every row has a group, which the format does not hold"
    assert json.loads((out / "manifest.json").read_text())["options"]["failed_calls"] == "weight_0"
    assert run(*ordered, "--system-prompt", "4")[0] == 2
    assert run(*ordered, "--byte-order-mark")[0] == 2


def test_push_needs_a_yes_and_says_what_it_sent(run, rows: Path, monkeypatch: pytest.MonkeyPatch):
    run("import", "Shop", str(rows), "--create")
    accept_everything()
    run("freeze", "Shop")
    ordered = ("push", "Shop", "--version", "1", "--format", "openai", "--to", "shop/rows")
    with serve_hub("hf_secret_of_this_test") as hub:
        monkeypatch.setenv("CALLWRIGHT_HUB_URL", hub.url)
        assert run(*ordered, "--yes")[0] == 2, "there is no token"
        monkeypatch.setenv("CALLWRIGHT_HUB_TOKEN", hub.token)
        code, _, err = run(*ordered)
        assert (code, hub.asked) == (2, [])
        assert "Nothing was sent" in err
        code, out, err = run(*ordered, "--yes")
        assert (code, hub.repos) == (0, {"shop/rows": True})
    assert "files sent as shop/rows" in out
    assert "hf_secret_of_this_test" not in out + err


def test_system_prompt_is_saved_printed_and_exported(run, rows: Path, tmp_path: Path):
    run("import", "Shop", str(rows), "--create")
    accept_everything()
    run("freeze", "Shop")
    assert run("prompt", "Shop")[0] == 2, "there is none yet"
    words = tmp_path / "prompt.txt"
    words.write_text("You help in a shop.\n")
    code, out, err = run("prompt", "Shop", "--save", str(words))
    assert (code, out, err) == (0, "You help in a shop.\n", "prompt 1\n")
    assert json.loads(run("prompt", "Shop", "--json")[1])["text"] == "You help in a shop."
    code, out, err = run("export", "Shop", "--version", "1", "--format", "openai", "-o", "-", "--system-prompt", "1")
    assert code == 0
    assert "prompt 1 is added" in err
    assert all(json.loads(line)["messages"][0]["content"] == "You help in a shop." for line in out.splitlines())


def test_two_versions_are_told_apart_and_the_difference_goes_out_as_lines(run, rows: Path, tmp_path: Path):
    run("import", "Shop", str(rows), "--create")
    accept_everything()
    run("freeze", "Shop")
    more = tmp_path / "more.jsonl"
    more.write_bytes(encode(make_example("B-900", group="new")) + b"\n")
    run("import", "Shop", str(more))
    accept_again()
    run("freeze", "Shop")
    code, out, _ = run("diff", "Shop", "1", "2", "--json")
    assert (code, json.loads(out)["came"], json.loads(out)["same"]) == (0, 1, 20)
    code, out, err = run("diff", "Shop", "1", "2", "-o", "-")
    head, line = (json.loads(one) for one in out.splitlines())
    assert (code, head["versions"], line["change"], line["number"]) == (0, [1, 2], "came", 21)
    assert err.startswith("1 came in, 0 went out")
    assert run("diff", "Shop", "1", "7")[0] == 2


def accept_again() -> None:
    ws = open_workspace()
    project = projects.find_project(ws, "Shop")
    reviewing.accept_batch(ws, people.local_actor(ws), project.id, states=["draft"], nonce="accept again")
    ws.close()


def test_shifted_copy_is_made_and_exported_when_it_is_asked_for(run, rows: Path, tmp_path: Path):
    run("import", "Shop", str(rows), "--create")
    accept_everything()
    run("freeze", "Shop")
    code, out, _ = run("shift", "Shop", "--version", "1", "--seed", "3", "--only", "names", "--only", "typos", "--json")
    copy = json.loads(out)
    assert (code, copy["seed"], copy["kinds"]) == (0, 3, ["names", "typos"])
    code, out, _ = run(
        "export", "Shop", "--version", "1", "--format", "callwright", "--split", "test_shifted", "-o", "-"
    )
    assert (code, len(out.splitlines())) == (0, copy["n_rows"])
    assert "track_order" not in out
    code, _, err = run("export", "Shop", "--version", "1", "--format", "callwright", "-o", str(tmp_path / "all"))
    assert (code, sorted(one.name for one in (tmp_path / "all").iterdir())[-1]) == (0, "manifest.json"), err
    assert not (tmp_path / "all" / "dataset-1.test_shifted.jsonl").exists()


def test_health_holds_a_benchmark_against_the_examples(run, rows: Path, tmp_path: Path) -> None:
    run("import", "Shop", str(rows), "--create")
    benchmark = tmp_path / "benchmark.jsonl"
    known, other = make_example("A-300", group="g3"), make_no_tool_example("Who here sells the tallest ladder?")
    benchmark.write_bytes(encode(known) + b"\n" + encode(other) + b"\n{broken\n")
    code, out, err = run("health", "Shop", "--benchmark", str(benchmark))
    assert code == 1
    assert "benchmark: 1 of 3 rows, read as callwright, are among the examples" in out
    assert "line 1: example 4 in not drawn yet, 100% the same" in out
    assert "1 rows of the benchmark cannot be read" in err
    code, out, _ = run("health", "Shop", "--benchmark", str(benchmark), "--json")
    assert [leak["line"] for leak in json.loads(out)["benchmark"]["leaks"]] == [1]
    benchmark.write_bytes(encode(other) + b"\n")
    assert run("health", "Shop", "--benchmark", str(benchmark))[0] == 0
    code, _, err = run("health", "Shop", "--benchmark", str(tmp_path / "nowhere.jsonl"))
    assert code == 2
    assert "nowhere.jsonl" in err


def test_licence_of_a_file_is_written_down_and_stands_in_the_card(run, rows: Path, tmp_path: Path) -> None:
    run("import", "Shop", str(rows), "--create")
    assert run("licence", "Shop")[1] == "rows.jsonl: no licence is written down\n"
    assert run("licence", "Shop", "rows.jsonl", "CC-BY-4.0")[1] == "rows.jsonl: CC-BY-4.0\n"
    code, _, err = run("licence", "Shop", "other.jsonl", "MIT")
    assert code == 2
    assert "No file called other.jsonl was imported. There are: rows.jsonl." in err
    accept_everything()
    run("freeze", "Shop")
    out = tmp_path / "out"
    out.mkdir()
    assert run("export", "Shop", "--version", "1", "--format", "openai", "--card", "-o", str(out))[0] == 0
    assert "CC-BY-4.0" in next(out.glob("*.md")).read_text()
    assert json.loads(run("licence", "Shop", "--json")[1])[0]["licence"] == "CC-BY-4.0"
    assert run("licence", "Shop", "rows.jsonl", "")[1] == "rows.jsonl: no licence is written down\n"
