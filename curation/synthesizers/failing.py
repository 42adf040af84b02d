"""How calls fail in the recoveries that are drafted: by the tool's own errors and by what any service answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from curation.execution.failures import FailureKind
from curation.execution.simulating import Simulated, common_failures, declared_failures
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.sharing import is_write
from curation.synthesizers.stage import Stage
from curation.synthesizers.subjects import identifying, makes

_NO_ARGUMENTS: Mapping[str, Json] = {}
_NAMES = {
    "busy": ("429",),
    "down": ("timeout", "500", "503"),
    "forbidden": ("403",),
    "missing": ("404",),
}
_DECLARED: dict[str, FailureKind] = {
    "busy": "transient",
    "down": "unknown_outcome",
    "forbidden": "needs_person",
    "refused": "permanent",
    "missing": "permanent",
    "closed": "permanent",
    "barred": "permanent",
}
_SWITCHED_OFF = Simulated("off", "Switched off", "permanent", "This service is switched off for maintenance.")
"""What closes a way whatever the values are."""
_CLOSED_ALONE = Simulated("off", "Switched off", "permanent", "This one function is switched off for maintenance.")
"""What closes one way and says nothing of the others."""
_OVERLOADED = (
    Simulated("overloaded", "Overloaded", "transient", "The service is overloaded; try again in a moment.", 503),
    Simulated("restarting", "Restarting", "transient", "The service is being restarted; try again in a minute.", 503),
)
"""What passes by itself, and says so: whoever is to wait is told to."""
_OFF_FOR_NOW = (
    _SWITCHED_OFF,
    Simulated("read_only", "Read only", "permanent", "The system is read-only until the data has been moved."),
    Simulated("locked", "Locked", "permanent", "This account is closed for changes during the audit."),
)
"""What stops every change for a while; a look is stopped by maintenance alone."""
_WRONG_VALUE = ("invalid", "bad request", "malformed")
_SAYS_NOTHING = ("validation exception", "unexpected error", "no file uploaded", *_WRONG_VALUE)
"""What tells a person neither what is wrong nor what to do; the arguments fit their schema."""
_NOTHING_FOUND = ("not found", "no such", "nothing was found", "does not exist", "has this number", "unknown")


def fail(scene: Stage, tool: Tool, trouble: str, arguments: Mapping[str, Json] = _NO_ARGUMENTS) -> Simulated:
    """The next failure of a kind of trouble: one of the tool's own or of what any service answers.

    Args:
        scene: where it happens.
        tool: what fails.
        trouble: as `failures_for` takes it.
        arguments: what the tool is called with; no failure says the contrary of it.
    """
    never = scene.wording(tool).never
    said = {value for value in arguments.values() if isinstance(value, str)}
    known = [one for one in failures_for(tool, trouble) if not said & set(never.get(one.message, ()))]
    known = known or [_SWITCHED_OFF]
    return scene.deck.deal(f"fail/{trouble}/{tool.name}/{len(known)}", known)


def tells_why(failure: Simulated) -> bool:
    """Whether a refusal is about the thing itself, such as "This order was sent already."."""
    return failure.name.startswith("declared_")


def can_fail(tool: Tool, trouble: str) -> bool:
    return bool(failures_for(tool, trouble))


def failures_for(tool: Tool, trouble: str) -> list[Simulated]:
    """All failures that are this trouble for a tool; each has its own next step, so that none is two troubles.

    Args:
        trouble: one of `busy`, `down`, `overloaded` (told to try again), `forbidden`,
            `missing` (ask for another value), `conflict` (read it again),
            `refused` (nothing helps), `closed` whatever the values, or `barred` while other ways are open.
    """
    if trouble == "overloaded":
        return [*(one for one in common_failures(tool) if one.name == "503"), *_OVERLOADED]
    known = [one for one in (*_declared(tool, trouble), *_common(tool, trouble)) if _is_sentence(one.message)]
    return known or list(_stopped(tool, trouble))


def _stopped(tool: Tool, trouble: str) -> tuple[Simulated, ...]:
    """What stops a tool where it has no failure of its own for a trouble."""
    if trouble in ("closed", "refused"):
        return _OFF_FOR_NOW if is_write(tool) else _OFF_FOR_NOW[:1]
    return (_CLOSED_ALONE,) if trouble == "barred" else ()


def _declared(tool: Tool, trouble: str) -> Iterator[Simulated]:
    for failure in declared_failures(tool):
        # Whoever is told that nothing was found gives another value; nobody gives up at the very same answer.
        is_fit = _says_nothing_found(failure.message) == (trouble == "missing")
        if trouble != "down" and any(sign in failure.message.lower() for sign in _SAYS_NOTHING):
            continue
        if failure.kind == _DECLARED.get(trouble) and is_fit:
            yield failure


def _says_nothing_found(message: str) -> bool:
    return any(sign in message.lower() for sign in _NOTHING_FOUND)


def _common(tool: Tool, trouble: str) -> Iterator[Simulated]:
    names = _NAMES.get(trouble) or _refusals(tool, trouble)
    return (failure for failure in common_failures(tool) if failure.name in names)


def _refusals(tool: Tool, trouble: str) -> tuple[str, ...]:
    """Only what is there already can be changed by somebody else."""
    is_changed = trouble == "conflict" and is_write(tool) and identifying(tool) and not makes(tool)
    return ("409",) if is_changed else ()


def _is_sentence(message: str) -> bool:
    """Whether a message can be read out to a person: "Invalid order" can, "" and a bare code cannot."""
    return len(message.split()) > 1


def sentence(message: str) -> str:
    """A message with its full stop."""
    return message if message.endswith((".", "!", "?")) else f"{message}."
