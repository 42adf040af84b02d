"""What a call has to be told so that there is something to act on, whatever its schema calls optional."""

from __future__ import annotations

from functools import lru_cache

from curation.model.definition import Definition, SideEffect, Tool
from curation.synthesizers.actions import infinitive, name_action
from curation.synthesizers.blanking import IDENTIFIES
from curation.synthesizers.details import label_words
from curation.synthesizers.grammar import grammar
from curation.synthesizers.pack_values import kind_of
from curation.synthesizers.subjects import things_of
from curation.synthesizers.wordings import parameters_of, required_of

_OWN_NAMES = frozenset({"username", "login", "email", "slug", "handle"})
"""What names one thing or person among all."""
_NAMES = _OWN_NAMES | {"name", "title"}
_KEYS = frozenset({"username", "login", "email", "password"})
_FILES = frozenset({"path", "filename", "filepath"})
QUERIES = ("query", "code_search")
"""Kinds of values that are searched for."""


def acted_on(tool: Tool) -> frozenset[str]:
    """The optional arguments without which a request for a tool would be about nothing."""
    return _acted_on(tool.definition, tool.side_effect)


@lru_cache(maxsize=4096)
def _acted_on(definition: Definition, side_effect: SideEffect | None) -> frozenset[str]:
    tool = Tool(definition, side_effect=side_effect)
    optional = [name for name in parameters_of(tool) if name not in required_of(tool)]
    asked_by = {name for name in optional if _is_asked_by(tool, name)}
    named = {name for name in (_searched(tool, optional), _thing(tool, optional)) if name}
    return frozenset(asked_by | named | _keys(tool, optional))


def _keys(tool: Tool, optional: list[str]) -> set[str]:
    """Who logs in and with what password: nobody is let in with one of them alone."""
    is_login = name_action(tool.name).lower().startswith(("log in", "sign in"))
    return {name for name in optional if _last(name) in _KEYS} if is_login else set()


def needs_content(tool: Tool) -> bool:
    """Whether a request for a tool says nothing as long as no optional argument is given."""
    words = label_words(tool.name).lower().split()
    if words and infinitive(words[0]) in grammar()["with_content"]:
        return True
    return not required_of(tool) and not looks(tool) and "all" not in words


def _is_asked_by(tool: Tool, name: str) -> bool:
    """Whether a tool's own name says that it is asked by this parameter: `findPetsByTags`."""
    told = f" {label_words(tool.name).lower()} "
    return f" by {label_words(name).lower()} " in told


def _searched(tool: Tool, optional: list[str]) -> str:
    """What a search is for, where the tool's name says that it searches."""
    if not {"search", "query", "lookup"} & set(label_words(tool.name).lower().split()):
        return ""
    known = parameters_of(tool)
    is_told = any(kind_of(tool, name, known[name]) in QUERIES for name in required_of(tool))
    return "" if is_told else next((name for name in optional if kind_of(tool, name, known[name]) in QUERIES), "")


def _thing(tool: Tool, optional: list[str]) -> str:
    """Which thing is acted on, or what the one that is made is called."""
    if looks(tool):
        is_file = "file" in things_of(tool) and not any(_last(name) in _FILES for name in required_of(tool))
        return next((name for name in optional if _last(name) in _FILES), "") if is_file else ""
    if _verb(tool) in grammar()["making"]:
        made = [name for name in optional if _last(name) in _NAMES or (_identifies(name) and not _is_own(tool, name))]
        return "" if required_of(tool) else next(iter(made), "")
    if any(_identifies(name) or _last(name) in _OWN_NAMES for name in required_of(tool)):
        return ""
    own = [name for name in optional if (_identifies(name) and _is_own(tool, name)) or _last(name) in _OWN_NAMES]
    return next(iter(own), "")


def _identifies(name: str) -> bool:
    return _last(name) in IDENTIFIES


def _last(name: str) -> str:
    return label_words(name).lower().split()[-1]


def is_own_id(tool: Tool, name: str) -> bool:
    """Whether an argument is the id of the very thing that a tool is called after."""
    return _identifies(name) and (_is_own(tool, name) or not things_of(tool))


def _is_own(tool: Tool, name: str) -> bool:
    """Whether an id is the one of what the tool is about: `id` of `updatePet`, `petId` too."""
    *owner, _ = label_words(name).lower().split()
    return not owner or owner[-1].rstrip("s") in things_of(tool)


def looks(tool: Tool) -> bool:
    """Whether what comes back is the point of a call, as the tool is declared and as its name says."""
    if tool.side_effect in ("write", "destructive"):
        return False
    words = label_words(tool.name).lower().split()
    said = {_verb(tool), *(infinitive(word) for word in (*words[:1], *words[-1:]))}
    return bool(said & (grammar()["reading"] | grammar()["answering"]))


def _verb(tool: Tool) -> str:
    return infinitive((name_action(tool.name).lower().split() or [""])[0])
