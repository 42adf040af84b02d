"""Puts model, adapter and rows together into TRL's trainer for conversations or for pairs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from curation.errors import MissingPackageError
from curation.finetune.adapters import make_adapter
from curation.finetune.configs import make_config, make_pair_config
from curation.finetune.hardware import Hardware
from curation.finetune.layout import choose_layout
from curation.finetune.loading import load_model, load_tokenizer
from curation.finetune.spec import TrainSpec

Rows = list[dict[str, list[int]]]


def make_trainer(
    spec: TrainSpec,
    rows: Rows,
    hardware: Hardware,
    checkpoints: Path,
    save_every: int,
    say: Callable[[str], None] = lambda _text: None,
) -> Any:
    """A trainer ready to go. The rows carry their labels, so what preflight showed is what is trained."""
    try:
        import datasets  # noqa: F401
        import trl  # noqa: F401
    except ImportError as error:
        raise MissingPackageError("Training needs trl, peft and datasets.") from error
    model = load_model(spec.base, hardware, spec.parameters.method)
    if spec.parameters.learn_from == "pairs":
        # An adapter that is switched off is the reference; where every weight changes a copy must stay behind.
        reference = load_model(spec.base, hardware, "full") if spec.parameters.method == "full" else None
        pair_config = make_pair_config(spec.parameters, hardware, checkpoints, save_every)
        return _make_pair_trainer(spec, rows, pair_config, model, reference)
    layout = choose_layout(spec.parameters, hardware, model, rows)
    say(f"{layout.why[0].upper()}{layout.why[1:]}.")
    config = make_config(spec.parameters, hardware, checkpoints, save_every, layout.kind)
    return _make_row_trainer(spec, rows, config, model)


def _make_row_trainer(spec: TrainSpec, rows: Rows, config: Any, model: Any) -> Any:
    from datasets import Dataset
    from trl import SFTTrainer

    return SFTTrainer(
        model=model,
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=load_tokenizer(spec.base),
        peft_config=make_adapter(spec.parameters, model),
    )


def _make_pair_trainer(spec: TrainSpec, rows: Rows, config: Any, model: Any, reference: Any) -> Any:
    from datasets import Dataset
    from trl import DPOTrainer

    class PairTrainer(DPOTrainer):  # type: ignore[misc]
        """Takes pairs as they come: they hold their token ids already."""

        def _prepare_dataset(self, dataset: Any, *_rest: Any, **_more: Any) -> Any:
            return dataset

    return PairTrainer(
        model=model,
        ref_model=reference,
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=load_tokenizer(spec.base),
        peft_config=make_adapter(spec.parameters, model),
    )


def takes_shared_beginning(trainer: Any) -> bool:
    """Whether the batches are rows side by side; packed ones and pairs have another form."""
    return "labels" in trainer.train_dataset.column_names and not trainer.padding_free
