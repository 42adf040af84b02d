"""What a training step costs on a CPU: with and without scoring only the trained tokens, and as stock TRL takes it.

Run with `python benchmarks/step.py`; needs the training packages and the small base model. Steps alternate, all on the
same rows: 256 tokens each, of which the last 40 carry loss, as in a router row. CPU time, forwards and backwards.
Against stock TRL, at its own defaults, stands the worker's whole step: rows that offer the same tools, which begin
alike for 160 tokens; the losses must be the same.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_WAIT_POLICY": "passive"}

from shared.figures import report, report_median, spend

from curation.finetune.adapters import make_adapter
from curation.finetune.base_models import ensure_small_model
from curation.finetune.cpu_loss import SWITCH, score_labelled_only
from curation.finetune.hardware import Hardware, find_hardware
from curation.finetune.loading import load_model, load_tokenizer
from curation.finetune.shared_beginning import SharedBeginning, longest_alike
from curation.finetune.spec import TrainParameters, TrainSpec
from curation.finetune.trainer import make_trainer

ROWS, TOKENS, TRAINED = 2, 256, 40
ROUNDS = 2
RATIO_GATE, LOSS_GATE = 0.85, 1e-3
ALIKE, BATCH = 160, 8
WORKER_GATE = 1 / 1.6
"""The worker reads at least 1.6 times the tokens a second."""
WORKER_LOSS_GATE = 1e-2
"""Eight rows are added up in another order, in short numbers."""


def make_rows(count: int = ROWS) -> list[dict[str, list[int]]]:
    """Rows of which only the end is labelled; which tokens stand there does not matter to the clock."""
    tokens = [[(row * 7919 + place * 31) % 40_000 + 100 for place in range(TOKENS)] for row in range(count)]
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


def make_alike_rows() -> list[dict[str, list[int]]]:
    """Rows behind one catalogue, as a router's are."""
    rows = make_rows(BATCH)
    for row in rows:
        row["input_ids"][:ALIKE] = rows[0]["input_ids"][:ALIKE]
    return rows


def make_stock_trainer(base: Path, rows: list[dict[str, list[int]]], hardware: Hardware, folder: Path) -> Any:
    """TRL with nothing set but what the task says; the same numbers and the same adapter."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    model = load_model(base, hardware)
    config = SFTConfig(
        output_dir=str(folder),
        per_device_train_batch_size=BATCH,
        max_length=None,
        bf16=hardware.has_bf16,
        use_cpu=True,
        report_to="none",
    )
    return SFTTrainer(
        model=model,
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=load_tokenizer(base),
        peft_config=make_adapter(TrainParameters(), model),
    )


def measure_worker(base: Path, hardware: Hardware, folder: Path) -> tuple[list[float], list[float]]:
    """For each round the ratio of the worker's step to stock TRL's, and how far their losses are apart."""
    from trl.trainer import utils

    rows = make_alike_rows()
    spec = TrainSpec("benchmark", base, "router", "", parameters=TrainParameters(batch_size=BATCH, max_steps=ROUNDS))
    worker = make_trainer(spec, rows, hardware, folder / "worker", ROUNDS)
    worker.data_collator = SharedBeginning(worker.data_collator, longest_alike(worker.model, rows))
    stock = make_stock_trainer(base, rows, hardware, folder / "stock")
    score_labelled_only()
    patched = getattr(utils, SWITCH)
    plain = lambda _device: False  # noqa: E731 - what TRL says on a CPU
    ratios, gaps = [], []
    for _ in range(ROUNDS + 1):
        spent, losses = [], []
        for trainer, switch in ((worker, patched), (stock, plain)):
            setattr(utils, SWITCH, switch)
            trainer.current_gradient_accumulation_steps = 1
            trainer.model.zero_grad()
            # The whole batch in one order, so that both read the same rows.
            inputs = trainer.data_collator(rows)
            spent.append(spend(lambda: losses.append(float(trainer.training_step(trainer.model, inputs)))))  # noqa: B023
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
        worker_ratios, worker_gaps = measure_worker(base, hardware, Path(name))
    print(f"{ROWS} rows of {TOKENS} tokens, {TRAINED} of them trained")
    holds = [
        report_median("step, trained tokens only", RATIO_GATE, ratios),
        report("step, difference of losses", LOSS_GATE, max(gaps), gaps),
        report_median("worker's step to stock TRL's", WORKER_GATE, worker_ratios),
        report("worker, difference of losses", WORKER_LOSS_GATE, max(worker_gaps), worker_gaps),
    ]
    print(f"the worker reads {1 / statistics.median(worker_ratios):.2f} times the tokens a second of stock TRL")
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
