"""The LoRA adapter of a run: how large it is, and which layers it changes."""

from __future__ import annotations

from typing import Any

from curation.finetune.knobs import Targets, TrainParameters

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
"""Attention alone learns several times slower a step: which tool a request means is kept in the other layers."""
NAMES: dict[Targets, list[str]] = {
    "all": TARGETS,
    "attention": ["q_proj", "k_proj", "v_proj", "o_proj"],
    "q_v": ["q_proj", "v_proj"],
}


def make_adapter(parameters: TrainParameters, model: Any) -> Any:
    """The adapter; None where every weight changes."""
    if parameters.method == "full":
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=parameters.rank,
        lora_alpha=parameters.alpha,
        lora_dropout=parameters.dropout,
        target_modules=choose_targets(parameters.targets, model),
        task_type="CAUSAL_LM",
    )


def choose_targets(targets: Targets, model: Any) -> list[str] | str:
    """Layers by the names most models share; by their kind where a model has names of its own for them."""
    names = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    wanted = NAMES[targets]
    return wanted if names.intersection(wanted) else "all-linear"
