"""What a tool is about: the things its name speaks of, and the argument that says which one of them."""

from __future__ import annotations

from functools import lru_cache

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.synthesizers.actions import name_action, verb_in
from curation.synthesizers.blanking import IDENTIFIES
from curation.synthesizers.generic import label_of
from curation.synthesizers.grammar import grammar
from curation.synthesizers.wordings import parameters_of, required_of

_NAMES = frozenset({"name", "username", "login", "email", "slug"})
"""What identifies a thing only where it is not being made."""
_ENDS = frozenset({"by", "for", "from", "with", "using", "based"})
_NO_THINGS = frozenset(
    {"a", "all", "an", "and", "any", "content", "current", "data", "detail", "get", "id", "in", "info", "information"}
    | {"it", "list", "new", "of", "or", "status", "the", "to"}
)


def things_of(tool: Tool) -> tuple[str, ...]:
    """The nouns of a tool's name: `findPetsByStatus` → ("pet",), `create_pull_request` → ("pull", "request")."""
    return _things_in(tool.name)


@lru_cache(maxsize=4096)
def _things_in(name: str) -> tuple[str, ...]:
    words = name_action(name).lower().split()[1:]
    end = next((place for place, word in enumerate(words) if word in _ENDS), len(words))
    return tuple(one for word in words[:end] if (one := _singular(word)) not in _NO_THINGS)


def _singular(word: str) -> str:
    return word if word.endswith("ss") else word.removesuffix("s")


def reads(tool: Tool) -> bool:
    """Whether a tool only looks, as it is declared, else by its verb."""
    if tool.side_effect is not None:
        return tool.side_effect == "read"
    return verb_of(tool) in grammar()["reading"] | grammar()["answering"]


def makes(tool: Tool) -> bool:
    """Whether a tool makes something that is not there before."""
    return verb_of(tool) in grammar()["making"] and bool(things_of(tool))


def is_destructive(tool: Tool) -> bool:
    """Whether something is gone after it, as it is declared, else by its verb."""
    if tool.side_effect is not None:
        return tool.side_effect == "destructive"
    return verb_of(tool) in grammar()["removing"]


def verb_of(tool: Tool) -> str:
    """What a tool does, in the one word of its name that says it: `post_delete` deletes; "" where none does."""
    return verb_in(tool.name)


def identifying(tool: Tool) -> str:
    """The first required argument that names one thing among those that exist; empty where there is none."""
    for name in required_of(tool):
        schema = parameters_of(tool)[name]
        is_plain = isinstance(schema, dict) and not {"enum", "const"} & schema.keys()
        *owner, last = label_of(name).split()
        is_known = last in IDENTIFIES and not _is_made(tool, owner)
        names_one = is_known or (last in _NAMES and tool.side_effect in ("read", "destructive"))
        if is_plain and names_one and type_of(schema) in ("string", "integer", "number"):
            return name
    return ""


def _is_made(tool: Tool, owner: list[str]) -> bool:
    """Whether an id is the one of what is only now made, such as the `id` of `addPet`."""
    return makes(tool) and (not owner or _singular(owner[-1]) == things_of(tool)[-1])


def can_stand_in(one: Tool, other: Tool) -> bool:
    """Whether somebody may want the other where the first is refused: a look at the same thing, or the same act."""
    if is_destructive(other) and not is_destructive(one):
        return False
    is_kin = reads(other) or (verb_of(one) == verb_of(other) and one.side_effect == other.side_effect)
    return is_kin and _are_about_the_same(one, other)


def _are_about_the_same(one: Tool, other: Tool) -> bool:
    """One thing by their names, or things that have nothing to do with each other, told by the same id."""
    mine, theirs = things_of(one), things_of(other)
    if mine[-1:] == theirs[-1:]:
        return set(mine) <= set(theirs) or set(theirs) <= set(mine)
    return bool(identifying(one)) and identifying(one) == identifying(other)


def are_kin(one: Tool, other: Tool) -> bool:
    """Whether somebody may take one for the other: they are about the same thing, or do the same with the same facts.

    A label and a discussion of one repository are confused only by who does the same with both.
    """
    mine, theirs = things_of(one), things_of(other)
    if mine[-1:] == theirs[-1:] and mine:
        return True
    same_facts = set(required_of(one)) == set(required_of(other)) and bool(required_of(one))
    return same_facts and (verb_of(one) == verb_of(other) or bool(set(mine) & set(theirs)))


def shows(reader: Tool, write: Tool) -> bool:
    """Whether a look can tell what became of a write: it brings the very thing that is written."""
    written = things_of(write)[-1:]
    if not written or (not required_of(reader) and _is_filtered(reader)):
        return False  # By no status, pets by their status are none.
    owner = _owner(write)
    if owner and owner != written and identifying(reader) != identifying(write):
        return False  # The labels of one issue do not stand in the list of all labels.
    return written in (things_of(reader)[-1:], _owner(reader))


def _is_filtered(reader: Tool) -> bool:
    return "by" in name_action(reader.name).lower().split()


def _owner(tool: Tool) -> tuple[str, ...]:
    """What the id that a tool must be given is the id of."""
    return tuple(map(_singular, label_of(identifying(tool)).split()[:-1]))[-1:]
