"""Calls of the wrong one of two tools that take the same."""

from __future__ import annotations

from functools import lru_cache

from curation.gates.doubts.contract import Doubted, asked_before, learnt_calls
from curation.gates.doubts.words import LITTLE, SHORTEST, is_wanted, plain_request, since_change, without_conditions
from curation.rules.effects import words_of
from curation.rules.offer import OfferedTool
from curation.rules.row import CallView, Row
from curation.rules.tool_meaning import plain_form


def doubt_tool(row: Row) -> Doubted | None:
    """Another tool that takes the same is named by the request, and the one that is called is not."""
    called = {call.name for call in row.calls}
    for call in learnt_calls(row):
        asked = plain_request(" ".join(since_change(asked_before(call, row))))
        for other in row.offer.tools if call.tool is not None and asked else ():
            if other.name not in called and _could_take(other, call) and (word := _named_word(call.tool, other, asked)):
                told = f"The request says “{word}”, which `{other.name}` is for, and `{call.name}` is called."
                return Doubted("wrong_tool", told)
    return None


def _named_word(tool: OfferedTool | None, other: OfferedTool, asked: str) -> str:
    """A word of the other tool's name that the request says, where it says less of this tool's."""
    if tool is None:
        return ""
    own, their = _words(tool.name or ""), _words(other.name or "")
    said_of_own, said_of_their = _said_of(own, asked), _said_of(their, asked)
    only_own = (own | _words(tool.view.description or "")) - their - _words(other.view.description or "")
    if _share(said_of_own, own) >= _share(said_of_their, their) or _said_of(only_own, asked):
        return ""
    outright = without_conditions(asked)
    return min((word for word in said_of_their - own if is_wanted(word, outright)), default="")


def _said_of(words: frozenset[str], asked: str) -> frozenset[str]:
    return frozenset(word for word in words if is_wanted(word, asked))


def _share(said: frozenset[str], words: frozenset[str]) -> float:
    return len(said) / len(words) if words else 0.0


def _could_take(other: OfferedTool, call: CallView) -> bool:
    """Whether the other tool could be called with the same: then only the request's words tell them apart."""
    given = (call.arguments or {}).keys()
    return bool(given) and set(other.required) <= given and given <= set(other.properties)


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    # A name's words hang together: `getRepository` has two.
    plain = (plain_form(word) for word in words_of(text))
    return frozenset(word for word in plain if len(word) >= SHORTEST and word not in LITTLE)
