"""Settings for the script that trains with TRL: they stand beside it as data."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from curation.finetune.bundles.plan import Plan, list_arguments
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
            **list_arguments(plan),
            "gradient_checkpointing": knobs.recompute,
            **({"beta": knobs.beta} if knobs.learn_from == "pairs" else {}),
        },
    }
