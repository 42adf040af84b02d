"""Where a local model runs, and in which number type."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

CPU_INFO = Path("/proc/cpuinfo")
FAST_BF16 = ("avx512_bf16", "amx_bf16")


def best_device() -> str:
    """`cuda` where there is one, else `cpu`."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def best_dtype(device: str) -> Any:
    """bfloat16 where the processor multiplies it natively, else float32."""
    import torch

    fast = torch.cuda.is_bf16_supported() if device == "cuda" else has_fast_bf16()
    return torch.bfloat16 if fast else torch.float32


@lru_cache(maxsize=1)
def has_fast_bf16() -> bool:
    """Whether this CPU has bfloat16 instructions; emulation is slower than float32."""
    try:
        flags = CPU_INFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(flag in flags for flag in FAST_BF16)
