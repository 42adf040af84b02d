"""Model and tokenizer of a training: safe weights from disk only, in the numbers the method wants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from curation.finetune.hardware import Hardware
from curation.finetune.installed import is_installed
from curation.finetune.knobs import Method

SAFE: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
FLASH = "flash_attn"


def load_model(base: Path, hardware: Hardware, method: Method = "lora") -> Any:
    """The base on its device."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        base, use_safetensors=True, **SAFE, **weight_arguments(hardware, method), **attention_arguments(hardware)
    )
    # A quantised model was put on its device by the loader, and cannot be moved.
    return model if method == "qlora" else model.to(hardware.device)


def weight_arguments(hardware: Hardware, method: Method) -> dict[str, Any]:
    """In which numbers the weights are held.

    A base that stays as it is may be held in short numbers. Weights that change are held whole, also on a GPU: a small
    step would be rounded away; and on a CPU, where the step computes in short numbers where that is faster.
    """
    import torch

    short = torch.bfloat16 if hardware.has_bf16 else torch.float32
    if method == "qlora":
        return {"quantization_config": quantize_to_four_bits(short), "device_map": {"": own_device()}, "dtype": short}
    return {"dtype": short if hardware.device == "cuda" and method == "lora" else torch.float32}


def own_device() -> int:
    """The number of this process's GPU; several processes have one each."""
    import torch

    return int(torch.cuda.current_device()) if torch.cuda.is_available() else 0


def quantize_to_four_bits(compute_dtype: Any) -> Any:
    """The usual QLoRA form: normal floats of 4 bits, their scales quantised too."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_dtype,
    )


def attention_arguments(hardware: Hardware) -> dict[str, str]:
    """Flash attention where it is installed: it reads packed rows at no extra cost."""
    is_fast = hardware.device == "cuda" and hardware.has_bf16 and is_installed(FLASH)
    return {"attn_implementation": "flash_attention_2"} if is_fast else {}


def load_tokenizer(base: Path) -> Any:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, **SAFE)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer
