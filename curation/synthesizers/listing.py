"""Which lists show what a look at one thing shows, so that the look can be done without."""

from __future__ import annotations

from collections.abc import Iterable

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.subjects import identifying, reads, shows, things_of
from curation.synthesizers.wordings import required_of, result_of


def lists_of(look: Tool, among: Iterable[Tool]) -> list[Tool]:
    """The tools that list the same records as a look at one by its id brings, with nothing more to be given."""
    return [one for one in among if one.name != look.name and _lists(one, look)] if _shows_one(look) else []


def _shows_one(tool: Tool) -> bool:
    return reads(tool) and bool(identifying(tool))


def _lists(one: Tool, look: Tool) -> bool:
    known = set(required_of(look)) - {identifying(look)}
    is_same_thing = bool(things_of(look)) and things_of(one)[-1:] == things_of(look)[-1:]
    if not (is_same_thing and reads(one) and set(required_of(one)) <= known and shows(one, look)):
        return False
    shown, listed = _members(result_of(look)), _members(_listed_in(result_of(one)))
    return bool(shown) and shown <= listed


def _listed_in(result: Json) -> Json:
    """The schema of the records of a list, be it the result itself or the one list of a page."""
    if not isinstance(result, dict):
        return {}
    if type_of(result) == "array":
        return result.get("items")
    properties = result.get("properties")
    lists = [one for one in (properties.values() if isinstance(properties, dict) else ()) if type_of(one) == "array"]
    return lists[0].get("items") if len(lists) == 1 and isinstance(lists[0], dict) else {}


def _members(schema: Json) -> set[str]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return set(properties) if isinstance(properties, dict) else set()
