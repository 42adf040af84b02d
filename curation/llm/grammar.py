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
from curation.formats.router_answer import NO_TOOL
from curation.model.definition import Definition
from curation.model.example import NO_TOOL_REASONS
from curation.model.values import Json
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
    answers, rules, loosened = [_write_abstention()], [], []
    for number, (name, tool) in enumerate(sorted(offered.items(), key=str)):
        arguments, is_exact = _write_arguments(tool.view.parameters)
        answers.append(_write_members([("tool", _write_text(name)), ("arguments", f"arguments_{number}")]))
        rules.append(f"arguments_{number}: {arguments}")
        if not is_exact:
            loosened.append(str(name))
    return Grammar("\n".join([f"start: {' | '.join(answers)}", *rules, 'SPACE: " "', ""]), tuple(loosened))


def write_answer(schema: str) -> Grammar:
    """The grammar of an answer that is one value of this JSON schema, as far as it can be said."""
    require_llguidance()
    rule, is_exact = _write_known(schema)
    return Grammar(f"start: {rule}\n", () if is_exact else ("answer",))


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


@lru_cache(maxsize=1024)
def _write_known(text: str) -> tuple[str, bool]:
    """The rule for arguments and whether it says all the schema says."""
    schema = json.loads(text)
    tries = [(bounded(schema), EXACT), (schema, EXACT), (bounded(schema), LENIENT), (schema, LENIENT)]
    for form, options in tries:
        if isinstance(form, dict) and _is_taken(rule := _write_schema(form, options)):
            return rule, options is EXACT
    return _write_schema(any_object(), EXACT), False


def _write_arguments(parameters: Json) -> tuple[str, bool]:
    """A tool without parameters takes none; arguments are always an object."""
    schema = TAKES_NOTHING if parameters is None else parameters
    if isinstance(schema, dict) and "type" not in schema:
        schema = {"type": "object", **schema}
    return _write_known(json.dumps(schema))


def _is_taken(rule: str) -> bool:
    """Whether llguidance understands a rule; it never raises, and says why not."""
    from llguidance import LLMatcher

    is_wrong, _ = LLMatcher.validate_grammar_with_warnings(LLMatcher.grammar_from_lark(f"start: {rule}"))
    return not is_wrong
