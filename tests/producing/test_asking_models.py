"""Orders whose strategy asks a model, from a run folder to candidates."""

from __future__ import annotations

import json
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.errors import JobError
from curation.finetune.run_folder import RunFolder
from curation.gates import GATES, Opinion, Passage
from curation.gates.contract import Bench
from curation.llm.record import read_exchanges
from curation.llm.scripted import ScriptedClient
from curation.model.values import Json
from curation.producing.asking_models import open_desk, read_asking
from curation.producing.making import Course, make
from curation.producing.record import CANDIDATES, Record, read_candidates
from curation.producing.spec import Material, SynthesiseSpec, write_material
from curation.producing.tally import TALLY, TallyFile, read_tally
from curation.synthesizers import SYNTHESIZERS, Order
from curation.synthesizers.shop import demo_tools
from curation.worker import main

SEEDS = tuple(one.example for one in SYNTHESIZERS[0].draft(Order(demo_tools(), 12, seed=4)))


@pytest.fixture(autouse=True)
def _same_process() -> Iterator[None]:
    """A worker takes SIGTERM for itself and silences warnings; a test gives both back."""
    before = signal.getsignal(signal.SIGTERM)
    with warnings.catch_warnings():
        yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "run")
    write_material(made, Material(tools=demo_tools(), seeds=SEEDS))
    return made


def launch(folder: RunFolder, launch_id: str = "launch-1", **told: Json) -> int:
    spec = {"kind": "synthesise", "launch_id": launch_id, "count": 16, "nice": 0, "drafter": "scripted", **told}
    folder.write_spec(spec)
    folder.lock.unlink(missing_ok=True)
    return main(["synthesise", str(folder.path)])


def test_conversations_of_the_script_pass_the_gates_and_name_their_exchanges(folder: RunFolder) -> None:
    assert launch(folder, strategy="conversations", asking={"judges": True}) == 0
    made = list(read_candidates(folder.path / CANDIDATES))
    tally = read_tally(folder.path / TALLY)
    assert tally is not None
    assert len(made) == tally.passed >= 12
    known = {exchange.id for exchange in read_exchanges(folder.path)}
    assert all(one.candidate.exchanges and set(one.candidate.exchanges) <= known for one in made)
    assert {tuple(opinion.by for opinion in one.opinions) for one in made} == {("rules", "scripted")}


def test_rewordings_are_made_from_the_examples_of_the_order(folder: RunFolder) -> None:
    assert launch(folder, strategy="rewording") == 0
    openings = {example.messages[1].content for example in SEEDS}
    made = [one.candidate.example for one in read_candidates(folder.path / CANDIDATES)]
    assert made
    assert openings.isdisjoint(example.messages[1].content for example in made)


def test_a_budget_ends_the_order_well_and_a_greater_one_goes_on(folder: RunFolder) -> None:
    asking: Json = {"limits": {"requests": 20}}
    assert launch(folder, strategy="conversations", asking=asking) == 0
    ended = folder.read_exit("launch-1")
    assert ended is not None
    assert (ended.state, ended.summary["ended"]) == ("succeeded", "budget")
    first = list(read_candidates(folder.path / CANDIDATES))
    assert len(list(read_exchanges(folder.path))) == 20
    assert launch(folder, "launch-2", strategy="conversations") == 0
    second = list(read_candidates(folder.path / CANDIDATES))
    assert 0 < len(first) < len(second)
    assert second[: len(first)] == first


def test_a_sample_and_the_rest_are_what_all_at_once_would_be(folder: RunFolder, tmp_path: Path) -> None:
    whole = RunFolder(tmp_path / "whole")
    write_material(whole, Material(tools=demo_tools(), seeds=SEEDS))
    assert launch(whole, strategy="conversations") == 0
    assert launch(folder, strategy="conversations", stop_after=3) == 0
    assert len(list(read_candidates(folder.path / CANDIDATES))) == 3
    assert launch(folder, "launch-2", strategy="conversations") == 0
    assert (folder.path / CANDIDATES).read_bytes() == (whole.path / CANDIDATES).read_bytes()
    asked = [len(list(read_exchanges(run.path))) for run in (folder, whole)]
    assert asked[0] == asked[1]


def test_a_host_without_a_model_or_an_address_is_told_how_to_name_them(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CALLWRIGHT_CHAT_ADDRESS", raising=False)
    assert launch(folder, strategy="conversations", drafter="hosted") == 1
    assert launch(folder, "launch-2", strategy="conversations", drafter="hosted", asking={"model": "any"}) == 1
    told = [ended.error for name in ("launch-1", "launch-2") if (ended := folder.read_exit(name))]
    assert "No model is named" in json.dumps(told) or "no address of a model" in json.dumps(told)


def test_how_a_model_is_asked_holds_no_more_than_it_may() -> None:
    spec = SynthesiseSpec("launch", "conversations", 1, asking={"key": "canary"})
    with pytest.raises(JobError, match="cannot be read") as caught:
        read_asking(spec)
    assert "canary" not in str(caught.value)


def test_what_the_judges_think_stands_in_a_candidates_own_line(folder: RunFolder) -> None:
    doubt = '{"fault": "unnatural", "turn": 0, "quote": "Hi", "why": "Nobody says so."}'
    spec = SynthesiseSpec("launch", "conversations", 1, drafter="scripted", asking={"judges": True, "model": "m1"})
    candidate = next(iter(SYNTHESIZERS[0].draft(Order(demo_tools(), 1, seed=4))))
    client = ScriptedClient(lambda _position, _prompt: doubt)
    opened = open_desk(folder, client, read_asking(spec), spec)
    passage = Passage((*GATES, *opened.gates), Bench(tools={one.name: one for one in demo_tools()}))
    record = Record(folder.path / CANDIDATES)
    make([candidate], 1, Course(passage, record, TallyFile(folder.path / TALLY)))
    record.close()
    (made,) = read_candidates(folder.path / CANDIDATES)
    assert made.opinions == (Opinion("rules"), Opinion("m1", "unnatural", "Nobody says so.", "Hi", 0))


def test_an_order_that_has_ended_holds_no_file_of_its_folder_open(folder: RunFolder) -> None:
    assert launch(folder, strategy="conversations", stop_after=1, asking={"judges": True}) == 0
    held = {path.resolve() for path in Path("/proc/self/fd").iterdir()}
    files = {folder.path / name for name in ("exchanges.jsonl", "requests.jsonl")}
    assert all(path.is_file() for path in files)
    assert not files & held
