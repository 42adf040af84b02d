"""Call ids of exactly nine letters or digits, as Mistral wants them, made from the ids an example has.

`call_7` becomes `call00007` and is read back as `call_7`. An id that has the form already stays, any other becomes the
start of its digest, so the same id is the same in every row.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_FORM = re.compile(r"[A-Za-z0-9]{9}")
_NUMBERED = re.compile(r"call_(0|[1-9]\d{0,4})", re.ASCII)
_PADDED = re.compile(r"call(\d{5})", re.ASCII)


def has_form(call_id: str) -> bool:
    """Whether Mistral takes an id as it is."""
    return _FORM.fullmatch(call_id) is not None


def read_id(given: str) -> str:
    """The id of a call as we number calls, where it is one of those; any other as it is."""
    match = _PADDED.fullmatch(given)
    return f"call_{int(match.group(1))}" if match else given


def make_ids(ids: Iterable[str]) -> dict[str, str]:
    """An id of the form for each id of a conversation, no two the same."""
    wanted = {call_id: _translate(call_id) for call_id in ids}
    exact = {call_id: new for call_id, new in wanted.items() if new is not None and read_id(new) == call_id}
    taken = set(exact.values())
    for call_id, new in wanted.items():
        if call_id not in exact:
            exact[call_id] = new if new is not None and new not in taken else _digest(call_id, taken)
            taken.add(exact[call_id])
    return exact


def _translate(call_id: str) -> str | None:
    if match := _NUMBERED.fullmatch(call_id):
        return f"call{int(match.group(1)):05}"
    return call_id if has_form(call_id) else None


def _digest(call_id: str, taken: set[str]) -> str:
    text = call_id
    while (new := hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:9]) in taken:
        text += "+"
    return new
