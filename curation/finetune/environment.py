"""What a worker's environment holds: a list, so that no key of the server ever travels along."""

from __future__ import annotations

import os
from pathlib import Path

PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "CUDA_HOME",
    "NVIDIA_VISIBLE_DEVICES",
    "VIRTUAL_ENV",
)
FIXED = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONUNBUFFERED": "1",
    "PYTHONIOENCODING": "utf-8",
    "TQDM_DISABLE": "1",
    # Waiting threads sleep instead of spinning: with neighbours on the same cores a step is many times faster.
    "OMP_WAIT_POLICY": "passive",
}
SOURCE_ROOT = Path(__file__).resolve().parents[2]


def worker_environment(cache: Path) -> dict[str, str]:
    """The environment of a worker whose libraries may cache below `cache` and ask nobody outside."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed | FIXED | {"HF_HOME": str(cache / "cache"), "PYTHONPATH": str(SOURCE_ROOT)}
