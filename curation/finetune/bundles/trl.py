"""Settings for the script that trains with TRL: they stand beside it as data."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from curation.finetune.bundles.plan import Plan
from curation.model.values import Json

SCRIPT, SETTINGS, REQUIREMENTS = "train.py", "settings.json", "requirements.txt"
ASSET = Path(__file__).parent / "assets" / "train_with_trl.py.txt"
NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")


def read_script() -> bytes:
    """The script; it is the same for every bundle."""
    return ASSET.read_bytes()


def list_requirements() -> bytes:
    """The packages at the versions this program trains with; those absent here are named without one."""
    return "".join(f"{_pin(name)}\n" for name in NEEDED).encode()


def _pin(name: str) -> str:
    try:
        # A build for one kind of processor is named behind a plus.
        return f"{name}=={metadata.version(name).partition('+')[0]}"
    except metadata.PackageNotFoundError:
        return name


def make_settings(plan: Plan) -> dict[str, Json]:
    """Arguments under the library's own names."""
    knobs = plan.parameters
    lora: dict[str, Json] = {
        "r": knobs.rank,
        "lora_alpha": knobs.alpha,
        "lora_dropout": knobs.dropout,
        "target_modules": plan.target_names or "all-linear",
        "task_type": "CAUSAL_LM",
    }
    return {
        "base": plan.base,
        "learn_from": knobs.learn_from,
        "four_bits": knobs.method == "qlora",
        "longest_row": knobs.max_length,
        "pack": plan.packs,
        "lora": lora if plan.has_adapter else None,
        "training": {
            "per_device_train_batch_size": knobs.batch_size,
            "gradient_accumulation_steps": knobs.accumulation,
            "num_train_epochs": knobs.epochs,
            "max_steps": knobs.max_steps or -1,
            "learning_rate": knobs.learning_rate,
            "lr_scheduler_type": knobs.schedule,
            "warmup_steps": plan.n_warmup,
            "weight_decay": knobs.weight_decay,
            "max_grad_norm": knobs.max_grad_norm,
            "optim": knobs.optimizer,
            "gradient_checkpointing": knobs.recompute,
            "logging_steps": 1,
            "seed": knobs.seed,
            "report_to": "none",
            **({"beta": knobs.beta} if knobs.learn_from == "pairs" else {}),
        },
    }
