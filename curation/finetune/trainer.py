"""Puts model, LoRA adapter and rows together into TRL's trainer, with today's argument names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from curation.errors import MissingPackageError
from curation.finetune.hardware import Hardware
from curation.finetune.spec import TrainParameters, TrainSpec

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
"""Attention alone learns several times slower a step: which tool a request means is kept in the other layers."""
KEPT_CHECKPOINTS = 2
WARMUP_SHARE = 0.03


def make_trainer(
    spec: TrainSpec, rows: list[dict[str, list[int]]], hardware: Hardware, checkpoints: Path, save_every: int
) -> Any:
    """A trainer ready to go. The rows carry their labels, so what preflight showed is what is trained."""
    try:
        from datasets import Dataset
        from trl import SFTTrainer
    except ImportError as error:
        raise MissingPackageError("Training needs trl, peft and datasets.") from error
    model = load_model(spec.base, hardware)
    return SFTTrainer(
        model=model,
        args=make_config(spec.parameters, hardware, checkpoints, save_every),
        train_dataset=Dataset.from_list(rows),
        processing_class=load_tokenizer(spec.base),
        peft_config=make_adapter(spec.parameters, model),
    )


def load_model(base: Path, hardware: Hardware) -> Any:
    """Safe weights from disk only. A CPU keeps them whole: the step computes in short numbers where that is faster."""
    import torch
    from transformers import AutoModelForCausalLM

    dtype = torch.bfloat16 if hardware.device == "cuda" and hardware.has_bf16 else torch.float32
    return AutoModelForCausalLM.from_pretrained(
        base, dtype=dtype, local_files_only=True, use_safetensors=True, trust_remote_code=False
    )


def load_tokenizer(base: Path) -> Any:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True, trust_remote_code=False)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def make_adapter(parameters: TrainParameters, model: Any) -> Any:
    """A LoRA adapter for the model's linear layers; by their kind where it has names of its own for them."""
    from peft import LoraConfig

    names = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    return LoraConfig(
        r=parameters.rank,
        lora_alpha=parameters.alpha,
        lora_dropout=parameters.dropout,
        target_modules=TARGETS if names.intersection(TARGETS) else "all-linear",
        task_type="CAUSAL_LM",
    )


def make_config(parameters: TrainParameters, hardware: Hardware, checkpoints: Path, save_every: int) -> Any:
    from trl import SFTConfig

    return SFTConfig(
        output_dir=str(checkpoints),
        per_device_train_batch_size=parameters.batch_size,
        num_train_epochs=parameters.epochs,
        max_steps=parameters.max_steps or -1,
        learning_rate=parameters.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=WARMUP_SHARE,
        bf16=hardware.has_bf16,
        use_cpu=hardware.device == "cpu",
        # Adapters leave room enough; recomputing activations would only cost time.
        gradient_checkpointing=False,
        # Rows that are too long were left out whole; nothing is cut here.
        max_length=None,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=save_every,
        save_total_limit=KEPT_CHECKPOINTS,
        dataloader_pin_memory=hardware.device == "cuda",
        report_to=[],
        disable_tqdm=True,
        seed=parameters.seed,
        data_seed=parameters.seed,
    )
