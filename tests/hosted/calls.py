"""The calls that a host of fine-tuning takes, by the names that tests have for them."""

from __future__ import annotations


def names_of(path: str) -> tuple[str, ...]:
    """The parts of a path behind the version."""
    return tuple(path.partition("/v1/")[2].strip("/").split("/"))


def call_of(method: str, names: tuple[str, ...]) -> str:
    """The name of a call: what `CALLS` lists."""
    match (method, *names):
        case ("GET", "files"):
            return "list files"
        case ("POST", "files"):
            return "upload"
        case ("GET", "files", _):
            return "look at file"
        case ("POST", "fine_tuning", "jobs"):
            return "create"
        case ("GET", "fine_tuning", "jobs"):
            return "list jobs"
        case ("GET", "fine_tuning", "jobs", _):
            return "look at job"
        case (_, "fine_tuning", "jobs", _, what):
            return what
    return "unknown"


CALLS = (
    "list files",
    "upload",
    "look at file",
    "create",
    "list jobs",
    "look at job",
    "events",
    "checkpoints",
    "cancel",
)
