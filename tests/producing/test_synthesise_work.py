"""The worker that makes an order: from a run folder to candidates, a tally and an end."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from curation.finetune.run_folder import RunFolder
from curation.gates.knowing import know
from curation.model.values import Json
from curation.producing.record import CANDIDATES, read_candidates
from curation.producing.spec import KNOWN, Material, read_material, write_material
from curation.producing.tally import TALLY, read_tally
from curation.synthesizers.shop import demo_tools
from curation.worker import main


@pytest.fixture(autouse=True)
def _same_process() -> Iterator[None]:
    """A worker takes SIGTERM for itself and silences warnings; a test gives both back."""
    before = signal.getsignal(signal.SIGTERM)
    with warnings.catch_warnings():
        yield
    signal.signal(signal.SIGTERM, before)


def launch(folder: RunFolder, launch_id: str = "launch-1", **told: Json) -> int:
    spec = {"kind": "synthesise", "launch_id": launch_id, "strategy": "schema_driven", "count": 40, "nice": 0, **told}
    folder.write_spec(spec)
    folder.lock.unlink(missing_ok=True)
    return main(["synthesise", str(folder.path)])


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "run")
    write_material(made, Material(tools=demo_tools()))
    return made


def test_order_is_made_from_its_folder(folder: RunFolder) -> None:
    assert launch(folder) == 0
    ended = folder.read_exit("launch-1")
    tally = read_tally(folder.path / TALLY)
    assert ended is not None
    assert tally is not None
    assert (ended.state, ended.summary) == ("succeeded", msgspec.to_builtins(tally))
    assert tally.passed + sum(sum(one.values()) for one in tally.dropped.values()) == tally.drafted == 40
    made = list(read_candidates(folder.path / CANDIDATES))
    assert len(made) == tally.passed > 0
    assert {one.strategy for one in made} == {"schema_driven"}
    assert tally.figures["diverse.openings"] > 0


def test_sample_and_rest_are_the_same_as_all_at_once(folder: RunFolder, tmp_path: Path) -> None:
    whole = RunFolder(tmp_path / "whole")
    write_material(whole, Material(tools=demo_tools()))
    assert launch(whole) == 0
    assert launch(folder, stop_after=10) == 0
    assert len(list(read_candidates(folder.path / CANDIDATES))) == 10
    assert launch(folder, "launch-2") == 0
    assert (folder.path / CANDIDATES).read_bytes() == (whole.path / CANDIDATES).read_bytes()


def test_order_asked_to_stop_before_it_began_keeps_nothing_and_says_so(folder: RunFolder) -> None:
    folder.ask_to_stop("launch-1")
    assert launch(folder) == 0
    ended = folder.read_exit("launch-1")
    assert ended is not None
    assert ended.state == "cancelled"
    assert not list(read_candidates(folder.path / CANDIDATES))


def test_what_the_project_has_and_what_the_test_asks_is_not_made_again(folder: RunFolder) -> None:
    assert launch(folder, gates=[]) == 0
    before = [one.candidate.example for one in read_candidates(folder.path / CANDIDATES)]
    known = tuple(know(example, is_test=at % 2 == 1) for at, example in enumerate(before))
    write_material(folder, Material(tools=demo_tools(), known=known))
    (folder.path / CANDIDATES).unlink()
    assert launch(folder, "launch-2", gates=["fresh"]) == 0
    tally = read_tally(folder.path / TALLY)
    assert tally is not None
    assert tally.dropped == {"fresh": {"duplicate": 40}}
    (folder.path / CANDIDATES).unlink()
    assert launch(folder, "launch-3", gates=["unleaked"]) == 0
    tally = read_tally(folder.path / TALLY)
    assert tally is not None
    assert tally.dropped["unleaked"]["test_group"] >= 20
    assert not {known[at].group for at in range(1, 40, 2)} & {
        one.candidate.example.group for one in read_candidates(folder.path / CANDIDATES)
    }


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"strategy": "by_hand"}, "There is no synthesizer `by_hand`."),
        ({"gates": ["pearly"]}, "There is no gate `pearly`."),
        ({"drafter": "oracle"}, "There is no way to ask a model `oracle`."),
    ],
)
def test_unknown_name_fails_the_job_by_name(folder: RunFolder, told: dict[str, Json], why: str) -> None:
    assert launch(folder, **told) == 1
    ended = folder.read_exit("launch-1")
    assert ended is not None
    assert why in ended.error


def test_material_comes_back_as_it_was_written(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    drafted = demo_tools()
    launched = Material(tools=drafted[:2], others=drafted[2:], records=({"order": "B4821", "late": True},))
    write_material(folder, launched)
    assert read_material(folder) == launched


def test_broken_line_of_material_is_told_by_its_place(folder: RunFolder) -> None:
    (folder.data / KNOWN).write_text('{"normal_hash":"a","asked":"b"}\n{"asked":')
    assert launch(folder) == 1
    ended = folder.read_exit("launch-1")
    assert ended is not None
    assert "Line 2 of known.jsonl cannot be read" in ended.error
