"""New names in the text of a definition: the tool's, its arguments', and where its own words mention them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from curation.model.definition import Definition
from curation.model.source import quote
from curation.model.values import Json
from curation.reading.spans import Span, find_members
from curation.reading.strict import parse_strict
from curation.shifting.texts import Say, say_string

Edit = Callable[[str], str]
BESIDE = ("allOf", "anyOf", "oneOf")
INSIDE = ("if", "then", "else", "not")
"""Keywords under which a schema speaks of the same object."""
UNSURE = ("$ref", "$dynamicRef", "$recursiveRef", "patternProperties", "propertyNames", "dependencies")
"""Keywords that may speak of arguments by other means than their names."""
VALUES = ("enum", "const", "default", "examples", "example")
WORDS = ("description", "title", "$comment")


def arguments_of(definition: Definition) -> tuple[str, ...]:
    """The arguments that can be renamed without a doubt; none where a schema speaks of them in roundabout ways."""
    schema = definition.view.parameters
    if not isinstance(schema, dict) or not _is_plain(schema) or not _refers_to_parts(schema):
        return ()
    found = schema.get("properties")
    return tuple(found) if isinstance(found, dict) else ()


def _is_plain(schema: Json) -> bool:
    if not isinstance(schema, dict):
        return True
    if any(word in schema for word in UNSURE):
        return False
    inner = [schema.get(word) for word in INSIDE]
    inner += [one for word in BESIDE for one in _listed(schema.get(word))]
    dependent = schema.get("dependentSchemas")
    inner += list(dependent.values()) if isinstance(dependent, dict) else []
    return all(_is_plain(one) for one in inner)


def _refers_to_parts(schema: Json) -> bool:
    """Whether references go to definitions only: one to the whole, or into its properties, would miss a new name."""
    if isinstance(schema, dict):
        to = schema.get("$ref")
        is_part = not isinstance(to, str) or to.startswith(("#/$defs/", "#/definitions/"))
        return is_part and all(_refers_to_parts(one) for one in schema.values())
    return all(_refers_to_parts(one) for one in _listed(schema))


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def rename_definition(definition: Definition, name: str | None, arguments: Mapping[str, str], say: Say) -> Definition:
    """The definition under its new names; every character that no name is about stays."""
    mine = {one: arguments[one] for one in arguments_of(definition) if one in arguments}

    def function(source: str) -> str:
        edits: dict[str, Edit] = {"parameters": lambda schema: _words(_schema(schema, mine), say)}
        edits |= dict.fromkeys(WORDS, lambda text: say_string(text, say))
        if name is not None:
            edits["name"] = lambda _: quote(name)
        return _members(source, edits)

    if parse_strict(definition.text).faults:
        return definition
    wrapped = definition.view.wrapped
    return Definition(_members(definition.text, {"function": function}) if wrapped else function(definition.text))


def _schema(source: str, renamed: Mapping[str, str]) -> str:
    """One schema about the arguments."""

    def again(inner: str) -> str:
        return _schema(inner, renamed)

    def name(text: str) -> str:
        value = parse_strict(text).value
        return quote(renamed[value]) if isinstance(value, str) and value in renamed else text

    edits: dict[str, Edit] = dict.fromkeys(INSIDE, again)
    edits |= {word: lambda inner: _each(inner, again) for word in BESIDE}
    edits |= {word: lambda inner: _each(inner, lambda one: _keys(one, renamed)) for word in ("examples",)}
    edits |= {word: lambda inner: _keys(inner, renamed) for word in ("properties", "default", "example")}
    edits["required"] = lambda inner: _each(inner, name)
    edits["dependentRequired"] = lambda inner: _keys(_each(inner, lambda one: _each(one, name)), renamed)
    edits["dependentSchemas"] = lambda inner: _keys(_each(inner, again), renamed)
    return _members(source, edits)


def _words(source: str, say: Say) -> str:
    """What a schema says in words, at any depth, values apart."""
    members = find_members(source) or ()
    for one in reversed(members):
        if one.key in VALUES:
            continue
        value = source[one.start : one.end]
        new = say_string(value, say) if one.key in WORDS and value.startswith('"') else _words(value, say)
        source = source[: one.start] + new + source[one.end :]
    return source


def _members(source: str, edits: Mapping[str, Edit]) -> str:
    """An object with some of its values edited."""
    return _rewrite(source, lambda one, value: (None, edits.get(str(one.key), str)(value)))


def _each(source: str, edit: Edit) -> str:
    """A list, or an object, with every value edited."""
    return _rewrite(source, lambda _, value: (None, edit(value)))


def _keys(source: str, renamed: Mapping[str, str]) -> str:
    """An object with new names for some of its keys."""
    if source.lstrip()[:1] != "{":
        return source
    return _rewrite(source, lambda one, value: (renamed.get(str(one.key)), value))


def _rewrite(source: str, edit: Callable[[Span, str], tuple[str | None, str]]) -> str:
    """From the end, so that places before hold; a new key is None where the old one stays."""
    for one in reversed(find_members(source) or ()):
        key, value = edit(one, source[one.start : one.end])
        source = source[: one.start] + value + source[one.end :]
        if key is not None:
            source = source[: one.key_start] + quote(key) + source[one.key_end :]
    return source
