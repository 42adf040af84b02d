"""Settings for LLaMA-Factory, with the entry of its list of datasets for router rows."""

from __future__ import annotations

import msgspec

from curation.finetune.bundles.plan import Plan, list_arguments
from curation.model.values import Json

CONFIG = "llamafactory.yaml"
DATASET_INFO = "dataset_info.json"
ROUTER_ENTRY: dict[str, Json] = {
    "formatting": "sharegpt",
    "columns": {"messages": "messages"},
    "tags": {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
        "system_tag": "system",
    },
}


def make_config(plan: Plan, train: str, validation: str | None) -> dict[str, Json]:
    """The settings; `train` and `validation` are names in the list of datasets."""
    knobs = plan.parameters
    is_pairs = knobs.learn_from == "pairs"
    config: dict[str, Json] = {
        "model_name_or_path": plan.base,
        "stage": "dpo" if is_pairs else "sft",
        **({"pref_beta": knobs.beta, "pref_loss": "sigmoid"} if is_pairs else {}),
        "do_train": True,
        **_method(plan),
        "dataset_dir": ".",
        "dataset": train,
        **({"eval_dataset": validation} if validation else {}),
        # Without a name the trainer reads the template of the model itself.
        "template": None,
        "cutoff_len": knobs.max_length,
        # Of a router's row the last answer alone is learnt.
        "mask_history": plan.style == "router" and not is_pairs,
        "packing": plan.packs,
        "neat_packing": plan.packs,
        "output_dir": "out",
        **list_arguments(plan),
        "bf16": knobs.precision != "fp32",
        "disable_gradient_checkpointing": not knobs.recompute,
    }
    return config


def _method(plan: Plan) -> dict[str, Json]:
    if not plan.has_adapter:
        return {"finetuning_type": "full"}
    knobs = plan.parameters
    four_bits: dict[str, Json] = (
        {"quantization_bit": 4, "quantization_method": "bnb"} if knobs.method == "qlora" else {}
    )
    return {
        "finetuning_type": "lora",
        "lora_rank": knobs.rank,
        "lora_alpha": knobs.alpha,
        "lora_dropout": knobs.dropout,
        "lora_target": ",".join(plan.target_names) if plan.target_names else "all",
        **four_bits,
    }


def list_router_files(files: dict[str, str]) -> bytes:
    """The list of datasets for rows of a router: name → file."""
    entries = {name: {"file_name": file, **ROUTER_ENTRY} for name, file in files.items()}
    return msgspec.json.format(msgspec.json.encode(entries)) + b"\n"
