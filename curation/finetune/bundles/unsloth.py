"""A configuration for Unsloth's command line."""

from __future__ import annotations

from curation.finetune.adapters import TARGETS
from curation.finetune.bundles.plan import Plan
from curation.model.values import Json

CONFIG = "unsloth.yaml"


def make_config(plan: Plan, train: str) -> dict[str, Json]:
    """The settings; the loss covers what the assistant says, as in every bundle."""
    knobs = plan.parameters
    return {
        "model": plan.base,
        "data": {"local_dataset": [train], "format_type": "chatml"},
        "training": {
            "training_type": "lora" if plan.has_adapter else "full",
            "max_seq_length": knobs.max_length,
            "load_in_4bit": knobs.method == "qlora",
            "output_dir": "./out",
            "num_epochs": max(1, round(knobs.epochs)),
            "learning_rate": knobs.learning_rate,
            "batch_size": knobs.batch_size,
            "gradient_accumulation_steps": knobs.accumulation,
            "warmup_steps": plan.n_warmup,
            "max_steps": knobs.max_steps,
            "weight_decay": knobs.weight_decay,
            "random_seed": knobs.seed,
            "packing": plan.packs,
            "train_on_completions": True,
            "gradient_checkpointing": "unsloth" if knobs.recompute else "none",
        },
        "lora": {
            "lora_r": knobs.rank,
            "lora_alpha": knobs.alpha,
            "lora_dropout": knobs.dropout,
            "target_modules": ",".join(plan.target_names or TARGETS),
        },
    }
