"""Finds from the difference of two definitions what examples need: a proposal that a person may change."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from rapidfuzz import fuzz

from curation.migrations.steps import ITEM, Step
from curation.model.definition import Definition
from curation.model.values import Json

_WORDS = frozenset({"description", "title", "examples", "example", "default"})
"""What two schemas may differ in and still take the same values."""
_ALIKE = 70
"""Names so alike (of 100) that one is taken for the other although the schema has changed as well."""
_HALF_ALIKE = 50
_SCALARS = frozenset({"string", "number", "integer", "boolean"})
_DEEPEST = 12

Schema = dict[str, Json]


def detect_steps(before: Definition, after: Definition | None) -> tuple[Step, ...]:
    """What calls need, written for the old definition, to fit the new one; None: the tool is gone."""
    name = before.view.name or ""
    if after is None:
        return (Step("drop tool", name),)
    steps = list(_compare(_Tool(name), _schema(before.view.parameters), _schema(after.view.parameters), ()))
    if after.view.name and after.view.name != name:
        steps.insert(0, Step("rename tool", name, to=after.view.name))
    return tuple(steps)


class _Tool(msgspec.Struct, frozen=True):
    """Makes the steps of one tool."""

    name: str

    def step(self, kind: str, path: tuple[str, ...], **more: object) -> Step:
        return Step(kind, self.name, path, **more)  # type: ignore[arg-type]


def _compare(tool: _Tool, old: Schema, new: Schema, path: tuple[str, ...]) -> Iterator[Step]:
    """One value and everything inside it."""
    if len(path) > _DEEPEST:
        return
    was, now = _kinds(old), _kinds(new)
    if path and "array" in now and "array" not in was and _is_refused(was, now):
        yield from _compare(tool, old, _schema(new.get("items")), path) if _kinds(old) == {"object"} else ()
        yield tool.step("wrap", path)
        return
    if path and "array" in was and now and "array" not in now:
        yield tool.step("unwrap", path)
        return
    if path and _is_retyped(was, now):
        yield tool.step("retype", path, to=next(kind for kind in _ordered(new) if kind in _SCALARS))
    elif path:
        yield from _compare_choices(tool, old, new, path)
    if "properties" in old or "properties" in new:
        yield from _compare_properties(tool, old, new, path)
    if "items" in old and "items" in new:
        yield from _compare(tool, _schema(old["items"]), _schema(new["items"]), (*path, ITEM))


def _compare_properties(tool: _Tool, old: Schema, new: Schema, path: tuple[str, ...]) -> Iterator[Step]:
    before, after = _schema(old.get("properties")), _schema(new.get("properties"))
    required = _names(new.get("required"))
    renamed = match_renamed(before, after)
    added = tuple(one for one in after if one not in before)
    for name in before:
        child, now = _schema(before[name]), after.get(renamed.get(name, name))
        if now is None:
            yield tool.step("drop", (*path, name), options=added)
            continue
        yield from _compare(tool, child, _schema(now), (*path, name))
        if name in renamed:
            yield tool.step("rename", (*path, name), to=renamed[name], options=added)
    was_required = {renamed.get(name, name) for name in _names(old.get("required"))}
    for name in after:
        if name in required and name not in was_required:
            old_name = next((was for was, now in renamed.items() if now == name), name)
            new_one, beside = _schema(after[name]), _beside(before, after, renamed, old_name)
            yield tool.step(
                "default",
                (*path, old_name),
                value=_suggest(new_one),
                type=next(iter(_ordered(new_one)), ""),
                options=_options(new_one),
                beside=tuple(beside),
                beside_types=tuple(beside.values()),
            )


def _beside(before: Schema, after: Schema, renamed: dict[str, str], name: str) -> dict[str, str]:
    """The arguments that stay beside this one, with the type their values have by then."""
    stay = {one: renamed.get(one, one) for one in before if one != name}
    return {one: next(iter(_ordered(_schema(after[now]))), "") for one, now in stay.items() if now in after}


def match_renamed(before: Schema, after: Schema) -> dict[str, str]:
    """Old name → new name, where one dropped and one added property take the same values or are called nearly alike."""
    gone, added = [one for one in before if one not in after], [one for one in after if one not in before]
    pairs = [(_likeness(was, before, now, after), was, now) for was in gone for now in added]
    matched: dict[str, str] = {}
    for score, was, now in sorted(pairs, key=lambda pair: -pair[0]):
        if score > 0 and was not in matched and now not in matched.values():
            matched[was] = now
    return matched


def _likeness(was: str, before: Schema, now: str, after: Schema) -> float:
    """Above 0 for a likely rename. The same bare type says little: the name or the words must agree as well."""
    score = fuzz.ratio(was.lower(), now.lower())
    old, new = _schema(before[was]), _schema(after[now])
    words = old.get("description")
    if _shape(old) == _shape(new):
        is_telling = len(_shape(old)) > 1 or score >= _HALF_ALIKE or (words and words == new.get("description"))
        return 100 + score if is_telling else 0
    return score if score >= _ALIKE and _may_convert(_kinds(old), _kinds(new)) else 0


def _may_convert(was: set[str], now: set[str]) -> bool:
    return bool(was & now) or bool(was & _SCALARS and now & _SCALARS)


def _shape(schema: Json) -> Json:
    """A schema without its words: what it takes."""
    if isinstance(schema, dict):
        return {key: _shape(child) for key, child in schema.items() if key not in _WORDS or not _is_word(child)}
    return [_shape(one) for one in schema] if isinstance(schema, list) else schema


def _is_word(child: Json) -> bool:
    """Whether this is the keyword and not a property that happens to be called so."""
    return not (isinstance(child, dict) and ({"type", "enum", "properties", "$ref", "anyOf"} & child.keys()))


def _compare_choices(tool: _Tool, old: Schema, new: Schema, path: tuple[str, ...]) -> Iterator[Step]:
    before, after = old.get("enum"), new.get("enum")
    if not isinstance(before, list) or not isinstance(after, list):
        return
    gone, added = [one for one in before if one not in after], [one for one in after if one not in before]
    if not gone:
        return
    values = tuple((_source(one), _source(_heir(one, gone, added))) for one in gone)
    proposed = tuple((was, "" if now == "null" else now) for was, now in values)
    yield tool.step("map", path, values=proposed, options=_options(new))


def _heir(value: Json, gone: list[Json], added: list[Json]) -> Json:
    """The new value an old one most likely became."""
    if len(gone) == len(added) == 1:
        return added[0]
    scores = [(fuzz.ratio(str(value).lower(), str(one).lower()), one) for one in added]
    best = max(scores, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= _ALIKE else None


def _options(schema: Schema) -> tuple[str, ...]:
    listed = schema.get("enum")
    return tuple(map(_source, listed)) if isinstance(listed, list) else ()


def _suggest(schema: Schema) -> str:
    """A value the schema itself names; empty where a person has to say one."""
    for key in ("const", "default"):
        if key in schema:
            return _source(schema[key])
    options = schema.get("enum")
    return _source(options[0]) if isinstance(options, list) and len(options) == 1 else ""


def _is_retyped(was: set[str], now: set[str]) -> bool:
    """Whether a scalar of the old type is no longer taken, and another scalar is."""
    if not was or not now or now == {"null"} or not was - {"null"} <= _SCALARS or not now & _SCALARS:
        return False
    return _is_refused(was, now)


def _is_refused(was: set[str], now: set[str]) -> bool:
    """Whether some value of the old types is no longer taken; a whole number is a number already."""
    taken = now | ({"integer"} if "number" in now else set())
    return not (was - {"null"}) <= taken


def _kinds(schema: Schema) -> set[str]:
    return set(_ordered(schema))


def _ordered(schema: Schema) -> list[str]:
    """The types a schema names, in its order; those of its choices where it names none."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return [kind]
    if isinstance(kind, list):
        return [one for one in kind if isinstance(one, str)]
    options = schema.get("enum")
    if isinstance(options, list) and options and all(isinstance(one, str) for one in options):
        return ["string"]
    return ["object"] if "properties" in schema else []


def _source(value: Json) -> str:
    return msgspec.json.encode(value).decode()


def _schema(value: Json) -> Schema:
    return value if isinstance(value, dict) else {}


def _names(value: Json) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
