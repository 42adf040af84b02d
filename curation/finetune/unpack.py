"""`python -m curation.finetune.unpack GGUF FOLDER`: a packed model as an ordinary model folder."""

from __future__ import annotations

import sys
from pathlib import Path

from curation.errors import MissingPackageError


def unpack(packed: Path, folder: Path) -> None:
    """Write a GGUF file's tokenizer and weights in 32-bit numbers."""
    try:
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise MissingPackageError("Converting the small base model needs the training packages.") from error
    AutoTokenizer.from_pretrained(packed.parent, gguf_file=packed.name).save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(packed.parent, gguf_file=packed.name)
    # The library marks the model as quantised and then refuses to save it; the weights are whole by now.
    model.hf_quantizer = None
    model.quantization_method = None
    model.is_quantized = False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(folder)


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
