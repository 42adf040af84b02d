"""The arguments of one request: every fixed value and every optional parameter in turn, the rest as people say it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from curation.execution.drawing import draw, type_of
from curation.model.definition import Tool
from curation.model.values import Json
from curation.schemas import compile_schema
from curation.synthesizers.acting import QUERIES, acted_on, is_own_id, needs_content
from curation.synthesizers.choices import choices_in, choices_of
from curation.synthesizers.conditions import (
    NARROWED,
    is_barred,
    named_in,
    one_of_these,
    plan_choices,
    plan_needed,
)
from curation.synthesizers.deck import Deck
from curation.synthesizers.details import label_words, say_choice, say_plainly
from curation.synthesizers.figures import draw_figure
from curation.synthesizers.one_person import agree_on_person
from curation.synthesizers.pack_values import DomainValues, kind_of
from curation.synthesizers.wordings import ToolWording, parameters_of, required_of, shown_by

RESULT = "result"
"""The name under which a tool's answer is drawn."""
_TRIES = 12
_MOST_DEPTH = 5
_MOST_ITEMS = 99
_OPTIONAL_SHARE = 0.3
_MOST_OPTIONAL = 3
_NATURAL_DATE_SHARE = 0.5
SECRET = re.compile(r"(?i)password|secret|token|api_?key|authori[sz]ation|credential|cookie")
_LOGIN = frozenset({"username"})
_NAME = _LOGIN | {"name", "title"}
_CURSOR = re.compile(r"(?i)\bcursor$|\bpage token$|^continuation")
_PAGING = re.compile(r"(?i)cursor|paginat|last \w+ from the previous|previous (?:page|response)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_DAY_OF = {
    "en": "{day} {month} {year}",
    "de": "{day}. {month} {year}",
    "fr": "{day} {month} {year}",
    "es": "{day} de {month} de {year}",
}


class Drawn(NamedTuple):
    """One set of arguments, and how the person says each."""

    arguments: dict[str, Json]
    phrases: dict[str, str]
    """Parameter → phrase."""
    told: frozenset[str]
    """Parameters said by a way of speaking ("it came broken") rather than by their value."""


class ArgumentDraws:
    """Draws arguments for one order."""

    def __init__(self, values: DomainValues, rng: Random, deck: Deck) -> None:
        self._values = values
        self.rng = self._rng = rng
        self._deck = deck

    def draw(self, tool: Tool, wording: ToolWording, language: str = "en") -> Drawn | None:
        """Arguments the validator accepts; None when none can be drawn."""
        compiled = compile_schema(tool.definition.view.parameters_text or "{}")
        if compiled.fault is not None:
            return None
        chosen = self._choose_optional(tool)
        for tried in range(_TRIES):
            drawn = self._draw_all(tool, wording, chosen if tried < _TRIES // 2 else (), language)
            if not compiled.errors(drawn.arguments):
                return drawn
        return None

    def redraw(self, tool: Tool, wording: ToolWording, drawn: Drawn, name: str, language: str = "en") -> Drawn | None:
        """The same arguments with another value for one of them."""
        compiled = compile_schema(tool.definition.view.parameters_text or "{}")
        for _ in range(_TRIES):
            value, phrase, _ = self._draw_value(tool, wording, name, parameters_of(tool)[name], language)
            changed = drawn.arguments | {name: value}
            if value != drawn.arguments[name] and phrase != drawn.phrases[name] and not compiled.errors(changed):
                return Drawn(changed, drawn.phrases | {name: phrase}, drawn.told)
        return None

    def _choose_optional(self, tool: Tool) -> tuple[str, ...]:
        """One optional parameter in turn, by chance a few others; every third request takes none but those needed."""
        known = parameters_of(tool)
        optional = [
            name
            for name, schema in known.items()
            if name not in required_of(tool) and not _is_unsaid(tool, name) and not _is_cursor(name, schema)
        ]
        if not optional:
            return ()
        # An update that says nothing of what is to change is no request.
        n_bare = 0 if needs_content(tool) else max(1, len(optional) // 2)
        turn = self._deck.deal_number(f"optional/{tool.name}", len(optional) + n_bare)
        wanted = [name for name in optional if name in acted_on(tool)]
        if turn >= len(optional):
            return tuple(wanted)
        share = min(_OPTIONAL_SHARE, _MOST_OPTIONAL / len(optional) / 2)
        others = [name for name in optional if self._rng.random() < share]
        return tuple(dict.fromkeys([optional[turn], *wanted, *others[: _MOST_OPTIONAL - 1]]))

    def _draw_all(self, tool: Tool, wording: ToolWording, chosen: Sequence[str], language: str) -> Drawn:
        plan = plan_choices(tool, chosen)
        known = parameters_of(tool)
        said = {
            name: self._draw_value(tool, wording, name, plan.narrow(name, schema), language)
            for name, schema in known.items()
            if name in required_of(tool) or name in plan.chosen
        }
        arguments = {name: said[name][0] for name in known if name in required_of(tool)}
        for name in plan.chosen:
            if said[name][0] not in ({}, [], None) and not is_barred(tool, name, arguments):
                arguments[name] = said[name][0]
        for name in plan_needed(tool, arguments):
            said[name] = self._draw_value(tool, wording, name, known[name], language)
            arguments[name] = said[name][0]
        for name, value in agree_on_person(tool, arguments).items():
            if value != said[name][0] and not self._values.own_values(tool, name, known[name]):
                said[name] = (value, self._say(value, language, wording), False)
        given = [name for name in known if name in arguments]
        told = frozenset(name for name in given if said[name][2])
        return Drawn({name: said[name][0] for name in given}, {name: said[name][1] for name in given}, told)

    def _draw_value(
        self, tool: Tool, wording: ToolWording, name: str, schema: Json, language: str
    ) -> tuple[Json, str, bool]:
        ways = wording.values.get(name, {})
        own = self._values.own_values(tool, name, schema)
        listed = choices_of(schema) or _choices_shown(tool, name, schema)
        choices = own or listed
        if choices:
            value = self._deck.deal(_deck_of(tool, name, schema, choices), choices)
            if isinstance(value, str) and value in ways:
                return value, self._deck.deal(f"way/{language}/{tool.name}/{name}/{value}", ways[value]), True
            said = say_choice(value) if value in listed else None
            return value, said or self._say(value, language, wording), False
        if _is_number_in_result(tool, name, schema):
            drawn: Json = str(self._rng.randint(100, 9999))
        else:
            drawn = self.draw_value(tool, name, schema, 0)
        return drawn, self._say(drawn, language, wording, choices_in(tool)), False

    def _say(self, value: Json, language: str, wording: ToolWording, listed: frozenset[str] = frozenset()) -> str:
        if isinstance(value, str) and wording.reads_aloud:
            return value
        if isinstance(value, str) and _DATE.fullmatch(value) and self._rng.random() < _NATURAL_DATE_SHARE:
            return _say_date(value, language)
        if isinstance(value, list):
            spoken = [say_choice(one) if isinstance(one, str) and one in listed else None for one in value]
            return say_plainly(spoken if all(spoken) else value, language)
        return say_plainly(value, language)

    def draw_value(self, tool: Tool, name: str, schema: Json, depth: int = 0) -> Json:
        """A value that fits a schema as far as one walk can see."""
        resolved = _resolve(tool, schema)
        if not isinstance(resolved, dict) or "const" in resolved or depth > _MOST_DEPTH:
            return draw(resolved, self._rng, name=name, depth=depth)
        if choices := choices_of(resolved):
            return self._deck.deal(f"value/{tool.name}/{name}/{depth}", choices)
        for keyword in ("anyOf", "oneOf"):
            branches = resolved.get(keyword)
            if isinstance(branches, list) and (real := _sayable(tool, branches)):
                number = self._deck.deal_number(f"branch/{tool.name}/{name}/{depth}", len(real))
                return self.draw_value(tool, name, real[number], depth + 1)
        kind = type_of(resolved)
        if kind == "object":
            return self.draw_record(tool, resolved, depth, owner=name)
        if kind == "array":
            return self._draw_list(tool, name, resolved, depth, is_found=name == RESULT)
        if kind in ("integer", "number"):
            return draw_figure(name, resolved, self._rng)
        if kind == "string":
            text = self._values.draw_text(tool, name, resolved, self._rng)
            return text if text is not None else draw(_shaped_by_default(resolved), self._rng, name=name)
        return draw(resolved, self._rng, name=name, depth=depth)

    def draw_record(self, tool: Tool, schema: dict[str, Json], depth: int = 0, *, owner: str = "") -> Json:
        """An object with all it requires and some of the rest; never an empty one where it has properties.

        Args:
            owner: the name of the argument or the member that holds it.
        """
        properties, required = schema.get("properties"), schema.get("required")
        needed = required if isinstance(required, list) else []
        if not isinstance(properties, dict):
            return {}
        share = _OPTIONAL_SHARE if depth else 0.5
        keys = [
            key
            for key in properties
            if key in needed or (self._rng.random() < share and not (depth and SECRET.search(key)))
        ]
        if owner != RESULT:
            keys = _with_name(keys, needed, properties)
        keys = _fewer(keys, needed) if depth > 1 else keys
        keys = keys or list(properties)[:1]
        drawn = {key: self._draw_member(tool, key, properties[key], owner, depth + 1) for key in keys}
        return agree_on_person(tool, drawn)

    def _draw_member(self, tool: Tool, key: str, schema: Json, owner: str, depth: int) -> Json:
        """A member of a record; the `name` of a tag is a tag and not what the tool's own things are called."""
        if owner == RESULT and type_of(resolved := _resolve(tool, schema)) == "array" and isinstance(resolved, dict):
            return self._draw_list(tool, key, resolved, depth, is_found=True)  # One list of a page: what was found.
        is_its_name = key == "name" and owner != RESULT and kind_of(tool, owner, {}) not in ("", *QUERIES, "code")
        return self.draw_value(tool, owner if is_its_name else key, schema, depth)

    def _draw_list(self, tool: Tool, name: str, schema: dict[str, Json], depth: int, *, is_found: bool) -> Json:
        least, most = _whole(schema, "minItems", 1), _whole(schema, "maxItems", _MOST_ITEMS)
        is_of_records = type_of(_resolve(tool, schema.get("items", {}))) == "object"
        most = min(most, least + (0 if is_of_records and not is_found else 1))
        wanted, values = self._rng.randint(least, max(least, most)), []
        for _ in range(wanted * 4):
            value = self.draw_value(tool, name, schema.get("items", {}), depth + 1)
            if isinstance(value, dict):
                value = self._keep_one(tool, value, schema)
            if value not in values:
                values.append(value)
            if len(values) == wanted:
                break
        return values

    def _keep_one(self, tool: Tool, record: dict[str, Json], schema: dict[str, Json]) -> dict[str, Json]:
        """The record with one member of those that its list's description calls alternatives."""
        described = str(schema.get("description") or "")
        items = _resolve(tool, schema.get("items", {}))
        properties = items.get("properties") if isinstance(items, dict) else None
        known = properties if isinstance(properties, dict) else {}
        ways = [name for name in one_of_these(described) if name in known]
        if not ways:
            return record
        needed = items.get("required") if isinstance(items, dict) else None
        way = next((name for name in ways if name in record), None) or self._rng.choice(ways)
        spoken_of = {*ways, *named_in(described)} - {way, *(needed if isinstance(needed, list) else [])}
        value = record[way] if way in record else self.draw_value(tool, way, known[way], 2)
        given = record | {way: value}
        return {name: given[name] for name in known if name in given and name not in spoken_of}


def _is_unsaid(tool: Tool, name: str) -> bool:
    """Whether an argument is a secret that a call goes without."""
    return bool(SECRET.search(name)) and name not in acted_on(tool)


def _is_number_in_result(tool: Tool, name: str, schema: Json) -> bool:
    """Whether the text that names a thing is a number in the result: pet "D7684" could not come back as pet 1151."""
    is_plain = isinstance(schema, dict) and not {"pattern", "format", "examples", "default"} & schema.keys()
    is_text = is_plain and type_of(schema) == "string" and type_of(shown_by(tool).get("id")) == "integer"
    return is_text and is_own_id(tool, name)


def _choices_shown(tool: Tool, name: str, schema: Json) -> tuple[Json, ...]:
    """The states that a result counts up, where the argument of that name takes any text: no pet becomes `archived`."""
    is_free = type_of(schema) == "string" and kind_of(tool, name, schema) == "status"
    return choices_of(shown_by(tool).get(name)) if is_free else ()


def _deck_of(tool: Tool, name: str, schema: Json, choices: Sequence[Json]) -> str:
    """The deck of an argument's values; fewer of them, as another argument takes, are a deck of their own."""
    is_narrowed = isinstance(schema, dict) and NARROWED in schema
    return f"value/{tool.name}/{name}" + (f"/{'/'.join(map(str, choices))}" if is_narrowed else "")


def _with_name(keys: list[str], needed: list[Json], properties: Mapping[str, Json]) -> list[str]:
    """The members with the name, where a thing within another one would be told by its number alone."""
    told = [key for key in keys if key not in needed and key != "id"]
    wanted = {*keys, *(_NAME if not told else _LOGIN) & properties.keys()}
    return [key for key in properties if key in wanted]


def _fewer(keys: list[str], needed: list[Json]) -> list[str]:
    """What a record within a record or a list must have, and one thing more: people spell out no longer ones."""
    more = sorted((key for key in keys if key not in needed), key=lambda key: key not in _NAME)[:1]
    return [key for key in keys if key in needed or key in more]


def _sayable(tool: Tool, branches: list[Json]) -> list[Json]:
    """The alternatives that people say by a plain value, where there are such; else all but nothing."""
    real = [one for one in branches if not _is_null(one)]
    plain = [one for one in real if type_of(_resolve(tool, one)) in ("string", "integer", "number", "boolean")]
    return plain or real


def _is_cursor(name: str, schema: Json) -> bool:
    """Whether a value comes from an earlier answer and pages on from it: nobody asks with one."""
    told = str(schema.get("description", "")) if isinstance(schema, dict) else ""
    return bool(_CURSOR.search(label_words(name))) or (
        label_words(name).lower() in ("after", "before", "since id") and bool(_PAGING.search(told))
    )


def _whole(schema: dict[str, Json], keyword: str, usual: int) -> int:
    stated = schema.get(keyword)
    return stated if isinstance(stated, int) and not isinstance(stated, bool) and stated > 0 else usual


def _shaped_by_default(schema: dict[str, Json]) -> dict[str, Json]:
    """A default such as `v1` shows what values look like, where nothing else does."""
    usual = schema.get("default")
    is_only_hint = isinstance(usual, str) and usual and not {"pattern", "format", "examples"} & schema.keys()
    return {**schema, "examples": [usual]} if is_only_hint else schema


def _is_null(schema: Json) -> bool:
    return isinstance(schema, dict) and (schema.get("type") == "null" or schema.get("const", "") is None)


def _resolve(tool: Tool, schema: Json) -> Json:
    """A reference within the tool's own schema followed, and `allOf` read as one."""
    for _ in range(_MOST_DEPTH):
        if not isinstance(schema, dict):
            return schema
        if isinstance(schema.get("$ref"), str):
            schema = _find(tool.definition.view.parameters, schema["$ref"])
            continue
        parts = schema.get("allOf")
        if not isinstance(parts, list) or not parts:
            return schema
        schema = _merge([{key: value for key, value in schema.items() if key != "allOf"}, *parts])
    return schema


def _find(root: Json, reference: str) -> Json:
    found = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        if not isinstance(found, dict):
            return {}
        found = found.get(part.replace("~1", "/").replace("~0", "~"), {})
    return found


def _merge(parts: Sequence[Json]) -> dict[str, Json]:
    merged: dict[str, Json] = {}
    for part in parts:
        if not isinstance(part, dict):
            continue
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", []), *part.get("required", [])]
        merged = {**merged, **part}
        if properties:
            merged |= {"properties": properties, "required": required}
    return merged


def _say_date(value: str, language: str) -> str:
    """ "2026-03-14" → "14 March 2026"."""
    try:
        said = date.fromisoformat(value)
    except ValueError:
        return value
    return _DAY_OF[language].format(day=said.day, month=_MONTHS[language].split()[said.month - 1], year=said.year)
