"""What the Evaluation page costs with 10,000 answers stored (five models, 2,000 rows), by CPU time of this process.

Run with `python benchmarks/evaluation.py`. The page is run whole, with all its charts and tables, as a press runs it:
standing still, with another row opened, with other rows chosen than ever before. The first look after a start scores
every stored answer again by the metrics of the day, and is measured on its own.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from shared.figures import report, spend
from shared.workspace import fill

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from streamlit.testing.v1 import AppTest  # noqa: E402

from curation.metrics.answers import Answer  # noqa: E402
from curation.model.states import Split  # noqa: E402
from curation.services import evaluating, freezing, people  # noqa: E402
from curation.services.evaluating import EvaluationView, Recorded  # noqa: E402
from curation.services.look_parts import compare_part, list_slices, take_part  # noqa: E402
from curation.services.questions import Question, read_questions  # noqa: E402
from curation.services.workspace import Workspace, open_workspace  # noqa: E402
from db.models import ModelRecord, save_model  # noqa: E402

EXAMPLES, ROWS = 11_000, 2_000
WRONG = {"base": 0.6, "support-1": 0.3, "support-2": 0.15, "support-3": 0.1, "support-4": 0.08}
TRIES, SLICES = 9, 5
PAGE_GATE_MS, SLICE_GATE_MS, COLD_GATE_S, FIGURES_GATE_S = 100.0, 400.0, 6.0, 5.0
SILENT = '{"tool":"no_tool","reason":"small_talk","message":"Hello!"}'


def add_model(ws: Workspace, project: str, name: str) -> str:
    model_id, folder = ws.new_id(), ws.home / "models" / name
    folder.mkdir(parents=True)
    record = ModelRecord(
        id=model_id,
        project_id=project,
        name=name,
        base="models/base",
        kind="base" if name == "base" else "adapter",
        location=f"models/{name}",
        created_at=ws.now(),
        details='{"style":"router"}',
    )
    with ws.unit() as unit:
        save_model(unit.connection, record)
        unit.commit()
    return model_id


def answer(questions: Sequence[Question], wrong: float, seed: int) -> list[Answer]:
    """Right answers, but for a share that are broken, silent, or right for another row."""
    rng = random.Random(seed)
    right = [json.loads(one.row)["messages"][-1]["content"] for one in questions]
    said = [
        rng.choice((f"Well: {text}", SILENT, rng.choice(right))) if rng.random() < wrong else text for text in right
    ]
    return [Answer(text=text, latency_ms=rng.gauss(200, 20), tokens=len(text) // 4, cost=0.0004) for text in said]


def store(ws: Workspace) -> EvaluationView:
    """A frozen version with one look of all models at its test split."""
    actor, project = people.local_actor(ws), fill(ws, EXAMPLES)
    version = freezing.freeze(ws, actor, project, include_unreviewed=True, nonce="freeze")
    questions = read_questions(ws, version.id, Split.TEST, "router", ROWS)
    runs = [
        Recorded(add_model(ws, project, name), answer(questions, wrong, seed))
        for seed, (name, wrong) in enumerate(WRONG.items())
    ]
    view = evaluating.record_answers(ws, actor, project, version.n, runs, limit=ROWS, nonce="look")
    n_frozen = sum(version.counts.values())
    print(f"{len(WRONG)} models, {len(view.rows):,} rows, {len(list_slices(view))} slices, {n_frozen:,} examples")
    return view


def measure_cold(home: Path, view: EvaluationView) -> list[bool]:
    """A process that has not seen the look yet; and the table of differences when somebody opens it."""
    fresh = open_workspace(home)
    try:
        spent = spend(lambda: evaluating.get_evaluation(fresh, view.id))
        seen = evaluating.get_evaluation(fresh, view.id)
        whole = take_part(seen, [one.label for one in seen.models])
        figures = spend(lambda: compare_part(whole))
    finally:
        fresh.close()
    return [
        report("first view after a start", COLD_GATE_S, spent, [spent], " s"),
        report("differences, opened first", FIGURES_GATE_S, figures, [figures], " s"),
    ]


def measure_page(view: EvaluationView) -> list[bool]:
    shown = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=600)
    shown.switch_page("../pages/evaluation.py").run()
    assert not shown.exception, shown.exception[0].value
    warm = [1000 * spend(shown.run) for _ in range(TRIES)]
    names = [one.name for one in list_slices(view)][:SLICES]
    changed, again = ([_change(shown, f"evaluation.slice.{view.id}", name) for name in names] for _ in range(2))
    return [
        report("page, nothing changed", PAGE_GATE_MS, statistics.median(warm), warm, " ms"),
        report("page, rows never shown before", SLICE_GATE_MS, statistics.median(changed), changed, " ms"),
        report("page, rows shown before", PAGE_GATE_MS, statistics.median(again), again, " ms"),
    ]


def _change(shown: AppTest, key: str, value: str) -> float:
    """Milliseconds of the run that a choice leads to."""
    box = shown.selectbox(key=key).set_value(value)
    return 1000 * spend(box.run)


def in_home(act: Callable[[Path], bool]) -> bool:
    with tempfile.TemporaryDirectory() as name:
        os.environ["CALLWRIGHT_HOME"] = name
        return act(Path(name))


def measure(home: Path) -> bool:
    ws = open_workspace(home)
    try:
        view = store(ws)
    finally:
        ws.close()
    return all([*measure_cold(home, view), *measure_page(view)])


def main() -> None:
    sys.exit(not in_home(measure))


if __name__ == "__main__":
    main()
