"""Objects in a text that were meant as calls, in whatever order their keys stand and whatever is missing of them.

They are searched for keys and not parsed: the ones that matter are broken, cut, or stand among words.
"""

from __future__ import annotations

import re

_KEY = re.compile(r"""["'](?:name|tool|function|action)["']\s*+:""")
_TOKEN = re.compile(
    r"""
      [{}]
    | ["'](?P<key>name|tool|function|action|parameters)["']\s*+:
      (?:\s*+["'](?P<value>[^"'\n]++)(?P<end>["']|\Z))?
    """,
    re.VERBOSE,
)
_FIRST_KEY = re.compile(r"""\{\s*+["']([^"'\n]++)["']\s*+:""")
_OFFERED = "offered"
"""Stands among the keys of an object that names an offered tool."""


def find_call_object(text: str, offered: frozenset[str]) -> str | None:
    """What makes an object in the text look like a call, in words; None when nothing does. One walk over the text."""
    named = next((found[1] for found in _FIRST_KEY.finditer(text) if found[1] in offered), None)
    if named is not None:
        return f"an object with the key `{named}`"
    return _find_named(text, offered) if _KEY.search(text) else None


def _find_named(text: str, offered: frozenset[str]) -> str | None:
    """The first object that names an offered tool, or has a name and parameters, wherever these stand in it."""
    depth, seen = 0, dict[int, set[str]]()
    for found in _TOKEN.finditer(text):
        if found["key"]:
            seen.setdefault(depth, set()).update(_keys_in(found, offered))
        elif found[0] == "{":
            depth += 1
        elif depth in seen and (sign := _sign_of(seen.pop(depth))):
            return sign
        else:
            depth = max(0, depth - 1)
    # Keys outside all braces are those of an object only where a brace closes it: its beginning is cut off.
    return next((sign for at, keys in seen.items() if at and (sign := _sign_of(keys))), None)


def _keys_in(found: re.Match[str], offered: frozenset[str]) -> set[str]:
    """The key, and whether its value is the name of an offered tool, or the beginning of one where the text ends."""
    value, is_cut = found["value"] or "", found["end"] == ""
    is_offered = any(name.startswith(value) for name in offered) if is_cut else value in offered
    return {found["key"], _OFFERED} if is_offered and found["key"] != "parameters" else {found["key"]}


def _sign_of(keys: set[str]) -> str | None:
    if _OFFERED in keys:
        return "an object that names a tool of this row"
    name = next((key for key in ("name", "tool") if key in keys), None)
    return f"an object with the keys `{name}` and `parameters`" if name and "parameters" in keys else None
