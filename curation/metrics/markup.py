"""Calls that stand in plain text: whole ones are read, broken ones are recognised.

A model that answers natively should call through its message. Some write the call into the text instead: in Hermes
markup, as one JSON object, or so damaged that nothing can be read. The last kind must never pass for an abstention.
"""

from __future__ import annotations

import json
import re

from curation.model.values import Json
from curation.reading.strict import Parsed, parse_strict

AMBIGUOUS = frozenset({"J05", "J06", "J07"})
"""Faults that leave a value whose meaning depends on the reader: doubled keys, NaN and Infinity."""

_MARKUP = re.compile(
    r"</?tool_calls?\b|<function(?:=|_call|\s+name)|\[TOOL_CALLS?\]|<\|python_tag\|>|<\|tool_call|<｜tool▁call",
    re.IGNORECASE,
)
_ARGUMENTS_KEY = re.compile(r"""["']arguments["']\s*:""")
_TOOL_KEY = re.compile(r"""\{\s*["']?tool["']?\s*:""")
_NAME_KEY = re.compile(r"""\{\s*["']?name["']?\s*:""")
_CODE_START = re.compile(r"\[?\s*([\w.-]+)\(")
_CALL_KEYS = frozenset({"name", "tool", "arguments", "parameters", "id", "type"})
LOOKED_AT = 100_000
"""Characters of a text that are searched for markup."""

TextCall = tuple[str, str]
"""Name and JSON text of the arguments."""


def is_ambiguous(parsed: Parsed) -> bool:
    """Whether two readers could take the text for two different values."""
    return any(fault.code in AMBIGUOUS for fault in parsed.faults)


def read_text_calls(text: str, offered: frozenset[str]) -> list[TextCall] | str | None:
    """Calls in a text that holds nothing else; a sentence for a broken call; None for ordinary text."""
    text = text.strip()[:LOOKED_AT]
    whole = _read_hermes(text) or _read_object(text)
    if whole:
        return whole
    sign = _find_sign(text, offered)
    return f"The text looks like a call that cannot be read: it contains {sign}." if sign else None


def _read_hermes(text: str) -> list[TextCall] | None:
    """Calls in `<tool_call>` blocks, provided every block can be read; text before and between them is allowed."""
    before, *blocks = text.split("<tool_call>")
    calls: list[TextCall] = []
    rest = before
    for block in blocks:
        body, closing, after = block.partition("</tool_call>")
        call = _as_call(body) if closing else None
        if call is None:
            return None
        calls.append(call)
        rest += after
    return None if _find_sign(rest, frozenset()) else calls


def _read_object(text: str) -> list[TextCall] | None:
    """The text as one JSON object with a name and arguments, nothing around it."""
    call = _as_call(text) if text.startswith("{") else None
    return [call] if call else None


def _as_call(text: str) -> TextCall | None:
    parsed = parse_strict(text)
    value = parsed.value
    if is_ambiguous(parsed) or not isinstance(value, dict) or not set(value) <= _CALL_KEYS:
        return None
    name, arguments = value.get("name", value.get("tool")), value.get("arguments", value.get("parameters"))
    if not isinstance(name, str):
        return None
    if isinstance(arguments, str):
        return name, arguments
    return (name, json.dumps(arguments)) if isinstance(arguments, dict) else None


def _find_sign(text: str, offered: frozenset[str]) -> str | None:
    """What makes a text look like a call, in words; None when nothing does."""
    markup = _MARKUP.search(text)
    if markup:
        return f"the markup `{markup.group()}`"
    if _ARGUMENTS_KEY.search(text):
        return "the key `arguments`"
    if _TOOL_KEY.search(text):
        return "an object with the key `tool`"
    if any(_is_call_like(text, found.start(), offered) for found in _NAME_KEY.finditer(text)):
        return "an object with the key `name`"
    return "a call written as code" if _is_code_call(text, offered) else None


def _is_call_like(text: str, start: int, offered: frozenset[str]) -> bool:
    """Whether an object that opens with `name` is a call or a piece of one, and not simply data with a name in it."""
    value = _object_at(text, start)
    return value is None or value.get("name") in tuple(offered) or "parameters" in value


def _object_at(text: str, start: int) -> dict[str, Json] | None:
    """The JSON object that starts there; None when it is not one."""
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_code_call(text: str, offered: frozenset[str]) -> bool:
    """Whether the whole text is `name(…)`, possibly in square brackets, with an offered name."""
    found = _CODE_START.match(text)
    return bool(found and found.group(1) in offered and text.rstrip("] \n").endswith(")"))
