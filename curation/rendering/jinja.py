"""A sandbox for chat templates: they come with foreign models and are programs."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from curation.errors import UnreadableError
from curation.model.values import Json

TRAINED_FROM, TRAINED_TO = "\ue0a0", "\ue0a1"
"""Stand around what a template marks as the model's own words, when a text is asked for with its marks."""
REFUSALS = (TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a template that refuses a row raises: it is a program, and seldom says so in words of its own."""


class UnusableTemplateError(UnreadableError):
    """The template itself is at fault: no row of it is worth another try."""

    hint = "Choose another model, or write its chat_template.jinja anew."


class GenerationBlock(Extension):
    """Lets `{% generation %}` through: some templates mark the assistant's words with it."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_say"), [], [], body).set_lineno(line)

    def _say(self, caller: Macro) -> str:
        return str(caller())


class MarkedGenerationBlock(GenerationBlock):
    """Writes what stands in `{% generation %}` between two marks."""

    def _say(self, caller: Macro) -> str:
        return f"{TRAINED_FROM}{caller()}{TRAINED_TO}"


@lru_cache(maxsize=32)
def compile_template(source: str, *, with_marks: bool = False) -> Callable[..., str]:
    """Compile a template the way model makers test theirs: trimmed blocks, plain `tojson`, loop controls."""
    block = MarkedGenerationBlock if with_marks else GenerationBlock
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[block, loopcontrols])
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _now
    try:
        return environment.from_string(source).render
    except (TemplateError, RecursionError, SyntaxError) as error:
        raise UnusableTemplateError(f"The chat template cannot be compiled: {error}.") from error


def render_template(source: str, values: dict[str, Json], with_marks: bool = False) -> str:
    """What a template writes, in this process."""
    write = compile_template(source, with_marks=with_marks)
    try:
        return write(**values)
    except REFUSALS as error:
        raise UnreadableError(f"The chat template refuses the row: {str(error).rstrip('.')}.") from error


def _to_json(
    value: Json,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _now(pattern: str) -> str:
    """Some templates print today's date; a fixed day keeps rendering repeatable."""
    return datetime.datetime(2024, 7, 26, tzinfo=datetime.UTC).strftime(pattern)
