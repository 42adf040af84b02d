"""One step of a migration: what happens to a tool, or to one of its arguments, in every call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

StepKind = Literal["rename tool", "drop tool", "rename", "retype", "map", "default", "drop", "wrap", "unwrap"]
ITEM = "[]"
"""The step of a path that means every element of a list."""


class Step(msgspec.Struct, frozen=True):
    """What is done in the calls of one tool. The path is that of the definition before, whatever else is renamed."""

    kind: StepKind
    tool: str
    """The tool's name before."""
    path: tuple[str, ...] = ()
    to: str = ""
    """The new name, or the new type."""
    value: str = ""
    """JSON source of a default; empty while nobody has said one."""
    values: tuple[tuple[str, str], ...] = ()
    """JSON source before → after; an empty one after says that nobody has chosen yet."""
    by: str = ""
    """The argument beside it whose value picks the default from `values`; `value` stands for the others."""
    type: str = ""
    """The type the new schema gives a default; empty where it names none."""
    options: tuple[str, ...] = ()
    """JSON source of the values the new schema lists; for a rename or a drop, the names that are new."""
    beside: tuple[str, ...] = ()
    """The arguments beside a default that could choose it."""
    beside_types: tuple[str, ...] = ()
    """Their types, as they are when the default is put in."""

    @property
    def key(self) -> str:
        """What tells steps of one plan apart; a person may turn a rename into a drop, and the other way round."""
        kind = "name" if self.kind in ("rename", "drop") else self.kind
        # As JSON: an argument may be called `a.b`, and is another one than `b` inside `a`.
        return f"{kind}:{self.tool}:{msgspec.json.encode(self.path).decode()}"

    @property
    def label(self) -> str:
        """The argument as people write it: `lines[].qty`."""
        return label_of(self.path)


def label_of(path: Sequence[str]) -> str:
    """A path as people write it."""
    return ".".join(path).replace(f".{ITEM}", ITEM)


def is_ready(step: Step) -> bool:
    """Whether somebody has said everything the step needs."""
    if step.kind == "default":
        return bool(step.value) or bool(step.by and any(after for _, after in step.values))
    if step.kind == "map":
        return any(after for _, after in step.values)
    if step.kind in ("rename", "rename tool", "retype"):
        return bool(step.to)
    return True


def describe_step(step: Step) -> str:
    """The step as a sentence; names stand in backticks."""
    return _WORDS[step.kind](step)


def _default(step: Step) -> str:
    if step.by:
        return f"`{step.label}` is added, by the value of `{step.by}`"
    return f"`{step.label}` is added with {step.value}" if step.value else f"`{step.label}` needs a value"


def _map(step: Step) -> str:
    told = ", ".join(f"{before} becomes {after}" for before, after in step.values if after)
    left = ", ".join(before for before, after in step.values if not after)
    parts = [told, f"{left} stays until somebody maps it" if left else ""]
    return f"`{step.label}`: {'; '.join(part for part in parts if part)}"


_WORDS: dict[StepKind, Callable[[Step], str]] = {
    "rename tool": lambda step: f"calls of `{step.tool}` become calls of `{step.to}`",
    "drop tool": lambda step: f"`{step.tool}` is no longer offered; what calls it is sent back",
    "rename": lambda step: f"`{step.label}` becomes `{step.to}`",
    "retype": lambda step: f"`{step.label}` becomes {step.to}, where the value converts exactly",
    "map": _map,
    "default": _default,
    "drop": lambda step: f"`{step.label}` is removed",
    "wrap": lambda step: f"`{step.label}` becomes a list of one",
    "unwrap": lambda step: f"`{step.label}`: a list of one becomes its only value",
}
