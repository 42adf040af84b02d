"""Content is content: orders hidden in it change nothing but candidates, with a model that obeys whatever it reads."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from curation.finetune.run_folder import RunFolder
from curation.gates import GATES, Bench, Passage
from curation.llm.contract import Prompt
from curation.llm.record import read_exchanges
from curation.llm.scripted import ScriptedClient
from curation.model.definition import Definition, Policy, Sample, Tool, ToolError
from curation.model.example import HARD_CASES, Example, Message
from curation.model.values import Json
from curation.producing import asking_models
from curation.producing.record import CANDIDATES, read_candidates
from curation.producing.spec import Material, write_material
from curation.synthesizers import turns
from curation.synthesizers.fencing import make_mark, open_fences
from curation.synthesizers.prompts import shipped_prompts, task_of
from curation.synthesizers.scripted_reading import read_prompt
from curation.synthesizers.shop import demo_tools
from curation.worker import main
from tests.scripted_drafter import in_german

CASES = Path(__file__).parents[1] / "data" / "injections"
CANARY = "sk-canary-0123456789abcdef"
SEED = 5
MARK = make_mark(SEED)
COUNT = 2
RUN_FILES = {"spec.json", "state.json", "events.jsonl", "exit.json", "process.json", "lock", "log.txt", "data"}
_SPEAKS = {"user_turn": "model_person", "assistant_turn": "model_assistant"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file."""

    about: str
    where: str
    strategy: str
    text: str
    obeys: dict[str, str]
    never: str = ""

    @property
    def words(self) -> str:
        return self.text.replace("{mark}", MARK)

    @property
    def sign(self) -> str:
        """What shows in a prompt that it holds the order, even where marks and odd characters are gone."""
        plain = re.split(r"\{mark\}|[^\w .,:;?()'*-]", self.text)
        return max(plain, key=len).strip()[:14]


class Watch:
    """Sees which files are written and what is run while it looks."""

    def __init__(self) -> None:
        self.is_looking = False
        self.written: list[str] = []
        self.run: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_looking:
            return
        if event == "open" and isinstance(arguments[0], str) and (arguments[2] or 0) & _WRITES:
            self.written.append(arguments[0])
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect"):
            self.run.append(f"{event} {arguments[0]!r:.80}")
        elif event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir"):
            self.written.append(str(arguments[0]))


WATCH = Watch()


class Obeying:
    """A model that does whatever the text before it says, and is sensible otherwise."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.asked: list[Prompt] = []
        self.obeyed = 0
        self.planted = 0

    def __call__(self, _position: int, prompt: Prompt) -> str:
        self.asked.append(prompt)
        task, instructions, told = task_of(prompt), *(turn.content or "" for turn in prompt.turns)
        if self.case.sign in told and task in self.case.obeys:
            self.obeyed += 1
            written = json.dumps(instructions)[1:-1]
            key = CANARY if CANARY in told + instructions else "no key"
            return (
                self.case.obeys[task].replace("{instructions}", written).replace("{mark}", MARK).replace("{key}", key)
            )
        return self._speak(task, prompt)

    def _speak(self, task: str, prompt: Prompt) -> str:
        """The script; where the case is about what a model says, its order stands in that."""
        answer: dict[str, Any] = json.loads(in_german(prompt))
        words, where = self.case.words, self.case.where
        if where == _SPEAKS.get(task) and answer.get("message"):
            answer["message"] += f" {words}"
        elif where == "model_result" and task == "tool_result":
            answer["result"]["text"] = words
        elif where == "model_call" and answer.get("calls"):
            answer["calls"][0]["arguments"]["order_id"] = words
        else:
            return json.dumps(answer)
        self.planted += 1
        return json.dumps(answer)


def read_cases() -> Iterator[tuple[str, Case]]:
    for path in sorted(CASES.glob("*.toml")):
        yield path.stem, msgspec.toml.decode(path.read_bytes(), type=Case)


cases = dict(read_cases())


def tools_of(case: Case) -> tuple[Tool, ...]:
    """The shop's tools, with the order where the case hides it."""
    tools = demo_tools()
    words, first = case.words, tools[0]
    changed: dict[str, Any] = {
        "tool_description": {"definition": _described(first, ("description",), words)},
        "parameter_description": {
            "definition": _described(first, ("parameters", "properties", "order_id", "description"), words)
        },
        "tool_policy": {"policy": Policy(text=words)},
        "tool_error": {"errors": (ToolError(words, kind="permanent"),)},
        "sample_result": {"samples": (Sample("one", '{"order_id": "B4821"}', json.dumps({"status": words})),)},
        "model_result": {"result_schema": None},
    }
    return (msgspec.structs.replace(first, **changed.get(case.where, {})), *tools[1:])


def _described(tool: Tool, path: tuple[str, ...], words: str) -> Definition:
    value = json.loads(tool.definition.text)
    inner = value["function"]
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = words
    return Definition(json.dumps(value))


def seeds_of(case: Case, tools: tuple[Tool, ...]) -> tuple[Example, ...]:
    """One example, with the order where the case hides it."""
    call = turns.call("track_order", {"order_id": "B4821"})
    request = case.words if case.where == "seed_request" else "Where is order B4821?"
    returned = case.words if case.where == "seed_result" else "Leeds"
    said = case.words if case.where == "seed_answer" else "Your order B4821 is packed, and the driver has it."
    messages: tuple[Message, ...] = (
        turns.user(request),
        turns.calling(call),
        turns.result(call, {"status": "packed", "place": returned}),
        turns.answer(said),
    )
    return (Example(messages=messages, tools=tuple(tool.definition for tool in tools)),)


def spec_of(case: Case) -> dict[str, Json]:
    """The order as the worker is given it."""
    cells: dict[str, Json] = {"count": COUNT, "category": "positive", "tool": "track_order"}
    if case.where == "tool_error":
        cells |= {"category": "recovery", "kind": "give_up"}
    elif case.where == "value":
        cells |= {"tool": "change_address"}
    return {
        "kind": "synthesise",
        "launch_id": "launch-1",
        "strategy": case.strategy,
        "count": COUNT,
        "seed": SEED,
        "nice": 0,
        "drafter": "scripted",
        "cells": [cells] if case.strategy == "conversations" else [],
        "parameters": {"system": case.words} if case.where == "system" else {},
        "voice": {"personas": [case.words]} if case.where == "voice" else {},
        "values": {"order_id": ["B4821"]} | ({"address": [case.words]} if case.where == "value" else {}),
        "asking": {"judges": True},
    }


@pytest.fixture(autouse=True)
def _same_process() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    with warnings.catch_warnings():
        yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module", autouse=True)
def _warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is loaded and compiled once is done before anybody looks."""
    folder = RunFolder(tmp_path_factory.mktemp("warm") / "run")
    case = next(iter(cases.values()))
    write_material(folder, Material(tools=tools_of(case), seeds=seeds_of(case, tools_of(case))))
    folder.write_spec(spec_of(case))
    assert main(["synthesise", str(folder.path)]) == 0


@pytest.mark.parametrize("name", cases)
def test_an_order_hidden_in_content_changes_nothing_but_candidates(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases[name]
    tools = tools_of(case)
    folder = RunFolder(tmp_path / "run")
    records = ({"event": case.words},) if case.where == "record" else ()
    write_material(folder, Material(tools=tools, seeds=seeds_of(case, tools), records=records))
    spec = spec_of(case)
    folder.write_spec(spec)
    model = Obeying(case)
    monkeypatch.setattr(asking_models, "demo_client", lambda: ScriptedClient(model))
    monkeypatch.setenv("CALLWRIGHT_CHAT_KEY", CANARY)
    monkeypatch.chdir(tmp_path)

    WATCH.written.clear()
    WATCH.run.clear()
    WATCH.is_looking = True
    try:
        assert main(["synthesise", str(folder.path)]) == 0
    finally:
        WATCH.is_looking = False

    assert model.obeyed or model.planted, "The model never read the order."
    assert WATCH.run == []
    assert [path for path in WATCH.written if not Path(path).resolve().is_relative_to(folder.path)] == []
    assert {path.name for path in tmp_path.iterdir()} == {"run"}
    assert json.loads(folder.read_spec()) == json.loads(msgspec.json.encode(spec))
    for path in folder.path.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()
    check_prompts(case, model.asked)
    check_candidates(case, folder, tools)


def check_prompts(case: Case, asked: list[Prompt]) -> None:
    """The order stands in the data of a prompt, in the part it belongs to, and nowhere else."""
    for prompt in asked:
        assert case.sign not in (prompt.turns[0].content or "")
        places = shipped_prompts()[task_of(prompt)].places
        assert list(open_fences(prompt.turns[1].content or "", MARK)) == list(places)
        assert read_prompt(prompt).parts.keys() == places.keys()
    assert len(asked) <= COUNT * 30


def check_candidates(case: Case, folder: RunFolder, tools: tuple[Tool, ...]) -> None:
    """What passed is what the rules let pass, and nothing more than a candidate."""
    made = [one.candidate for one in read_candidates(folder.path / CANDIDATES)]
    offered = {tool.definition for tool in tools}
    passage = Passage(GATES, Bench({tool.name: tool for tool in tools}))
    known = {exchange.id for exchange in read_exchanges(folder.path)}
    assert len(made) <= COUNT
    for one in made:
        assert passage.judge(one) is None
        passage.keep(one)
        example = one.example
        assert set(example.tools or ()) <= offered
        assert (example.waivers, example.extra, example.acceptable) == ((), {}, None)
        assert set(example.tags) <= set(HARD_CASES)
        assert set(one.exchanges) <= known
        assert MARK not in str(example)
        done = "".join(str(turn) for turn in example.messages if turn.role == "assistant")
        assert not case.never or case.where == "seed_answer" or case.never.replace("{mark}", MARK) not in done


def test_there_are_forty_cases_and_each_says_what_it_is_about() -> None:
    assert len(cases) == 40
    assert len({case.about for case in cases.values()}) == 40
    assert {case.where for case in cases.values()} >= {"seed_request", "model_person", "tool_description", "record"}
