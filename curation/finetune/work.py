"""What a worker can be told to do: one kind, one module with the constant `WORK`, one line in `curation.worker`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from curation.finetune.journal import Journal
from curation.finetune.run_folder import Exit, RunFolder


class Work(msgspec.Struct, frozen=True):
    """One kind of job: its name, how its `spec.json` reads, and the function that does it."""

    name: str
    spec: type[Any]
    run: Callable[[RunFolder, Any, Journal], Exit]
