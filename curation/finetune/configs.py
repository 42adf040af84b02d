"""TRL's settings of a run, under today's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from curation.finetune.hardware import Hardware
from curation.finetune.knobs import TrainParameters
from curation.finetune.layout import Kind
from curation.finetune.trackers import aim_tracker

KEPT_CHECKPOINTS = 2
PADDED: Kind = "padded"


def make_config(
    parameters: TrainParameters, hardware: Hardware, checkpoints: Path, save_every: int, layout: Kind = PADDED
) -> Any:
    """Settings for conversations and decisions. Rows that are too long were left out whole; nothing is cut here."""
    from trl import SFTConfig

    is_packed = layout == "packed"
    config = SFTConfig(
        **common_settings(parameters, hardware, checkpoints, save_every),
        # Packing wants to know how long a sequence may grow; a row fits into one.
        max_length=parameters.max_length if is_packed else None,
        packing=is_packed,
        packing_strategy="bfd",
        padding_free=layout != "padded",
    )
    return _on_one_device(config)


def make_pair_config(parameters: TrainParameters, hardware: Hardware, checkpoints: Path, save_every: int) -> Any:
    """Settings for pairs."""
    from trl import DPOConfig

    common = common_settings(parameters, hardware, checkpoints, save_every)
    return _on_one_device(DPOConfig(**common, max_length=None, beta=parameters.beta))


def _on_one_device(config: Any) -> Any:
    """A process computes on one GPU; left alone the trainer would spread the rows of one process over all it sees."""
    config._n_gpu = min(1, config.n_gpu)
    return config


def common_settings(
    parameters: TrainParameters, hardware: Hardware, checkpoints: Path, save_every: int
) -> dict[str, Any]:
    """What both trainers understand."""
    return {
        "output_dir": str(checkpoints),
        "per_device_train_batch_size": parameters.batch_size,
        "gradient_accumulation_steps": parameters.accumulation,
        "num_train_epochs": parameters.epochs,
        "max_steps": parameters.max_steps or -1,
        "learning_rate": parameters.learning_rate,
        "lr_scheduler_type": parameters.schedule,
        # Below 1 it is a share of the steps.
        "warmup_steps": parameters.warmup,
        "weight_decay": parameters.weight_decay,
        "max_grad_norm": parameters.max_grad_norm,
        "optim": parameters.optimizer,
        "bf16": hardware.has_bf16,
        "use_cpu": hardware.device == "cpu",
        # Adapters leave room enough; recomputing activations would only cost time.
        "gradient_checkpointing": parameters.recompute,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "save_strategy": "steps",
        "save_steps": save_every,
        "save_total_limit": KEPT_CHECKPOINTS,
        "dataloader_pin_memory": hardware.device == "cuda",
        "report_to": aim_tracker(parameters.report_to, checkpoints.parent),
        "disable_tqdm": True,
        "seed": parameters.seed,
        "data_seed": parameters.seed,
        **_keep_at_home(parameters),
    }


def _keep_at_home(parameters: TrainParameters) -> dict[str, Any]:
    """Trackio would copy a finished run to a page on the net."""
    if parameters.report_to != "trackio":
        return {}
    return {"project": "callwright", "trackio_space_id": None, "trackio_static_space_id": False}
