"""Simulated failures of a call: what its tool declares, and what every service answers one day."""

from __future__ import annotations

import json

import msgspec

from curation.execution.failures import FailureKind, explain_arguments, kind_of
from curation.model.definition import Tool
from curation.model.values import Json

BAD_ARGUMENT = "bad_argument"
_DEFAULT_TIMEOUT_S = 30.0
_DEFAULT_WAIT_S = 30.0


class Simulated(msgspec.Struct, frozen=True):
    """One way a call may fail."""

    name: str
    """What a form calls it: `timeout`, `429`, `declared_0`."""
    title: str
    kind: FailureKind
    message: str
    status: int | None = None
    code: str = ""
    retry_after_s: float | None = None

    @property
    def text(self) -> str:
        """The failed result as JSON."""
        said: dict[str, Json] = {"error": self.message}
        if self.code:
            said["code"] = self.code
        if self.status is not None:
            said["status"] = self.status
        if self.retry_after_s is not None:
            said["retry_after_s"] = _whole(self.retry_after_s)
        return json.dumps(said, ensure_ascii=False)


def list_failures(tool: Tool | None, arguments: Json) -> tuple[Simulated, ...]:
    """Every failure to choose from: the validator's own word, what the tool declares, then the common ones."""
    said = explain_arguments(tool, arguments) if tool else None
    bad = (Simulated(BAD_ARGUMENT, "Bad argument", "permanent", said),) if said else ()
    return (*bad, *declared_failures(tool), *common_failures(tool))


def declared_failures(tool: Tool | None) -> tuple[Simulated, ...]:
    """The errors a tool says it can return."""
    return tuple(
        Simulated(
            f"declared_{at}",
            error.code or "The tool's own error",
            error.kind or kind_of(error.message),
            error.message,
            code=error.code,
            retry_after_s=error.retry_after_s,
        )
        for at, error in enumerate(tool.errors if tool else ())
    )


def common_failures(tool: Tool | None) -> tuple[Simulated, ...]:
    """What any service may answer, with the tool's own time limit and rate where it names them."""
    limit = (tool.execution.timeout_s if tool else None) or _DEFAULT_TIMEOUT_S
    wait = (tool.execution.rate_period_s if tool else None) or _DEFAULT_WAIT_S
    return (
        Simulated("timeout", "Timeout", "unknown_outcome", f"The request timed out after {_whole(limit)} seconds."),
        Simulated(
            "429",
            "429 Too many requests",
            "transient",
            f"Too many requests; retry after {_whole(wait)} seconds.",
            429,
            retry_after_s=wait,
        ),
        Simulated("403", "403 Forbidden", "needs_person", "Forbidden: this needs a permission you do not have.", 403),
        Simulated("404", "404 Not found", "permanent", "Not found: there is nothing under these values.", 404),
        Simulated("409", "409 Conflict", "permanent", "Conflict: it was changed by somebody else meanwhile.", 409),
        Simulated("500", "500 Internal error", "unknown_outcome", "Internal server error.", 500),
        Simulated("503", "503 Unavailable", "unknown_outcome", "Service unavailable, try again later.", 503),
    )


def _whole(seconds: float) -> int | float:
    return int(seconds) if float(seconds).is_integer() else seconds
