"""Rendering for a server: each text is written in a warm child behind a deadline, all of them within an allowance."""

from __future__ import annotations

import time

from curation.errors import UnreadableError
from curation.model.values import Json
from curation.processes.warm import OverrunError, WarmChild
from curation.rendering.jinja import UnusableTemplateError

CPU_S = 0.5
MEMORY_BYTES = 512 * 1024 * 1024
ALLOWANCE_S = 20.0
ALLOWANCE_PER_TEXT_S = 0.05
"""Honest templates take about a thousandth of a second."""

SANDBOX = WarmChild("curation.rendering.sandbox")


class CostlyTemplateError(UnusableTemplateError):
    """The template takes too much time or memory."""


class GuardedWriter:
    """Writes the texts of one template; ends when they take too long together."""

    def __init__(self) -> None:
        self._left_s = ALLOWANCE_S

    def __call__(self, source: str, values: dict[str, Json], with_marks: bool = False) -> str:
        began = time.monotonic()
        try:
            answer = SANDBOX.ask({"source": source, "values": values, "with_marks": with_marks})
        except OverrunError as error:
            raise _too_costly() from error
        self._left_s -= time.monotonic() - began - ALLOWANCE_PER_TEXT_S
        if self._left_s < 0:
            raise _too_costly()
        if "unusable" in answer:
            raise UnusableTemplateError(answer["unusable"])
        if "refused" in answer:
            raise UnreadableError(answer["refused"])
        return str(answer["text"])


def _too_costly() -> CostlyTemplateError:
    return CostlyTemplateError("The chat template takes too much time or memory to write a row.")
