"""A result that its own call and its own list do not contradict: filters, limits, counts and what was searched for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from random import Random

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.acting import looks
from curation.synthesizers.details import label_words
from curation.synthesizers.subjects import things_of
from curation.synthesizers.topics import put_on_topic, topic_of
from curation.synthesizers.wordings import properties_of, read_schema

_COUNTS = ("total", "count", "total_count", "totalCount", "total_results", "size")
_LIMITS = re.compile(r"(?i)^(?:limit|per_?page|page_?size|max_?results|rows|top)$")
_MORE = ("has_more", "hasMore")


def keep_true(outcome: Json, tool: Tool, arguments: Mapping[str, Json], rng: Random) -> Json:
    """A look's result without what its own call or its own list contradicts."""
    if not looks(tool):
        return _with_own_id(outcome, tool, arguments) if isinstance(outcome, dict) else outcome
    if isinstance(outcome, list):
        return _keep_list(outcome, "", tool, arguments, rng)
    if not isinstance(outcome, dict):
        return outcome
    lists = _lists_in(outcome)
    if len(lists) != 1 or "id" in outcome:
        return _with_own_id(outcome, tool, arguments)
    found = _keep_list(outcome[lists[0]], lists[0], tool, arguments, rng)
    return _with_count(outcome | {lists[0]: found}, found, _limit(arguments))


def name_ends(outcome: Json, tool: Tool) -> Json:
    """A look's page with the ids of its first and its last thing, as they stand once they have been put in order."""
    if not looks(tool) or not isinstance(outcome, dict) or "id" in outcome or len(lists := _lists_in(outcome)) != 1:
        return outcome
    ids = [one.get("id") for one in outcome[lists[0]] if isinstance(one, dict)]
    ends = {"first_id": ids[0], "last_id": ids[-1]}
    return outcome | {name: end for name, end in ends.items() if name in outcome and type(outcome[name]) is type(end)}


def _lists_in(outcome: Mapping[str, Json]) -> list[str]:
    """The members that list records."""
    return [name for name, one in outcome.items() if isinstance(one, list) and one and isinstance(one[0], dict)]


def _keep_list(found: list[Json], name: str, tool: Tool, arguments: Mapping[str, Json], rng: Random) -> list[Json]:
    """The things found, no more than asked for, each with what it was looked for by."""
    known = _members_of(tool.result_schema or "{}", name)
    kept = [_as_asked(one, known, arguments, rng) for one in found[: _limit(arguments)]]
    topic = topic_of(tool, arguments)
    return put_on_topic(kept, topic, rng) if topic else kept


@lru_cache(maxsize=4096)
def _members_of(schema_text: str, name: str) -> dict[str, Json]:
    """The members of the records of a list, as a result schema tells them."""
    schema = read_schema(schema_text)
    listed = properties_of(schema).get(name) if name else schema
    return properties_of(listed.get("items")) if isinstance(listed, dict) else {}


def _as_asked(record: Json, known: Mapping[str, Json], arguments: Mapping[str, Json], rng: Random) -> Json:
    """One of the things found, with the values that it was looked for by."""
    if not isinstance(record, dict):
        return record
    asked = {name: value for name, value in arguments.items() if not isinstance(value, list | dict)}
    same = {name: value for name, value in asked.items() if type(record.get(name)) is type(value)}
    shown = {name: value for name, value in asked.items() if name not in record and _takes(known.get(name), value)}
    several = {
        one: rng.choice(value)
        for one in {**record, **known}
        if isinstance(value := arguments.get(f"{one}s"), list)
        and value
        and _takes(known.get(one), value[0], record, one)
    }
    tagged = {
        name: _named_so(record.get(name), rng.choice(value))
        for name, value in arguments.items()
        if isinstance(value, list) and value and _lists_named(known.get(name))
    }
    return record | same | shown | several | tagged


def _takes(schema: Json, value: Json, record: Mapping[str, Json] | None = None, name: str = "") -> bool:
    """Whether a member may hold a value: as the record holds one of its type, or as its schema says."""
    if record is not None and name in record:
        return isinstance(record[name], str) and isinstance(value, str)
    wanted = {"string": str, "integer": int, "boolean": bool, "number": float}.get(type_of(schema)) if schema else None
    return wanted is not None and type(value) is wanted


def _lists_named(schema: Json) -> bool:
    """Whether a member lists things by their names: the tags of a pet."""
    return isinstance(schema, dict) and type_of(schema) == "array" and "name" in properties_of(schema.get("items"))


def _named_so(listed: Json, name: Json) -> list[Json]:
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    return [first | {"name": name}]


def _with_count(outcome: dict[str, Json], found: list[Json], limit: int | None) -> dict[str, Json]:
    """A page that counts the things it holds; only a full one goes on."""
    goes_on = limit == len(found) and any(outcome.get(name) is True for name in _MORE)
    true: dict[str, Json] = dict.fromkeys(_MORE, goes_on)
    if not goes_on:
        true |= dict.fromkeys(_COUNTS, len(found))
    return {name: true[name] if type(value) is type(true.get(name)) else value for name, value in outcome.items()}


def _with_own_id(outcome: dict[str, Json], tool: Tool, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """What is asked for by an argument named as the thing itself (`model`) has that as its id."""
    asked = [name for name in arguments if label_words(name).lower() in things_of(tool)[-1:]]
    if len(asked) != 1 or type(outcome.get("id")) is not type(arguments[asked[0]]):
        return outcome
    return outcome | {"id": arguments[asked[0]]}


def _limit(arguments: Mapping[str, Json]) -> int | None:
    """How many things were asked for at most."""
    limits = [value for name, value in arguments.items() if _LIMITS.match(name) and isinstance(value, int)]
    return max(min(limits), 1) if limits else None
