"""Calls of the wrong one of two tools that take the same."""

from __future__ import annotations

from functools import lru_cache

from curation.gates.doubts.contract import Doubted, asked_before, learnt_calls
from curation.gates.doubts.words import LITTLE, SHORTEST, WORD, is_wanted
from curation.rules.effects import words_of
from curation.rules.offer import OfferedTool
from curation.rules.row import CallView, Row
from curation.rules.tool_meaning import plain_form


def doubt_tool(row: Row) -> Doubted | None:
    """Another tool that takes the same is named by the request, and the one that is called is not."""
    called = {call.name for call in row.calls}
    for call in learnt_calls(row):
        asked = " ".join(asked_before(call, row))
        for other in row.offer.tools if call.tool is not None and asked else ():
            if other.name not in called and _could_take(other, call) and (word := _named_word(call.tool, other, asked)):
                told = f"The request says “{word}”, which `{other.name}` is for, and `{call.name}` is called."
                return Doubted("wrong_tool", told)
    return None


def _named_word(tool: OfferedTool | None, other: OfferedTool, asked: str) -> str:
    """A word of the other tool's name that the request says, where it says none of this tool's own."""
    if tool is None:
        return ""
    (own_name, own_rest), (their_name, _) = _only_of(tool, other), _only_of(other, tool)
    if any(is_wanted(word, asked) for word in (*own_name, *own_rest)):
        return ""
    return next((word for word in sorted(their_name) if is_wanted(word, asked)), "")


def _could_take(other: OfferedTool, call: CallView) -> bool:
    """Whether the other tool could be called with the same: then only the request's words tell them apart."""
    given = (call.arguments or {}).keys()
    return bool(given) and set(other.required) <= given and given <= set(other.properties)


def _only_of(tool: OfferedTool, other: OfferedTool) -> tuple[frozenset[str], frozenset[str]]:
    """Words of a tool's name, and of its description, that the other tool has nowhere."""
    theirs = _words(other.name or "") | _words(other.view.description or "")
    return _words(tool.name or "") - theirs, _words(tool.view.description or "") - theirs


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    words = (*words_of(text), *(word.lower() for word in WORD.findall(text)))
    return frozenset(
        plain_form(word) for word in words if len(word) >= SHORTEST and word not in LITTLE and "_" not in word
    )
