"""Whether drafted examples teach: the tuned model's figures by how many there were, and what pairs add.

Run with `python benchmarks/usefulness.py FOLDER`; needs the training packages and the small base model, and takes about
an hour on two quiet cores. What is finished stays in FOLDER, so it can be stopped at any moment and goes on there.
The test rows are those of the demo's version 1: wordings that no arm may learn from.

Curve: 100, 200, 400 and 800 examples from the schemas. Pairs: 400 examples from the schemas against 300 with 100
near-misses and contrast pairs, three seeds each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_WAIT_POLICY": "passive"}

import msgspec

from curation.finetune.base_models import ensure_small_model
from curation.finetune.environment import worker_environment
from curation.finetune.run_folder import RunFolder
from curation.gates import GATES, Passage
from curation.gates.contract import Bench
from curation.gates.knowing import know
from curation.metrics.intervals import wilson
from curation.model.example import Example
from curation.model.states import Split
from curation.processes.environment import module_command
from curation.services.demo_data import KNOBS
from curation.services.demonstrating import fill_demo
from curation.services.freezing import read_items
from curation.services.people import local_actor
from curation.services.row_files import pick_writer, walk_rows
from curation.services.scoring import Source, score_streams
from curation.services.workspace import Workspace, open_workspace
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools

SIZES = (100, 200, 400, 800)
N, PAIRED = 400, 100
SEEDS = (1, 2, 3)
TEST_ROWS = 200
RECIPE = {"epochs": 2.2, "learning_rate": 1.5e-3, "validation_rows": 0, "looks": 0, "max_length": 1024}
FIGURES = ("valid_call_rate", "tool_name_accuracy", "argument_match", "false_call_rate", "recovery_rate")


class Arm(msgspec.Struct, frozen=True):
    """One training: so many examples of each strategy."""

    name: str
    seed: int
    plain: int
    paired: int = 0


ARMS = (
    *(Arm(f"schemas-{n}", 1, n) for n in SIZES),
    *(Arm(f"plain-{seed}", seed, N) for seed in SEEDS if seed != 1),
    *(Arm(f"paired-{seed}", seed, N - PAIRED, PAIRED) for seed in SEEDS),
)


class Ground(msgspec.Struct, frozen=True):
    """What all arms share."""

    test: tuple[bytes, ...]
    held_out: frozenset[str]
    """Wording families that stand in test or validation rows."""
    asked: tuple[Example, ...]


def prepare(ws: Workspace) -> Ground:
    """The demo's test rows, and what nobody may learn from."""
    dataset = fill_demo(ws, local_actor(ws)).dataset
    rows = [row.raw for row in walk_rows(ws, dataset.id, Split.TEST, "router") if row.refused is None]
    held = [item.example for split in (Split.TEST, Split.VALIDATION) for item in read_items(ws, dataset.id, split)]
    return Ground(tuple(rows[:TEST_ROWS]), frozenset(one.group or "" for one in held), tuple(held))


def draft(arm: Arm, ground: Ground) -> list[Example]:
    """The examples of an arm: every one through every gate."""
    tools = {tool.name: tool for tool in demo_tools()}
    known = tuple(know(one, is_test=True) for one in ground.asked)
    passage = Passage(GATES, Bench(tools=tools, known=known, seed=arm.seed))
    plain = list(islice(_passed("schema_driven", arm, ground, passage, dict(KNOBS)), arm.plain))
    half = arm.paired // 2
    paired = [
        *islice(_passed("near_misses", arm, ground, passage, {}), half),
        *islice(_passed("contrast_pairs", arm, ground, passage, {}), arm.paired - half),
    ]
    if len(plain) < arm.plain or len(paired) < arm.paired:
        raise SystemExit(f"{arm.name}: only {len(plain)} + {len(paired)} examples could be drafted")
    return plain + paired


def _passed(strategy: str, arm: Arm, ground: Ground, passage: Passage, knobs: dict[str, object]) -> Iterator[Example]:
    order = Order(tools=demo_tools(), count=6 * N, seed=1_000 * arm.seed, parameters=knobs)  # type: ignore[arg-type]
    for candidate in get_synthesizer(strategy).draft(order):
        if candidate.example.group in ground.held_out or passage.judge(candidate):
            continue
        passage.keep(candidate)
        yield candidate.example


def work(kind: str, folder: RunFolder, spec: dict[str, object]) -> None:
    """One worker to its end."""
    folder.write_spec({"kind": kind, "launch_id": folder.path.name, "nice": 0, **spec})  # type: ignore[dict-item]
    command = module_command("curation.worker", kind, str(folder.path))
    with folder.log.open("ab") as log:
        done = subprocess.run(command, env=worker_environment(folder.path), stdout=log, stderr=log, check=False)
    if done.returncode:
        raise SystemExit(f"{folder.path}: {folder.read_exit(folder.path.name)}")


def run(arm: Arm, ground: Ground, base: Path, folder: Path) -> dict[str, object]:
    """Train an arm and ask it the test rows."""
    write = pick_writer("router", "conversations")
    rows = [row for example in draft(arm, ground) for row in write(example).rows]
    training = RunFolder(folder / f"train-{arm.name}")
    training.create()
    (training.data / "train.jsonl").write_bytes(b"".join(row + b"\n" for row in rows))
    (training.data / "validation.jsonl").write_bytes(b"")
    told = {"base": str(base), "style": "router", "dataset_hash": arm.name}
    work("train", training, {**told, "parameters": {**RECIPE, "seed": arm.seed}})
    asking = RunFolder(folder / f"ask-{arm.name}")
    asking.create()
    test = asking.data / "test.jsonl"
    test.write_bytes(b"".join(row + b"\n" for row in ground.test))
    work("evaluate", asking, {"model": str(base), "adapter": str(training.model), "style": "router"})
    with test.open("rb") as gold, asking.answers.open("rb") as answers:
        report = score_streams(Source(gold, "test.jsonl"), Source(answers, "answers.jsonl"))
    metrics = report.overall.metrics
    kept = {name: [metrics[name].value, metrics[name].n] for name in FIGURES}
    return {"rows": len(rows), "figures": kept, "verdicts": [one.verdict.value for one in report.scored]}


def tell(results: dict[str, dict[str, object]]) -> None:
    """The curve, and the difference that pairs make."""
    for arm in ARMS:
        if arm.name in results:
            figures = results[arm.name]["figures"]
            said = "  ".join(f"{name} {_say(*figures[name])}" for name in FIGURES)  # type: ignore[index]
            print(f"{arm.name:>12}  {said}")
    plain = [results[name] for name in (f"schemas-{N}", "plain-2", "plain-3") if name in results]
    paired = [results[f"paired-{seed}"] for seed in SEEDS if f"paired-{seed}" in results]
    if len(plain) == len(paired) == len(SEEDS):
        for verdict in ("needless_call", "wrong_tool"):
            tell_difference(verdict, plain, paired)


def tell_difference(verdict: str, plain: list[dict[str, object]], paired: list[dict[str, object]]) -> None:
    """By how many of all answers the arms differ, row by row, with the interval of a resampling of rows."""
    from random import Random

    rows = range(len(plain[0]["verdicts"]))  # type: ignore[arg-type]

    def rate(arms: list[dict[str, object]], row: int) -> float:
        return sum(one["verdicts"][row] == verdict for one in arms) / len(arms)  # type: ignore[index]

    gaps = [rate(paired, row) - rate(plain, row) for row in rows]
    rng = Random(0)
    drawn = sorted(sum(rng.choices(gaps, k=len(gaps))) / len(gaps) for _ in range(2_000))
    mean = sum(gaps) / len(gaps)
    print(f"{verdict}: pairs change it by {mean:+.1%} [{drawn[50]:+.1%} to {drawn[1949]:+.1%}] of all answers")


def _say(value: float | None, n: int) -> str:
    if value is None:
        return "–"
    low, high = wilson(round(value * n), n)
    return f"{value:.0%} [{low:.0%}–{high:.0%}]"


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "usefulness").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    store = folder / "results.json"
    results: dict[str, dict[str, object]] = json.loads(store.read_text()) if store.exists() else {}
    ws = open_workspace(folder / "home")
    try:
        base = ensure_small_model(ws.home)
        ground = prepare(ws)
    finally:
        ws.close()
    for arm in ARMS:
        if arm.name not in results:
            results[arm.name] = run(arm, ground, base, folder)
            store.write_text(json.dumps(results))
            tell({arm.name: results[arm.name]})
    print()
    tell(results)


if __name__ == "__main__":
    main()
