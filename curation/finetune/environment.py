"""What a worker's environment holds beside the few variables every process of ours may see."""

from __future__ import annotations

from pathlib import Path

from curation.processes.environment import listed_environment

PASSED_ON = (
    "HOME",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "CUDA_HOME",
    "NVIDIA_VISIBLE_DEVICES",
    "VIRTUAL_ENV",
)
PASSED_ON_TO = {"synthesise": ("CALLWRIGHT_CHAT_ADDRESS", "CALLWRIGHT_CHAT_KEY")}
"""What only some kinds of job may see: the address of the model they ask, and the key to it."""
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


def worker_environment(cache: Path, kind: str = "", *needed: str) -> dict[str, str]:
    """The environment of a worker whose libraries may cache below `cache`; `needed` are the variables of its spec."""
    passed = (*PASSED_ON, *PASSED_ON_TO.get(kind, ()), *needed)
    return listed_environment(*passed) | FIXED | {"HF_HOME": str(cache / "cache")}
