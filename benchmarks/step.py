"""What scoring only the trained tokens spares a training step on a CPU: the same step with and without it.

Run with `python benchmarks/step.py`; needs the training packages and the small base model. Steps alternate, all on the
same rows: 256 tokens each, of which the last 40 carry loss, as in a router row. CPU time, forwards and backwards.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_WAIT_POLICY": "passive"}

from shared.figures import report, report_median, spend

from curation.finetune.base_models import ensure_small_model
from curation.finetune.cpu_loss import SWITCH, score_labelled_only
from curation.finetune.hardware import find_hardware
from curation.finetune.spec import TrainParameters, TrainSpec
from curation.finetune.trainer import make_trainer

ROWS, TOKENS, TRAINED = 2, 256, 40
ROUNDS = 2
RATIO_GATE, LOSS_GATE = 0.85, 1e-3


def make_rows() -> list[dict[str, list[int]]]:
    """Rows of which only the end is labelled; which tokens stand there does not matter to the clock."""
    tokens = [[(row * 7919 + place * 31) % 40_000 + 100 for place in range(TOKENS)] for row in range(ROWS)]
    masked = [-100] * (TOKENS - TRAINED)
    return [{"input_ids": row, "labels": masked + row[-TRAINED:]} for row in tokens]


def measure(trainer: Any) -> tuple[list[float], list[float]]:
    """For each round the ratio of a step with the patch to one without, and how far their losses are apart."""
    from trl.trainer import utils

    plain = getattr(utils, SWITCH)
    if not score_labelled_only():
        raise SystemExit("the patch does not fit the installed TRL")
    patched = getattr(utils, SWITCH)
    trainer.current_gradient_accumulation_steps = 1  # set by the loop that this goes around
    inputs = next(iter(trainer.get_train_dataloader()))
    ratios, gaps = [], []
    for _ in range(ROUNDS + 1):
        spent, losses = [], []
        for switch in (patched, plain):
            setattr(utils, SWITCH, switch)
            trainer.model.zero_grad()
            spent.append(spend(lambda: losses.append(float(trainer.training_step(trainer.model, dict(inputs))))))  # noqa: B023
        ratios.append(spent[0] / spent[1])
        gaps.append(abs(losses[0] - losses[1]) / losses[1])
    return ratios[1:], gaps


def main() -> int:
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        base = ensure_small_model(Path(name))
        parameters = TrainParameters(batch_size=ROWS, max_steps=ROUNDS)
        spec = TrainSpec("benchmark", base, "router", "", parameters=parameters)
        hardware = find_hardware()
        if hardware.device != "cpu":
            print("this machine trains on another device, where TRL spares the masked tokens itself")
            return 0
        trainer = make_trainer(spec, make_rows(), hardware, Path(name) / "checkpoints", ROUNDS)
        ratios, gaps = measure(trainer)
    print(f"{ROWS} rows of {TOKENS} tokens, {TRAINED} of them trained")
    holds = [
        report_median("step, trained tokens only", RATIO_GATE, ratios),
        report("step, difference of losses", LOSS_GATE, max(gaps), gaps),
    ]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
