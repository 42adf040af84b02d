"""What examples show, in words; names in them are other people's."""

from __future__ import annotations

from collections.abc import Callable

from curation.model.traits import Trait

CATEGORY_WORDS = {
    "single": "single",
    "parallel": "parallel",
    "multi_step": "multi-step",
    "recovery": "recovery",
    "no_call": "no call",
}
PLACE_WORDS = {"first": "first in the list", "between": "in the middle of the list", "last": "last in the list"}


def say_category(name: str) -> str:
    """A category as words; another name stays as it is."""
    return CATEGORY_WORDS.get(name, name)


def plain_name(code: str) -> str:
    """A code of ours as words."""
    return code.replace("_", " ")


def say_trait(one: Trait) -> str:
    """What such an example shows, as it stands after “examples that show”."""
    say = _SAY.get(one.kind)
    return say(one.parts) if say else one.address


def _options(parts: tuple[str, ...]) -> str:
    tool, *given = parts
    return f"{tool} with {' + '.join(given)}" if given else f"{tool} without any optional parameter"


def _cell(parts: tuple[str, ...]) -> str:
    tool, category = parts
    return f"{tool} × {say_category(category)}"


def _value(parts: tuple[str, ...]) -> str:
    tool, parameter, value = parts
    return f"{tool}.{parameter} = {value}"


_SAY: dict[str, Callable[[tuple[str, ...]], str]] = {
    "cell": _cell,
    "given": lambda parts: f"{'.'.join(parts)} given",
    "omitted": lambda parts: f"{'.'.join(parts)} left out",
    "value": _value,
    "options": _options,
    "reason": lambda parts: "no tool, no reason" if parts == ("none",) else f"{plain_name(parts[0])} (no tool)",
    "recovery": lambda parts: f"{plain_name(parts[0])} (recovery)",
    "tag": lambda parts: f"{plain_name(parts[0])} (hard case)",
    "language": lambda parts: "another language" if parts == ("another",) else f"in {parts[0]}",
    "opening": lambda parts: f"begins “{parts[0]}”",
    "place": lambda parts: f"right tool {PLACE_WORDS.get(parts[0], parts[0])}",
    "turns": lambda parts: f"{parts[0]} turns",
    "first_call": lambda parts: f"first call at decision {parts[0]}",
}
