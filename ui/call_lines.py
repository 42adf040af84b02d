"""Arguments and results as people read them: one line a key, names padded to one column, long values cut."""

from __future__ import annotations

import json
import unicodedata

from curation.model.values import Json

MAX_VALUE = 400
MAX_SHOWN = 3
_FROM_THE_LEFT = "\u200e"


def call_lines(text: str) -> str:
    """Arguments as `name: value` lines; text that is no JSON object stays exactly as it is."""
    value = _parsed(text)
    if not isinstance(value, dict):
        return text
    width = max((len(name) for name in value), default=0) + 1
    return "\n".join(f"{name + ':':<{width}} {_short(one)}" for name, one in value.items())


def result_summary(text: str) -> str:
    """One line about a result: its first short values under their names, and how many fields stay unsaid."""
    value = _parsed(text)
    if isinstance(value, dict):
        shown = [_held(f"{name} {_said(one)}") for name, one in value.items() if _is_short(one)][:MAX_SHOWN]
        n_more = len(value) - len(shown)
        more = f"{n_more} {'more ' if shown else ''}field{'' if n_more == 1 else 's'}"
        return " · ".join([*shown, more] if n_more or not shown else shown)
    if isinstance(value, list):
        return f"list of {len(value)}"
    return text


def _held(part: str) -> str:
    """A part that a text from the right ends: a mark keeps what follows from being drawn in front of it."""
    is_from_the_right = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in part)
    return f"{part}{_FROM_THE_LEFT}" if is_from_the_right else part


def _is_short(value: Json) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _said(value: Json) -> str:
    """A text as it reads, anything else as JSON writes it."""
    return value if isinstance(value, str) else _dump(value)


def _parsed(text: str) -> Json:
    try:
        return json.loads(text, parse_float=_Exact, parse_int=_Exact, object_pairs_hook=_refuse_doubles)
    except (ValueError, RecursionError):
        return None


def _refuse_doubles(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """A doubled key would vanish from the lines; such text is shown as it stands."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("doubled key")
    return value


class _Exact(float):
    """A number that shows the digits it was written with."""

    def __new__(cls, digits: str) -> _Exact:
        made = super().__new__(cls, digits)
        made.digits = digits
        return made

    digits: str

    def __str__(self) -> str:
        return self.digits


def _short(value: Json) -> str:
    if isinstance(value, list) and len(value) > 12:
        return f"[ {len(value)} items ]"
    if isinstance(value, _Exact):
        return value.digits
    text = _dump(value)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


def _dump(value: Json) -> str:
    """JSON with every number as it was written."""
    if isinstance(value, _Exact):
        return value.digits
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_dump(key)}: {_dump(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_dump(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
