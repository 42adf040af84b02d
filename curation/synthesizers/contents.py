"""What a drawn result holds: something where its schema allows anything, and nothing that the call contradicts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.acting import QUERIES, looks
from curation.synthesizers.actions import is_plural
from curation.synthesizers.arguments import ArgumentDraws
from curation.synthesizers.details import label_words
from curation.synthesizers.pack_values import kind_of, kinds
from curation.synthesizers.subjects import things_of

_FREE_RECORD: dict[str, Json] = {"id": {"type": "integer"}, "title": {"type": "string"}}
_TEXT: dict[str, Json] = {"type": "string"}
_NAMES = ("id", "username", "name", "title", "key")
_ENTRY = "entry"
_KIND = "object"


def fill_free(draws: ArgumentDraws, tool: Tool, drawn: Json, schema: Mapping[str, Json]) -> Json:
    """The result with something in it wherever its schema lets anything stand, and with what a look is made for."""
    if isinstance(drawn, list):
        items = schema.get("items")
        inner = items if isinstance(items, dict) else {}
        return [fill_free(draws, tool, one, inner) if isinstance(one, dict) else one for one in drawn]
    if isinstance(drawn, str) and _is_any_text(schema):
        return _draw_words(draws, tool)
    if not isinstance(drawn, dict):
        return drawn
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not properties:
        return drawn or _draw_free(draws, tool, schema)
    return _with_what_counts(draws, tool, drawn, properties) if looks(tool) else drawn


def name_kind(
    tool: Tool, record: dict[str, Json], schema: Mapping[str, Json], named: Mapping[str, Json]
) -> dict[str, Json]:
    """A record whose `object` says what kind of thing it is, where neither its schema nor its call says that."""
    properties = schema.get("properties")
    stated = properties.get(_KIND) if isinstance(properties, dict) else None
    is_free = isinstance(stated, dict) and _is_any_text(stated)
    if _KIND in named or not is_free or not isinstance(record.get(_KIND), str):
        return record
    is_page = any(isinstance(one, list) for one in record.values()) and not {*_NAMES} & record.keys()
    kind = "list" if is_page else "_".join(things_of(tool))
    return record | {_KIND: kind} if kind else record


def _draw_words(draws: ArgumentDraws, tool: Tool) -> Json:
    """A text as people write one; names one behind the other where several are listed; a key where nothing is read."""
    if looks(tool) and is_plural(label_words(tool.name).lower().split()[-1]):
        return ", ".join(draws.rng.sample(_keys_for(tool), 3))
    return draws.draw_value(tool, "message" if looks(tool) else "code", _TEXT)


def _is_any_text(schema: Mapping[str, Json]) -> bool:
    return schema.get("type") == "string" and not {"enum", "const", "format", "pattern", "examples"} & schema.keys()


def _draw_free(draws: ArgumentDraws, tool: Tool, schema: Mapping[str, Json]) -> dict[str, Json]:
    """A record that may hold anything: a number and a title; of a table of values, some of them."""
    more = schema.get("additionalProperties", True)
    if more is False:
        return {}
    if not isinstance(more, dict) or not more:
        return _draw_stand_in(draws, tool)
    if type_of(more) == "object":
        return {_ENTRY: fill_free(draws, tool, draws.draw_value(tool, _ENTRY, more), more)}
    return {key: draws.draw_value(tool, "quantity", more) for key in draws.rng.sample(_keys_for(tool), 2)}


def _draw_stand_in(draws: ArgumentDraws, tool: Tool) -> dict[str, Json]:
    """A number, and a name of the kind of thing that the tool is about; a title where nobody knows such names."""
    drawn = {key: draws.draw_value(tool, key, one) for key, one in _FREE_RECORD.items()}
    thing = " ".join(things_of(tool)[-1:])
    is_known = bool(thing) and kind_of(tool, thing, _TEXT) not in ("", *QUERIES)
    return {"id": drawn["id"], "name": draws.draw_value(tool, thing, _TEXT)} if is_known else drawn


def _keys_for(tool: Tool) -> tuple[str, ...]:
    """What a table of a tool may be ordered by: the kind of values that its description speaks of."""
    told = set(re.findall(r"[a-z]+", (tool.definition.view.description or "").lower()))
    listed = [kind for kind in kinds().values() if len(kind.values) > 1]
    return next((kind.values for kind in listed if told & set(kind.names)), kinds()["label"].values)


def _with_what_counts(
    draws: ArgumentDraws, tool: Tool, drawn: dict[str, Json], properties: dict[str, Json]
) -> dict[str, Json]:
    """The things that a page is for, or what one thing is called, though its schema leaves them optional."""
    lists = [name for name, one in properties.items() if _is_of_records(one)]
    named = [name for name in properties if label_words(name).lower().split()[-1] in _NAMES]
    own = [name for name in _NAMES if name in properties][:2]
    wanted = own or (lists if len(lists) == 1 else named[:1])
    drawn = drawn | {name: draws.draw_value(tool, name, properties[name], 1) for name in wanted if name not in drawn}
    filled = {
        name: fill_free(draws, tool, one, properties[name])
        if name in lists and isinstance(properties[name], dict)
        else one
        for name, one in drawn.items()
    }
    return {name: filled[name] for name in properties if name in filled}


def _is_of_records(schema: Json) -> bool:
    items = schema.get("items") if isinstance(schema, dict) and type_of(schema) == "array" else None
    return isinstance(items, dict) and type_of(items) == "object"
