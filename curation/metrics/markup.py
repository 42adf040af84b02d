"""Calls that stand in plain text: whole ones are read, broken ones are recognised.

A model that answers natively should call through its message. Some write the call into the text instead: in Hermes
markup, as one JSON object or a list of these, or so damaged that nothing can be read. The last kind must never pass
for an abstention.
"""

from __future__ import annotations

import json
import re

from curation.metrics.call_objects import find_call_object
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
    whole = _read_hermes(text) or _read_values(text)
    if whole:
        return whole
    sign = _find_sign(text, offered) or _find_escaped_sign(text, offered)
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


def _read_values(text: str) -> list[TextCall] | None:
    """The text as one JSON object with a name and arguments, or as a list of these, nothing around it."""
    if not text.startswith(("{", "[")):
        return None
    parsed = parse_strict(text)
    values = parsed.value if isinstance(parsed.value, list) else [parsed.value]
    calls = [call for call in map(_open_call, values) if call]
    return None if is_ambiguous(parsed) or len(calls) < len(values) else calls


def _as_call(text: str) -> TextCall | None:
    parsed = parse_strict(text)
    return None if is_ambiguous(parsed) else _open_call(parsed.value)


def _open_call(value: Json) -> TextCall | None:
    if not isinstance(value, dict) or not set(value) <= _CALL_KEYS:
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
    if _has_call_like(text, offered):
        return "an object with the key `name`"
    return find_call_object(text, offered) or ("a call written as code" if _is_code_call(text, offered) else None)


def _find_escaped_sign(text: str, offered: frozenset[str]) -> str | None:
    """The same for a call encoded once too often, as a JSON text of a JSON text."""
    return _find_sign(text.replace('\\"', '"'), offered) if '\\"' in text else None


def _has_call_like(text: str, offered: frozenset[str]) -> bool:
    """Whether an object that opens with `name` is a call or a piece of one, and not simply data with a name in it.

    What lies in an object that was read is not read once more: many in each other would take minutes.
    """
    end = 0
    for found in _NAME_KEY.finditer(text):
        if found.start() < end:
            continue
        value, end = _object_at(text, found.start())
        if value is None or value.get("name") in tuple(offered) or "parameters" in value:
            return True
    return False


def _object_at(text: str, start: int) -> tuple[dict[str, Json] | None, int]:
    """The JSON object that starts there and where it ends; None when it is not one."""
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start
    return (value, end) if isinstance(value, dict) else (None, start)


def _is_code_call(text: str, offered: frozenset[str]) -> bool:
    """Whether the whole text is `name(…)`, possibly in square brackets, with an offered name."""
    found = _CODE_START.match(text)
    return bool(found and found.group(1) in offered and text.rstrip("] \n").endswith(")"))
