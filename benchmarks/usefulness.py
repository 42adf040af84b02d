"""Whether drafted examples teach: the tuned model's figures by how many there were, and what pairs add.

Run with `python benchmarks/usefulness.py FOLDER`; needs the training packages and the small base model, and takes about
an hour on two quiet cores. Every finished arm is recorded in `benchmarks/recorded/usefulness.json` and written into
`docs/usefulness.md`; an arm whose rows have not changed since is not trained again, so it can be stopped at any moment.
Without FOLDER it prints what is recorded. The test rows are about the demo's tools in the demo's test wordings, from
which no arm may learn, the tools in the same order, as a small model learns by heart where a tool stands in the list.

Curve: 100, 200, 400 and 800 examples from the schemas. Pairs: 400 examples from the schemas against 300 with 70
near-misses and 30 halves of contrast pairs, three seeds each. Most near-misses are ordered for what the models of the
curve get wrong: a request without a value that must be given. All of them offer what the test rows offer.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_WAIT_POLICY": "passive"}
ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "benchmarks")]

import msgspec  # noqa: E402

from benchmarks.shared.usefulness import (  # noqa: E402
    FIGURES,
    PAIRED,
    SEEDS,
    SIZES,
    Measured,
    N,
    read_recorded,
    record,
    tell,
    write_page,
)
from curation.finetune.base_models import ensure_small_model  # noqa: E402
from curation.finetune.environment import worker_environment  # noqa: E402
from curation.finetune.run_folder import RunFolder  # noqa: E402
from curation.gates import GATES, Passage  # noqa: E402
from curation.gates.contract import Bench  # noqa: E402
from curation.gates.knowing import know  # noqa: E402
from curation.metrics.score import score_answers  # noqa: E402
from curation.model.example import Example  # noqa: E402
from curation.model.states import Split  # noqa: E402
from curation.model.values import Json  # noqa: E402
from curation.processes.environment import module_command  # noqa: E402
from curation.services.demo_data import KNOBS, PROJECT, SALT, Drafts  # noqa: E402
from curation.services.demonstrating import fill_catalogue, freeze_drafts  # noqa: E402
from curation.services.evaluation_results import read_run_answers  # noqa: E402
from curation.services.freezing import read_items  # noqa: E402
from curation.services.people import local_actor  # noqa: E402
from curation.services.projects import create_project  # noqa: E402
from curation.services.questions import Question, read_questions  # noqa: E402
from curation.services.row_files import pick_writer  # noqa: E402
from curation.services.workspace import Workspace, open_workspace  # noqa: E402
from curation.synthesizers import Order, get_synthesizer  # noqa: E402
from curation.synthesizers.contract import Cell  # noqa: E402
from curation.synthesizers.shop import demo_tools  # noqa: E402

FOLDER_GIVEN = 2
TOOLS = tuple(sorted(demo_tools(), key=lambda tool: tool.name))
TEST_ROWS = 200
MISSES = 70
"""Near-misses among a hundred pairs."""
_NEAR_MISSES = tuple(
    Cell(count, "no_tool", kind)
    for kind, count in {"missing_information": 8 * N, "cannot_be_done": N, "answer_directly": N}.items()
)
CURVE = Drafts("schema_driven", 1600, 21)
"""Plain examples: what the number of them is told of."""
RECIPE = {"epochs": 2.2, "learning_rate": 1.5e-3, "validation_rows": 0, "looks": 0, "max_length": 1024}


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

    test: tuple[Question, ...]
    held_out: frozenset[str]
    """Wording families that stand in test or validation rows."""
    asked: tuple[Example, ...]


def prepare(ws: Workspace) -> Ground:
    """The test rows, and what nobody may learn from."""
    actor = local_actor(ws)
    project = create_project(ws, actor, PROJECT, salt=SALT, nonce="curve project")
    fill_catalogue(ws, actor, project.id, demo_tools())
    dataset = freeze_drafts(ws, actor, project.id, (CURVE,))
    test = read_questions(ws, dataset.id, Split.TEST, "router", TEST_ROWS)
    held = [item.example for split in (Split.TEST, Split.VALIDATION) for item in read_items(ws, dataset.id, split)]
    return Ground(test, frozenset(one.group or "" for one in held), tuple(held))


def draft(arm: Arm, ground: Ground) -> list[Example]:
    """The examples of an arm: every one through every gate."""
    tools = {tool.name: tool for tool in TOOLS}
    known = tuple(know(one, is_test=True) for one in ground.asked)
    passage = Passage(GATES, Bench(tools=tools, known=known, seed=arm.seed))
    plain = list(islice(_passed("schema_driven", arm, ground, passage, dict(KNOBS)), arm.plain))
    missed = arm.paired * MISSES // 100
    paired = [
        *islice(_passed("near_misses", arm, ground, passage, dict(KNOBS), _NEAR_MISSES), missed),
        *islice(_passed("contrast_pairs", arm, ground, passage, dict(KNOBS)), arm.paired - missed),
    ]
    if len(plain) < arm.plain or len(paired) < arm.paired:
        raise SystemExit(f"{arm.name}: only {len(plain)} + {len(paired)} examples could be drafted")
    return plain + paired


def _passed(
    strategy: str, arm: Arm, ground: Ground, passage: Passage, knobs: dict[str, Json], cells: tuple[Cell, ...] = ()
) -> Iterator[Example]:
    order = Order(tools=TOOLS, count=6 * N, seed=1_000 * arm.seed, parameters=knobs, cells=cells)
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


def write_rows(arm: Arm, ground: Ground) -> list[bytes]:
    """What an arm learns from."""
    write = pick_writer("router", "conversations")
    return [row for example in draft(arm, ground) for row in write(example).rows]


def stamp(rows: list[bytes], arm: Arm, ground: Ground) -> str:
    """Another word when anything would come out otherwise."""
    basis = [*rows, *(one.row for one in ground.test), json.dumps([RECIPE, arm.seed], sort_keys=True).encode()]
    return hashlib.sha256(b"\n".join(basis)).hexdigest()[:16]


def run(arm: Arm, rows: list[bytes], ground: Ground, base: Path, folder: Path) -> Measured:
    """Train an arm and ask it the test rows."""
    training = RunFolder(folder / f"train-{arm.name}")
    shutil.rmtree(training.path, ignore_errors=True)  # What a stop left half done is begun again.
    training.create()
    (training.data / "train.jsonl").write_bytes(b"".join(row + b"\n" for row in rows))
    (training.data / "validation.jsonl").write_bytes(b"")
    told = {"base": str(base), "style": "router", "dataset_hash": arm.name}
    work("train", training, {**told, "parameters": {**RECIPE, "seed": arm.seed}})
    asking = RunFolder(folder / f"ask-{arm.name}")
    shutil.rmtree(asking.path, ignore_errors=True)
    asking.create()
    (asking.data / "test.jsonl").write_bytes(b"".join(one.row + b"\n" for one in ground.test))
    work("evaluate", asking, {"model": str(base), "adapter": str(training.model), "style": "router"})
    report = score_answers([one.gold for one in ground.test], read_run_answers(asking.answers), router=True)
    metrics = report.overall.metrics
    return Measured(
        stamp=stamp(rows, arm, ground),
        rows=len(rows),
        figures={name: (metrics[name].value, metrics[name].n) for name in FIGURES},
        verdicts=tuple(one.failure or "right" for one in report.scored),
        needless=tuple(not one.is_call_row and one.given.has_calls for one in report.scored),
    )


def main() -> None:
    recorded = read_recorded()
    if len(sys.argv) < FOLDER_GIVEN:
        print(write_page(recorded))
        return
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ws = open_workspace(folder / "home")
    try:
        base = ensure_small_model(ws.home)
        ground = prepare(ws)
    finally:
        ws.close()
    for arm in ARMS:
        rows = write_rows(arm, ground)
        known = recorded.get(arm.name)
        if known is None or known.stamp != stamp(rows, arm, ground):
            recorded[arm.name] = run(arm, rows, ground, base, folder)
            record(recorded)
        print(arm.name, tell(recorded[arm.name]), flush=True)


if __name__ == "__main__":
    main()
