"""Makes the parameters of a tool strict: every property required, no others allowed, optional as a union with null.

Nothing is changed in place and nothing in silence: each change is a sentence, and so is whatever gets lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise

import msgspec

from curation.model.values import Json
from curation.schemas.compiled import compile_schema
from curation.schemas.cost import resolve_pointer
from curation.schemas.pointers import escape_step, unescape_step
from curation.schemas.strict_subset import NOT_TUNED, REFUSED, find_strict_faults, is_object

_DEEPEST = 60
MOST_SUBSCHEMAS = 5_000
"""So many are looked at before references in `allOf` stay unwritten: each written out may hold two more."""
_LONGEST_INT = 15
_OTHER_NAMES = ("input_schema", "inputSchema", "arguments_schema", "schema")
"""What other services call the parameters."""


class Change(msgspec.Struct, frozen=True):
    """One thing the conversion did."""

    pointer: str
    """Where, in the schema as it was."""
    words: str
    is_loss: bool = False
    """Whether a rule of the schema is gone: say it in a description instead."""


class StrictSchema(msgspec.Struct, frozen=True):
    """The new text, what was done, and what still keeps it out of the subset."""

    text: str
    changes: tuple[Change, ...]
    left: tuple[str, ...] = ()


class BrokenCall(msgspec.Struct, frozen=True):
    """Arguments of an existing call that the old schema took and the new one refuses."""

    label: str
    """Which example."""
    reasons: tuple[str, ...]


def make_strict(parameters_text: str, *, for_tuning: bool = False) -> StrictSchema:
    """The strict form of a schema.

    Args:
        parameters_text: the schema as JSON.
        for_tuning: leave out the bounds and patterns as well that fine-tuned models do not have.
    """
    if compile_schema(parameters_text).fault:
        return StrictSchema(parameters_text, (), ("The schema is not valid; mend it first.",))
    schema = json.loads(parameters_text, parse_float=_exact, parse_int=_exact_int)
    work = _Conversion(schema, for_tuning=for_tuning)
    made = work.convert()
    text = msgspec.json.encode(made).decode()
    left = tuple(fault.message for fault in find_strict_faults(msgspec.json.decode(text)))
    return StrictSchema(text, tuple(work.changes), left)


def make_definition_strict(text: str, *, for_tuning: bool = False) -> StrictSchema:
    """The same for a whole definition, which then also says `"strict": true`."""
    value = json.loads(text, parse_float=_exact, parse_int=_exact_int)
    function = value["function"] if isinstance(value.get("function"), dict) else value
    alias = next((key for key in _OTHER_NAMES if key in function), None)
    if alias is not None and "parameters" not in function:
        return StrictSchema(text, (), (f"The parameters stand under `{alias}`; rename it to `parameters` first.",))
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    made = make_strict(msgspec.json.encode(parameters).decode(), for_tuning=for_tuning)
    changes = made.changes
    if not made.left and function.get("strict") is not True:
        function["strict"] = True
        changes = (*changes, Change("", "the definition says `strict: true`"))
    function["parameters"] = msgspec.Raw(made.text.encode())
    return StrictSchema(msgspec.json.encode(value).decode(), changes, made.left)


def find_broken(before: str, after: str, calls: Iterable[tuple[str, Json]]) -> tuple[BrokenCall, ...]:
    """The calls whose arguments fit the old parameters and no longer fit the new ones."""
    old, new = compile_schema(before), compile_schema(after)
    found = []
    for label, arguments in calls:
        errors = new.errors(arguments)
        if errors and not old.errors(arguments):
            reasons = tuple(f"{error.pointer or 'the call'} {error.message}" for error in errors[:5])
            found.append(BrokenCall(label, reasons))
    return tuple(found)


class _Conversion:
    """One walk over a schema that builds the strict one and notes what it did."""

    def __init__(self, schema: Json, *, for_tuning: bool) -> None:
        self.root = schema
        self.for_tuning = for_tuning
        self.changes: list[Change] = []
        self._n_subschemas = 0

    def convert(self) -> Json:
        """The strict form of the whole schema."""
        root = dict(self.root) if isinstance(self.root, dict) else {}
        target = resolve_pointer(self.root, root.get("$ref"))
        if isinstance(target, dict) and "properties" not in root:
            root = {**{key: child for key, child in root.items() if key != "$ref"}, **target}
            self._note("/$ref", "the reference at the root is written out")
        if root.get("type") != "object":
            root["type"] = "object"
            self._note("/type", 'the root says `type: "object"`')
        root.setdefault("properties", {})
        return self._tighten(root, "", 0)

    def _note(self, pointer: str, words: str, *, is_loss: bool = False) -> None:
        self.changes.append(Change(pointer, words, is_loss))

    def _tighten(self, node: Json, pointer: str, depth: int) -> Json:
        if not isinstance(node, dict) or depth > _DEEPEST:
            return node
        self._n_subschemas += 1
        made = self._drop(self._choose(self._merge(dict(node), pointer), pointer), pointer)
        for key in ("$defs", "definitions"):
            children = made.get(key)
            if isinstance(children, dict):
                made[key] = {
                    name: self._tighten(child, f"{pointer}/{key}/{escape_step(name)}", depth + 1)
                    for name, child in children.items()
                }
        branches = made.get("anyOf")
        if isinstance(branches, list):
            made["anyOf"] = [
                self._tighten(child, f"{pointer}/anyOf/{i}", depth + 1) for i, child in enumerate(branches)
            ]
        if "items" in made:
            made["items"] = self._tighten(made["items"], f"{pointer}/items", depth + 1)
        return self._close(made, pointer, depth) if is_object(made) else made

    def _merge(self, node: dict[str, Json], pointer: str) -> dict[str, Json]:
        """`allOf` written into the schema around it, where its parts do not contradict each other."""
        parts = node.get("allOf")
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            return node
        if self._n_subschemas > MOST_SUBSCHEMAS:
            return node
        merged = {key: child for key, child in node.items() if key != "allOf"}
        for part in parts:
            beside = {key: child for key, child in part.items() if key != "$ref"}
            target = resolve_pointer(self.root, part["$ref"]) if "$ref" in part else {}
            if not isinstance(target, dict) or not (_add(merged, beside) and _add(merged, target)):
                return node
        self._note(f"{pointer}/allOf", f"{_inside(pointer)}the parts of `allOf` are joined into one schema")
        return merged

    def _choose(self, node: dict[str, Json], pointer: str) -> dict[str, Json]:
        if "oneOf" not in node or "anyOf" in node:
            return node
        words = f"{_inside(pointer)}`oneOf` becomes `anyOf`: more than one may fit"
        self._note(f"{pointer}/oneOf", words, is_loss=True)
        return {"anyOf" if key == "oneOf" else key: child for key, child in node.items()}

    def _drop(self, node: dict[str, Json], pointer: str) -> dict[str, Json]:
        gone = [*REFUSED, *(NOT_TUNED if self.for_tuning else ())]
        for keyword in gone:
            if keyword in node:
                shown = msgspec.json.encode(node[keyword]).decode()
                words = f"{_inside(pointer)}`{keyword}` is left out: {shown if len(shown) < 60 else shown[:59] + '…'}"
                self._note(f"{pointer}/{keyword}", words, is_loss=True)
        return {key: child for key, child in node.items() if key not in gone}

    def _close(self, node: dict[str, Json], pointer: str, depth: int) -> dict[str, Json]:
        """No other properties, and every one of its own required."""
        properties = node.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        required = node.get("required")
        names = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
        made: dict[str, Json] = {}
        for name, child in properties.items():
            at = f"{pointer}/properties/{escape_step(name)}"
            tight = self._tighten(child, at, depth + 1)
            made[name] = tight if name in names else _nullable(tight)
            if name not in names:
                self._note(at, f"`{name}` is required; null stands for leaving it out")
        if node.get("additionalProperties") is not False:
            is_map = isinstance(node.get("additionalProperties"), dict) or (not properties and pointer != "")
            words = "free keys are no longer allowed" if is_map else "no other properties are allowed"
            self._note(pointer, _inside(pointer) + words, is_loss=is_map)
        return {**node, "properties": made, "required": list(made), "additionalProperties": False}


def _inside(pointer: str) -> str:
    """The argument a place belongs to, as the beginning of a sentence; nothing at the root."""
    steps = [unescape_step(step) for step in pointer.split("/")[1:]]
    names = [name for before, name in pairwise(steps) if before in ("properties", "$defs", "definitions")]
    return f"`{'.'.join(names)[:80]}`: " if names else ""


def _add(merged: dict[str, Json], part: dict[str, Json]) -> bool:
    """Add one part of `allOf`; False when it says something else about the same keyword."""
    for key, child in part.items():
        mine = merged.get(key)
        if key == "properties" and isinstance(mine, dict) and isinstance(child, dict):
            if any(mine[name] != child[name] for name in mine.keys() & child.keys()):
                return False
            merged[key] = {**mine, **child}
        elif key == "required" and isinstance(mine, list) and isinstance(child, list):
            merged[key] = [*mine, *(name for name in child if name not in mine)]
        elif key in ("description", "title") and key in merged:
            continue
        elif key in merged and mine != child:
            return False
        else:
            merged[key] = child
    return True


def _nullable(node: Json) -> Json:
    """The schema that takes null as well."""
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    if "const" in node:
        return {
            **{key: child for key, child in node.items() if key not in ("const", "type")},
            "enum": [node["const"], None],
        }
    if isinstance(kind, str) and kind != "null":
        made = {**node, "type": [kind, "null"]}
    elif isinstance(kind, list):
        made = {**node, "type": [*kind, *([] if "null" in kind else ["null"])]}
    elif isinstance(node.get("anyOf"), list):
        made = {**node, "anyOf": [*node["anyOf"], *([] if {"type": "null"} in node["anyOf"] else [{"type": "null"}])]}
    elif "$ref" in node:
        rest = {key: child for key, child in node.items() if key != "$ref"}
        made = {"anyOf": [{"$ref": node["$ref"]}, {"type": "null"}], **rest}
    else:
        made = dict(node)
    options = made.get("enum")
    if isinstance(options, list) and None not in options:
        made["enum"] = [*options, None]
    return made


def _exact(source: str) -> msgspec.Raw:
    """A number that keeps its digits."""
    return msgspec.Raw(source.encode())


def _exact_int(source: str) -> Json:
    return int(source) if len(source) <= _LONGEST_INT else _exact(source)
