"""Checks of one tool definition: its wrapper, its name, its description."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import Json
from curation.rules.hints import quote
from curation.rules.misreadings import find_look_alikes, find_missing_units, find_silent_codes, properties_of
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.rules.units import name_words
from curation.schemas.argument_paths import argument_steps, say_steps, step_into
from curation.schemas.pointers import escape_step
from curation.schemas.subschemas import subschemas
from curation.targets import TARGETS, Target

_NAME_PATTERNS = [target.name_regex for target in TARGETS.values() if target.name_regex is not None]
_ARGUMENT_PATTERNS = [target.argument_regex for target in TARGETS.values() if target.argument_regex is not None]
_WIDEST_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_FUNCTION_KEYS = frozenset({"name", "description", "parameters", "strict"})
_SCHEMA_ALIASES = ("input_schema", "inputSchema", "arguments_schema", "schema")
DESCRIPTION_WARNED = 1024


def function_at(tool: OfferedTool) -> str:
    """Where the function's own keys stand, relative to the definition."""
    return "/function" if tool.view.wrapped else ""


def _name_grade(finding: Finding, target: Target | None) -> Severity | None:
    name = str(finding.values.get("name", ""))
    if "argument" in finding.values:
        regex = target.argument_regex if target is not None else None
        return Severity.ERROR if regex is not None and regex.fullmatch(name) is None else None
    if target is None:
        return Severity.ERROR if _WIDEST_NAME.fullmatch(name) is None else Severity.INFO
    pattern = target.name_regex or _WIDEST_NAME
    return Severity.ERROR if pattern.fullmatch(name) is None else None


@rule("T03", scope="tool", grade=_name_grade)
def tool_name_invalid(tool: OfferedTool) -> Found:
    """The name of a tool or an argument breaks the pattern of a target.

    Services refuse the whole file for one dot or blank. Letters, digits, `_` and `-`, at most 64, is what nearly
    all take. A few want the same of arguments, and the first character to be a letter or `_`.

    Bad: `get user`, `user.get`, 70 letters

    Good: `get_user`
    """
    name = tool.name
    hits = _refused_arguments(tool)
    if name is None:
        nameless = None if tool.view.value is None else _nameless(tool)
        return [*hits, nameless] if nameless else hits or None
    if not all(pattern.fullmatch(name) for pattern in _NAME_PATTERNS):
        message = f"The name `{name[:70]}` is refused by some or all targets; use letters, digits, _ and -, at most 64."
        hits.append(Hit(function_at(tool) + "/name", message, {"name": name[:200]}))
    return hits or None


def _refused_arguments(tool: OfferedTool) -> list[Hit]:
    base = function_at(tool) + "/parameters/properties/"
    message = "The argument name `{}` is refused by some targets; use letters, digits and _, at most 64."
    return [
        Hit(base + escape_step(key), message.format(key[:70]), {"name": key[:200], "argument": key[:200]})
        for key in tool.properties
        if not all(pattern.fullmatch(key) for pattern in _ARGUMENT_PATTERNS)
    ]


def _nameless(tool: OfferedTool) -> Hit | None:
    if not isinstance(tool.view.value, dict):
        return None
    return Hit(function_at(tool) + "/name", "The tool has no name.", {"name": ""})


@rule("T04", scope="tool")
def tool_wrapper(tool: OfferedTool) -> Found:
    """A tool is not wrapped as `{"type": "function", "function": {…}}`.

    Other services write tools flat or call the schema `input_schema`. Pasted as they are, the template prints
    nothing of them, and the model learns to call tools it cannot see.

    Bad: `{"name": "search", "input_schema": {…}}`

    Good: `{"type": "function", "function": {"name": "search", "parameters": {…}}}`
    """
    value = tool.view.value
    if not isinstance(value, dict):
        return Hit("", "This tool is not an object.")
    if tool.view.wrapped:
        return _check_wrapper(value)
    if "name" not in value:
        return Hit("", 'This tool has no "function"; wrap it as {"type": "function", "function": {…}}.')
    message = 'This tool is written flat; wrap it as {"type": "function", "function": {…}}.'
    return Hit("", message, {"name": tool.name}, Fix("Wrap it", "", quote(_wrapped(value))))


def _check_wrapper(value: dict[str, Json]) -> Found:
    if value.get("type") != "function":
        fix = Fix("Set the type", "/type", '"function"')
        return Hit("/type", 'The type of a tool must be "function".', {"type": value.get("type")}, fix)
    function = value["function"]
    alias = next((key for key in _SCHEMA_ALIASES if key in function and "parameters" not in function), None)
    if alias is None:
        return None
    fix = Fix("Rename to parameters", f"/function/{alias}", None, "parameters")
    return Hit(f"/function/{alias}", f"`{alias}` must be called `parameters` here.", {"key": alias}, fix)


def _wrapped(value: dict[str, Json]) -> Json:
    function = {key: value[key] for key in value if key in _FUNCTION_KEYS}
    alias = next((key for key in _SCHEMA_ALIASES if key in value), None)
    if alias is not None and "parameters" not in function:
        function["parameters"] = value[alias]
    return {"type": "function", "function": function}


def function_of(tool: OfferedTool) -> dict[str, Json] | None:
    """The object that holds name, description and parameters; None when there is none."""
    value = tool.view.value
    if not isinstance(value, dict):
        return None
    return value["function"] if tool.view.wrapped else value


def _emptiness_grade(finding: Finding, target: Target | None) -> Severity:
    if finding.values.get("mild"):
        return Severity.INFO
    is_needed = target is not None and target.tool_description_required is not None
    return Severity.ERROR if is_needed and finding.values.get("needed") else Severity.WARNING


@rule("T12", scope="tool", severity=Severity.WARNING, waivable=True, grade=_emptiness_grade)
def description_missing(tool: OfferedTool) -> Found:
    """A tool, an argument or a field inside one has no description, or one that leaves out what matters.

    The description is all the model knows about when to call and what to fill in. One that only repeats the name
    tells nothing, and two arguments with the same one cannot be told apart. What a number is measured in and what the
    codes of an enum mean belong there too; where these are missing the finding is information.

    Bad: `"description": ""`; `"timeout": {"type": "integer", "description": "How long to wait."}`

    Good: `"description": "Tells where a parcel is, by its order number."`; "How long to wait, in seconds."
    """
    if function_of(tool) is None:
        return None
    hits = []
    base = function_at(tool)
    fault = _find_emptiness({"description": tool.view.description}, tool.name)
    if fault:
        message = f"The tool {fault}; say when to call it and what it returns."
        hits.append(Hit(base + "/description", message, {"name": tool.name, "needed": not tool.view.description}))
    hits += _find_silent_arguments(tool)
    return [*hits, *_find_gaps(tool)] or None


def _find_silent_arguments(tool: OfferedTool) -> list[Hit]:
    """Arguments without a description, and fields without one at any depth inside them.

    One that stands in several branches needs it once.
    """
    silent: dict[tuple[str, ...], Hit] = {}
    told: set[tuple[str, ...]] = set()
    for pointer, node in subschemas(tool.schema):
        steps = argument_steps(pointer)
        for key, schema, at in () if steps is None else properties_of(node, f"{function_at(tool)}/parameters{pointer}"):
            whole, path = step_into(steps or (), key), say_steps(steps or ())
            fault = "" if "$ref" in schema or (path and "const" in schema) else _find_emptiness(schema, key)
            if not fault:
                told.add(whole)
                continue
            said = f"The field `{key[:60]}` of `{path[:60]}`" if path else f"The argument `{key[:60]}`"
            silent.setdefault(whole, Hit(at, f"{said} {fault}; say what to fill in.", {"argument": say_steps(whole)}))
    return [hit for whole, hit in silent.items() if whole not in told]


def _find_gaps(tool: OfferedTool) -> Iterator[Hit]:
    """What the descriptions there are leave out, at any depth."""
    base = function_at(tool) + "/parameters"
    for pointer, node in subschemas(tool.schema):
        at = base + pointer
        yield from find_look_alikes(node, at)
        yield from find_missing_units(node, at)
        codes = find_silent_codes(node, at)
        if codes is not None:
            yield codes


def _find_emptiness(told: dict[str, Json], name: str | None) -> str:
    """How a description tells nothing, as the end of a sentence; empty when it tells something."""
    description = told.get("description")
    if not isinstance(description, str) or not description.strip():
        return "has no description"
    if name is not None and description.strip().casefold() == name.casefold():
        return "has a description that only repeats its name"
    return ""


def _length_grade(finding: Finding, target: Target | None) -> Severity | None:
    limit = target.description_most_characters if target is not None else None
    if target is None:
        return Severity.INFO
    size = finding.values.get("size")
    return Severity.WARNING if limit is not None and isinstance(size, int) and size > limit.value else None


@rule("T13", scope="tool", severity=Severity.WARNING, waivable=True, grade=_length_grade)
def description_too_long(tool: OfferedTool) -> Found:
    """A description is longer than a target allows.

    Hosted services refused descriptions of more than 1,024 characters. Long ones also cost tokens in every
    prompt.

    Bad: a page of documentation

    Good: two sentences
    """
    text = tool.view.description
    if text is None or len(text) <= DESCRIPTION_WARNED:
        return None
    message = f"The description has {len(text)} characters; some targets take {DESCRIPTION_WARNED} at most."
    return Hit(function_at(tool) + "/description", message, {"size": len(text)})


_WRITING_VERBS = frozenset(
    {
        *("delete", "remove", "cancel", "drop", "erase", "revoke", "terminate", "ban"),
        *("refund", "pay", "transfer", "send", "create", "update", "insert", "approve"),
    }
)


@rule("T22", scope="known_tool", severity=Severity.INFO)
def side_effect_unknown(tool: object) -> Found:
    """Nobody said whether the tool reads, writes or destroys, or the name says otherwise.

    Rules about unsafe retries and missing confirmation need it. Set the side effect in the catalogue.

    Bad: a tool `cancel_order` without a side effect

    Good: `cancel_order` marked destructive
    """
    effect, name = getattr(tool, "side_effect", None), str(getattr(tool, "name", ""))
    if effect is not None:
        verb = next((word for word in name_words(name)[:1] if word in _WRITING_VERBS), None)
        if effect != "read" or verb is None:
            return None
        message = f"`{name[:60]}` is said only to read, yet its name begins with `{verb}`; correct its side effect."
        return Hit("", message, {"name": name[:200], "effect": effect})
    return Hit("", f"Nobody said whether `{getattr(tool, 'name', '')}` reads, writes or destroys; set its side effect.")
