"""What a run asks of this machine beyond the training packages, told without loading any of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from curation.errors import JobError, MissingPackageError
from curation.finetune.knobs import TrainParameters

NVIDIA = (Path("/proc/driver/nvidia/version"), Path("/dev/nvidiactl"), Path("/dev/dxg"))
"""What a machine with NVIDIA's driver has; the last one on Windows' Linux."""
QUANTIZER = "bitsandbytes"


def require_installed(parameters: TrainParameters) -> None:
    """Refuse in one sentence what cannot run here.

    Raises:
        JobError: the run needs another machine.
        MissingPackageError: the run needs a package that is not installed.
    """
    if parameters.method == "qlora":
        _require_gpu("QLoRA")
        _require(QUANTIZER, "QLoRA holds the base in 4 bits, which")
    if parameters.optimizer == "paged_adamw_8bit":
        _require_gpu("The paged optimiser")
        _require(QUANTIZER, "The paged optimiser")
    if parameters.report_to != "none":
        _require(parameters.report_to, f"Reporting to {parameters.report_to}")


def has_gpu() -> bool:
    """Whether an NVIDIA driver is there."""
    return any(path.exists() for path in NVIDIA)


def is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _require_gpu(what: str) -> None:
    if not has_gpu():
        raise JobError(
            f"{what} needs an NVIDIA GPU, and this machine has none.", hint="Choose `lora` and `adamw_torch_fused`."
        )


def _require(package: str, what: str) -> None:
    if not is_installed(package):
        raise MissingPackageError(
            f"{what} needs the package `{package}`, which is not installed.", hint=f"Run `pip install {package}`."
        )
