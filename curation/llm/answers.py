"""What a model answered, read strictly: one JSON value that fits its schema, or the reason why there is none."""

from __future__ import annotations

import re

import msgspec

from curation.llm.contract import Reply
from curation.model.values import UNSET, Json
from curation.reading.strict import parse_strict
from curation.schemas import compile_schema

MOST_WORDS = 200
_FENCE = "```"
_FENCE_BEGINS = re.compile(rf"{_FENCE}[A-Za-z]*[ \t]*\n")
_OPENING, _CLOSING = "<think>", "</think>"
_THOUGHT = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
"""From its tag on; one that is never closed was cut, and nothing was said after it."""
_REST_OF_THOUGHT = re.compile(
    r"(?:(?!</?think>).)*(?:(?<![^\n])|(?<![\s`'\"])(?=</think>[ \t]*(?:\n|\Z)))</think>", re.DOTALL
)
"""Up to its closing tag alone, where the prompt holds the other: the tag ends a line, or begins one.

Within a line it is a word of the answer, or of an argument.
"""
_ENDS = {
    "length": "The answer was cut off: the model ran out of the tokens it may use.",
    "content_filter": "The host held the answer back by its content filter.",
}


class Read(msgspec.Struct, frozen=True):
    """An answer as it can be used. `value` is shared: nobody may change it in place."""

    text: str
    value: Json = None
    trouble: str = ""
    """Why it cannot be used, in a sentence."""


def read_reply(reply: Reply, schema: str = "") -> Read:
    """The usable part of a reply; with a schema its value, where the text is exactly one that fits."""
    text = drop_thoughts(reply.text)
    if reply.refusal:
        return Read(text, trouble=f"The model declined: {_shorten(reply.refusal)}")
    if trouble := _ENDS.get(reply.finish):
        return Read(text, trouble=trouble)
    if not text.strip():
        return Read(text, trouble="The answer is empty.")
    return read_value(text, schema) if schema else Read(text)


def read_value(text: str, schema: str) -> Read:
    """The one JSON value of a text, held against its schema; a fence around the whole is no part of it."""
    parsed = parse_strict(unwrap(text))
    if parsed.value is UNSET or parsed.faults:
        return Read(text, trouble=f"The answer is not one JSON value. {parsed.faults[0].sentence}")
    errors = compile_schema(schema).errors(parsed.value)
    if errors:
        place = errors[0].pointer or "the whole"
        return Read(text, trouble=f"The answer does not fit what was asked for: {place} {errors[0].message}.")
    return Read(text, parsed.value)


def unwrap(text: str) -> str:
    """The text without a fence of Markdown around all of it."""
    stripped = text.strip()
    begins = _FENCE_BEGINS.match(stripped)
    if begins is None or not stripped.endswith(_FENCE, begins.end()):
        return stripped
    return stripped[begins.end() : -len(_FENCE)].rstrip(" \t").removesuffix("\n")


def drop_thoughts(text: str) -> str:
    """Some servers hand out what a model thought ahead of its answer, cut or not: that was said to nobody."""
    if "think>" not in text:
        return text
    end = 0
    while found := _THOUGHT.match(text, end) or _REST_OF_THOUGHT.match(text, end):
        end = found.end()
    return text[end:]


def restore_thought(asked: str, reply: Reply) -> Reply:
    """The reply with the opening tag that its prompt ends with, where the thought is seen: closed later, or cut."""
    is_thought = asked.rstrip().endswith(_OPENING) and (_CLOSING in reply.text or reply.is_cut)
    return msgspec.structs.replace(reply, text=_OPENING + reply.text) if is_thought else reply


def _shorten(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= MOST_WORDS else f"{line[: MOST_WORDS - 1]}…"
