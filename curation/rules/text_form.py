"""Checks of characters in texts, names and arguments: what nobody sees, and what only looks right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from curation.model.finding import Fix, Severity
from curation.rules.hints import quote
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row, Turn
from curation.targets import TARGETS

_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
"""A black flag and letters that nobody sees are the flag of a region, such as Scotland's."""
_INVISIBLE = re.compile(f"({_FLAG})|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")  # fmt: skip  # noqa: E501
_JOINERS = re.compile(
    "(?<![\u0600-\u06ff\u0900-\u0dff\ufe0f\U0001f000-\U0001faff\u2600-\u27bf])[\u200c\u200d](?![\u0600-\u06ff])"
    "|(?<![\u0590-\u08ff\ufb1d-\ufefc])[\u200e\u200f](?![\u0590-\u08ff\ufb1d-\ufefc])"
)
_MARKUP = re.compile(
    r"</?tool_call>|</?tool_response>|<function=[\w.-]+>|<\|python_tag\|>|\[TOOL_CALLS\]|<functioncall>|<tool▁call"
)
_CONTROL = re.compile(
    r"<\|(?:im_start|im_end|endoftext|begin_of_text|end_of_text|start_header_id|end_header_id|eot_id|eom_id|system|user|assistant|end|channel|message|call|return)\|>"
    r"|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|<｜(?:User|Assistant|begin▁of▁sentence|end▁of▁sentence)｜>"
)
_FURTHER_TOKENS = frozenset(
    token for target in TARGETS.values() if target.control_tokens for token in target.control_tokens.value
)
_LATIN_LOOKALIKE = frozenset("АВЕКМНОРСТУХаеорсухіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοναρ")


@rule("U02", scope="call", severity=Severity.WARNING, waivable=True)
def invisible_character(call: CallView, _row: Row) -> Found:
    """An invisible character stands in an argument or a name.

    Zero-width and direction marks are copied from web pages. Nobody sees them, the tool does not find the value,
    and the model learns to write them.

    Bad: `"pa\\u200bris"`

    Good: `"paris"`
    """
    text = call.text
    if not text or (text.isascii() and "\\u" not in text):
        return None
    hits = []
    for pointer, value in call.leaves:
        if type(value) is str and not value.isascii() and is_tainted(value):
            clean = _JOINERS.sub("", _INVISIBLE.sub(r"\1", value))
            at = call.arguments_at + pointer
            code = f"U+{ord(min(_find_invisible(value))[1]):04X}"
            message = f"The value holds the invisible character {code}; remove it."
            hits.append(Hit(at, message, {"value": value[:200]}, Fix("Remove it", at, quote(clean))))
    return hits or None


def is_tainted(text: str) -> bool:
    """Whether a text holds invisible characters that no script needs."""
    return any(True for _ in _find_invisible(text))


def _find_invisible(text: str) -> Iterator[tuple[int, str]]:
    """The characters that nobody sees and nothing needs, each behind its place."""
    yield from ((found.start(), found.group()) for found in _INVISIBLE.finditer(text) if not found[1])
    yield from ((found.start(), found.group()) for found in _JOINERS.finditer(text))


@rule("U03", scope="tool")
def confusable_letter(tool: OfferedTool) -> Found:
    """A name mixes Latin letters with letters of another script that look the same.

    `cancel` with a Cyrillic a is another name: every call that is written in plain letters fails.

    Bad: `c\u0430ncel_order`, with the Cyrillic letter

    Good: `cancel_order`
    """
    hits = []
    base = "/function" if tool.view.wrapped else ""
    for at, name in [(base + "/name", tool.name or ""), *_argument_names(tool, base)]:
        letters = [] if name.isascii() else [c for c in name if c in _LATIN_LOOKALIKE]
        if letters and any(c.isascii() and c.isalpha() for c in name):
            letter = unicodedata.name(letters[0], "another letter").lower()
            hits.append(Hit(at, f"The name `{name[:60]}` holds a {letter}; type it anew.", {"name": name[:200]}))
    return hits or None


def _argument_names(tool: OfferedTool, base: str) -> list[tuple[str, str]]:
    return [
        (f"{base}/parameters/properties/{key.replace('~', '~0').replace('/', '~1')}", key) for key in tool.properties
    ]


@rule("X05", scope="text", severity=Severity.WARNING, waivable=True)
def control_token(text: str, turn: Turn, _row: Row) -> Found:
    """A text holds a control token of a chat template.

    Templates print it as it is, the tokenizer reads it as the end of the turn or the start of another, and the
    row falls apart.

    Bad: `Please continue.<|im_end|>`

    Good: `Please continue.`
    """
    if "<" not in text and "[" not in text:
        return None
    found = _CONTROL.search(text)
    token = found.group() if found else _further_token(text) or _end_of_text(text)
    if token is None:
        return None
    fix = Fix("Remove it", turn.at + "/content", quote(text.replace(token, "")))
    return Hit(turn.at + "/content", f"The text holds the control token `{token}`; remove it.", {"token": token}, fix)


def _further_token(text: str) -> str | None:
    """The first in the text: the order of a set differs from process to process, and a waiver holds for one token."""
    places = [(text.find(token), token) for token in _FURTHER_TOKENS if token in text] if "<|" in text else []
    return min(places)[1] if places else None


def _end_of_text(text: str) -> str | None:
    """The end mark of older families; with a `<s>` before it, it is mostly the markup of struck-out text."""
    return "</s>" if "</s>" in text and "<s>" not in text else None


@rule("X06", scope="text", severity=Severity.WARNING, waivable=True)
def call_markup(text: str, turn: Turn, _row: Row) -> Found:
    """A text holds the markup of a tool call.

    The call was meant as a call and was left in the text, or a model's raw output was pasted. The template prints
    it as prose, and the model learns to write calls that nobody runs.

    Bad: `<tool_call>{"name": "search", …}</tool_call>` as content

    Good: the same call in `tool_calls`
    """
    if "<" not in text and "[T" not in text:
        return None
    found = _MARKUP.search(text)
    if found is None:
        return None
    message = f"The text holds the call markup `{found.group()}`; write the call as a tool call."
    return Hit(turn.at + "/content", message, {"markup": found.group()})
