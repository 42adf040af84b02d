"""How many weights a model folder holds, from the sizes of its files alone."""

from __future__ import annotations

from pathlib import Path

import msgspec

SHORT = ("bfloat16", "float16")


def count_weights(base: Path) -> int:
    """About how many; the files hold next to nothing else."""
    stored = sum(path.stat().st_size for path in base.glob("*.safetensors"))
    return stored // bytes_a_weight(base)


def bytes_a_weight(base: Path) -> int:
    """In how many bytes the files hold one, by what the model's settings say."""
    try:
        config = msgspec.json.decode((base / "config.json").read_bytes())
    except (OSError, msgspec.DecodeError):
        return 4
    return 2 if str(config.get("dtype") or config.get("torch_dtype")) in SHORT else 4
