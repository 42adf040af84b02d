"""How calls fail in the recoveries that are drafted: by the tool's own errors and by what any service answers."""

from __future__ import annotations

from collections.abc import Iterator

from curation.execution.failures import FailureKind
from curation.execution.simulating import Simulated, common_failures, declared_failures
from curation.model.definition import Tool
from curation.synthesizers.sharing import is_write
from curation.synthesizers.stage import Stage
from curation.synthesizers.wordings import required_of

_NAMES = {
    "busy": ("429",),
    "down": ("timeout", "500", "503"),
    "forbidden": ("403",),
    "missing": ("404",),
    "conflict": ("409",),
}
_DECLARED: dict[str, FailureKind] = {
    "busy": "transient",
    "down": "unknown_outcome",
    "forbidden": "needs_person",
    "refused": "permanent",
    "missing": "permanent",
    "closed": "permanent",
}
_FINDS_NOTHING = {"missing": True, "closed": False}
"""Where it matters whether the values are at fault."""
_NOTHING_FOUND = ("not found", "no such", "nothing was found", "does not exist", "has this number", "unknown")


def fail(scene: Stage, tool: Tool, trouble: str) -> Simulated:
    """The next failure of a kind of trouble: one of the tool's own or of what any service answers."""
    return scene.deck.deal(f"fail/{trouble}/{tool.name}", failures_for(tool, trouble))


def can_fail(tool: Tool, trouble: str) -> bool:
    return bool(failures_for(tool, trouble))


def failures_for(tool: Tool, trouble: str) -> list[Simulated]:
    """All failures that are this trouble for a tool.

    Args:
        trouble: one of `busy`, `down`, `forbidden`, `missing`, `conflict`, `refused`, or `closed` whatever the values.
    """
    return [one for one in (*_declared(tool, trouble), *_common(tool, trouble)) if _is_sentence(one.message)]


def _declared(tool: Tool, trouble: str) -> Iterator[Simulated]:
    for failure in declared_failures(tool):
        finds_nothing = _says_nothing_found(failure.message)
        if failure.kind == _DECLARED.get(trouble) and finds_nothing is _FINDS_NOTHING.get(trouble, finds_nothing):
            yield failure


def _says_nothing_found(message: str) -> bool:
    return any(sign in message.lower() for sign in _NOTHING_FOUND)


def _common(tool: Tool, trouble: str) -> Iterator[Simulated]:
    names = _NAMES.get(trouble) or _refusals(tool, trouble)
    return (failure for failure in common_failures(tool) if failure.name in names)


def _refusals(tool: Tool, trouble: str) -> tuple[str, ...]:
    """Nothing is found where nothing was named, and there is no conflict where nothing is written."""
    can_be_missing = trouble == "refused" and required_of(tool)
    return ("404",) * bool(can_be_missing) + ("409",) * is_write(tool)


def _is_sentence(message: str) -> bool:
    """Whether a message can be read out to a person: "Invalid order" can, "" and a bare code cannot."""
    return len(message.split()) > 1


def sentence(message: str) -> str:
    """A message with its full stop."""
    return message if message.endswith((".", "!", "?")) else f"{message}."
