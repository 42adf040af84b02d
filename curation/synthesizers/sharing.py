"""Which tools can take each other's arguments."""

from __future__ import annotations

from collections.abc import Iterable

from curation.execution import handing_over
from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.values import Json
from curation.rules.effects import WRITES
from curation.schemas import compile_schema
from curation.synthesizers.conditions import are_kept
from curation.synthesizers.grammar import grammar
from curation.synthesizers.subjects import identifying, shows, verb_of
from curation.synthesizers.wordings import parameters_of, required_of

_WORDS_ONLY = frozenset({"description", "title", "example", "examples", "default", "$comment"})


def share(one: Tool, other: Tool, name: str) -> bool:
    """Whether a parameter means the same to both, as far as schemas can say."""
    mine, theirs = parameters_of(one).get(name), parameters_of(other).get(name)
    return isinstance(mine, dict) and isinstance(theirs, dict) and _bare(mine) == _bare(theirs)


def _bare(schema: dict[str, Json]) -> dict[str, Json]:
    return {keyword: value for keyword, value in schema.items() if keyword not in _WORDS_ONLY}


def can_follow(first: Tool, second: Tool) -> bool:
    """Whether what the first one must be given is enough to call the second."""
    needed = required_of(second)
    return first.name != second.name and bool(needed) and all(_gives(first, second, name) for name in needed)


def _gives(first: Tool, second: Tool, name: str) -> bool:
    return name in required_of(first) and share(first, second, name)


def is_write(tool: Tool) -> bool:
    """Whether a tool is declared to change something."""
    return tool.side_effect in WRITES


def hands_over(tool: Tool) -> bool:
    """Whether a tool brings in people: where it is gone, the answer is still to bring them in, and no "impossible"."""
    return handing_over.hands_over(tool.name)


def can_be_missed(tool: Tool) -> bool:
    """Whether its request is impossible where a tool is gone: people can be brought in, and any model adds up."""
    return not hands_over(tool) and not _is_sum(tool)


def _is_sum(tool: Tool) -> bool:
    """Whether a tool reckons with two plain numbers and nothing else."""
    figures = [name for name in required_of(tool) if type_of(parameters_of(tool)[name]) in ("number", "integer")]
    are_plain = len(figures) == len(required_of(tool)) and not identifying(tool)
    return verb_of(tool) in grammar()["reckoning"] and are_plain and len(figures) == 2


def readers_of(write: Tool, among: Iterable[Tool]) -> list[Tool]:
    """The tools that can read what a write may have changed, found by what the write names."""
    return [tool for tool in among if tool.side_effect == "read" and can_follow(write, tool) and shows(tool, write)]


def is_shown(write: Tool, among: Iterable[Tool]) -> bool:
    """Whether any look may show what became of a write, be it among others in a list."""
    return any(_may_show(tool, write) for tool in among)


def _may_show(look: Tool, write: Tool) -> bool:
    is_given = all(_gives(write, look, name) for name in required_of(look))
    return look.side_effect == "read" and is_given and shows(look, write)


def shared_arguments(arguments: dict[str, Json], other: Tool) -> dict[str, Json]:
    """What another tool needs of these arguments."""
    return {name: arguments[name] for name in required_of(other)}


def fits(tool: Tool, arguments: Json) -> bool:
    """Whether the validator accepts these arguments, and they go with each other as their descriptions say."""
    compiled = compile_schema(tool.definition.view.parameters_text or "{}")
    if compiled.fault is not None or compiled.errors(arguments):
        return False
    return not isinstance(arguments, dict) or are_kept(tool, arguments)
