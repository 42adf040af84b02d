"""A configuration for Axolotl, which stops at a row that is too long rather than cut it."""

from __future__ import annotations

from curation.finetune.bundles.plan import Plan
from curation.formats.axolotl_config import describe_dataset
from curation.model.values import Json

CONFIG = "axolotl.yaml"
OPTIMIZERS = {"paged_adamw_8bit": "paged_adamw_8bit", "adafactor": "adafactor", "sgd": "sgd"}
"""Under the trainer's names; the others are AdamW."""


def make_config(plan: Plan, train: str, validation: str | None) -> dict[str, Json]:
    """The settings; rows lie beside them."""
    knobs = plan.parameters
    config: dict[str, Json] = {
        "base_model": plan.base,
        "datasets": [describe_dataset(train)],
        **({"test_datasets": [describe_dataset(validation)]} if validation else {}),
        "output_dir": "./out",
        "sequence_len": knobs.max_length,
        "excess_length_strategy": "raise",
        "sample_packing": plan.packs,
        **({"attn_implementation": "flash_attention_2"} if plan.packs else {}),
        **({"eval_sample_packing": False} if plan.packs and validation else {}),
        **_adapter(plan),
        "micro_batch_size": knobs.batch_size,
        "gradient_accumulation_steps": knobs.accumulation,
        "num_epochs": knobs.epochs,
        "optimizer": OPTIMIZERS.get(knobs.optimizer, "adamw_torch_fused"),
        "learning_rate": knobs.learning_rate,
        "lr_scheduler": knobs.schedule,
        "warmup_steps": plan.n_warmup,
        "weight_decay": knobs.weight_decay,
        "max_grad_norm": knobs.max_grad_norm,
        "bf16": "auto",
        "gradient_checkpointing": knobs.recompute,
        "logging_steps": 1,
        "seed": knobs.seed,
    }
    if knobs.max_steps:
        config["max_steps"] = knobs.max_steps
    return config


def _adapter(plan: Plan) -> dict[str, Json]:
    if not plan.has_adapter:
        return {}
    knobs = plan.parameters
    where: dict[str, Json] = (
        {"lora_target_modules": plan.target_names} if plan.target_names else {"lora_target_linear": True}
    )
    size: dict[str, Json] = {"lora_r": knobs.rank, "lora_alpha": knobs.alpha, "lora_dropout": knobs.dropout}
    return {"adapter": knobs.method, "load_in_4bit": knobs.method == "qlora", **size, **where}
