"""The grammar of a router's answer: one of the tools on offer with arguments that fit its schema, or `no_tool`.

Written once a set of tools, in the language of llguidance, and checked by it. Texts, lists and numbers have a largest
size in it (`curation.schemas.bounded`), so that an answer comes to its end within the tokens it may have.
"""

from __future__ import annotations

import importlib.util
import json
from functools import lru_cache

import msgspec

from curation.errors import MissingPackageError
from curation.formats.router_answer import NO_TOOL, Broken, RouterAbstention, RouterAnswer
from curation.model.definition import Definition
from curation.model.example import NO_TOOL_REASONS
from curation.model.values import Json
from curation.reading.strict import parse_strict
from curation.schemas import compile_schema
from curation.schemas.bounded import LONGEST_TEXT, any_object, bounded

PACKAGE = "llguidance"
EXACT: dict[str, Json] = {
    "whitespace_flexible": False,
    "item_separator": ",[ ]?",
    "key_separator": ":[ ]?",
    "json_allowed_escapes": '"\\nrt',
}
"""At most one space after a comma or a colon: room for the habits of a model, none for an endless blank."""
LENIENT: dict[str, Json] = {**EXACT, "lenient": True, "coerce_one_of": True}
"""What the grammar cannot say of a schema is left out."""
TAKES_NOTHING: dict[str, Json] = {"type": "object", "properties": {}, "additionalProperties": False}


class Grammar(msgspec.Struct, frozen=True):
    """What an answer must look like."""

    text: str
    loosened: tuple[str, ...] = ()
    """Tools, or the `answer`, whose schema says more than the grammar holds an answer to."""
    forms: dict[str, str] = {}
    """Tool → the schema its arguments are held to, which is narrower than its own where that has no end."""

    def can_say(self, answer: RouterAnswer) -> bool:
        """Whether this answer may be given, with its members in some order and its numbers written in some way."""
        if isinstance(answer, RouterAbstention):
            return answer.reason in NO_TOOL_REASONS
        if isinstance(answer, Broken) or answer.tool not in self.forms:
            return False
        return not compile_schema(self.forms[answer.tool]).errors(parse_strict(answer.arguments_text).value)


NO_GRAMMAR = Grammar("")


def is_installed() -> bool:
    return importlib.util.find_spec(PACKAGE) is not None


def require_llguidance() -> None:
    """Raises MissingPackageError where no answer can be held to a grammar."""
    if not is_installed():
        raise MissingPackageError(
            f"Answering under a grammar needs the package `{PACKAGE}`, which is not installed.",
            hint="Run `make run` (without TRAIN=0).",
        )


@lru_cache(maxsize=512)
def write_grammar(tools: tuple[Definition, ...]) -> Grammar:
    """The grammar of an answer to a row that offers these tools."""
    require_llguidance()
    # As everywhere, the first definition of a name counts.
    offered = {tool.view.name: tool for tool in reversed(tools) if tool.view.name not in (None, NO_TOOL)}
    held = {str(name): _write_arguments(tool.view.parameters) for name, tool in sorted(offered.items(), key=str)}
    answers, rules = [_write_abstention()], []
    for number, (name, arguments) in enumerate(held.items()):
        answers.append(_write_members([("tool", _write_text(name)), ("arguments", f"arguments_{number}")]))
        rules.append(f"arguments_{number}: {arguments.rule}")
    return Grammar(
        "\n".join([f"start: {' | '.join(answers)}", *rules, 'SPACE: " "', ""]),
        tuple(name for name, arguments in held.items() if not arguments.is_exact),
        {name: arguments.form for name, arguments in held.items()},
    )


def write_answer(schema: str) -> Grammar:
    """The grammar of an answer that is one value of this JSON schema, as far as it can be said."""
    require_llguidance()
    known = _write_known(schema)
    return Grammar(f"start: {known.rule}\n", () if known.is_exact else ("answer",))


def _write_abstention() -> str:
    reasons = " | ".join(_write_text(reason) for reason in NO_TOOL_REASONS)
    message = _write_schema({"type": "string", "maxLength": LONGEST_TEXT}, EXACT)
    return _write_members([("tool", _write_text(NO_TOOL)), ("reason", f"({reasons})"), ("message", message)])


def _write_members(members: list[tuple[str, str]]) -> str:
    """An object with these members in this order; their values are written in the grammar's language already."""
    said = ' "," SPACE? '.join(f"{_quote(_quote(key) + ':')} SPACE? {value}" for key, value in members)
    return f'"{{" {said} "}}"'


def _write_text(value: Json) -> str:
    return _quote(_quote(value))


def _quote(value: Json) -> str:
    """A JSON text, which is also how the grammar's language writes a literal."""
    return json.dumps(value, ensure_ascii=False)


def _write_schema(schema: Json, options: dict[str, Json]) -> str:
    return "%json " + json.dumps({**schema, "x-guidance": options} if isinstance(schema, dict) else schema)


class _Arguments(msgspec.Struct, frozen=True):
    """How the arguments of one tool are held."""

    rule: str
    form: str
    """The schema that the rule says, as JSON."""
    is_exact: bool
    """Whether the rule says all that the tool's schema says."""


@lru_cache(maxsize=1024)
def _write_known(text: str) -> _Arguments:
    schema = json.loads(text)
    tries = [(bounded(schema), EXACT), (schema, EXACT), (bounded(schema), LENIENT), (schema, LENIENT)]
    for form, options in tries:
        if isinstance(form, dict) and _is_taken(rule := _write_schema(form, options)):
            return _Arguments(rule, json.dumps(form), is_exact=options is EXACT and _keeps_one_of(text))
    return _Arguments(_write_schema(any_object(), EXACT), json.dumps(any_object()), is_exact=False)


def _keeps_one_of(text: str) -> bool:
    """Branches of `oneOf` that only the bounds keep apart may both fit the schema, which then refuses the value."""
    return '"oneOf"' not in text or _is_taken(_write_schema(json.loads(text), EXACT))


def _write_arguments(parameters: Json) -> _Arguments:
    """A tool without parameters takes none."""
    return _write_known(json.dumps(_object_of(TAKES_NOTHING if parameters is None else parameters)))


def _object_of(schema: Json) -> Json:
    """Arguments are always an object, whatever else a schema lets through; False for one that lets none through."""
    told = {} if schema is True else schema
    kinds = told.get("type", "object") if isinstance(told, dict) else None
    is_object = kinds == "object" or (isinstance(kinds, list) and "object" in kinds)
    return {**told, "type": "object"} if isinstance(told, dict) and is_object else False


def _is_taken(rule: str) -> bool:
    """Whether llguidance understands a rule; it never raises, and says why not."""
    from llguidance import LLMatcher

    is_wrong, _ = LLMatcher.validate_grammar_with_warnings(LLMatcher.grammar_from_lark(f"start: {rule}"))
    return not is_wrong
