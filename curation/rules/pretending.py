"""The check that an answer without a call does not look like one, or speak of tools that are not there."""

from __future__ import annotations

import re

from curation.model.finding import Severity
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row, Turn

_AS_JSON = re.compile(
    r'\{\s*"(?:name|function|function_name|tool|tool_name|action|api)"\s*:\s*"(?P<name>[\w.:-]{2,64})"\s*,\s*'
    r'"(?:arguments|parameters|args|input|inputs|action_input|params)"\s*:'
)
_AS_STEPS = re.compile(r"^[^\S\n]*+Action\s*+:\s*+(?P<name>[\w.:-]{2,64})[^\S\n]*+\n\s*+Action Input\s*:", re.MULTILINE)
_AS_CODE = re.compile(
    r"\b(?P<name>[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]+[A-Z]\w+)\((?:[^()\n]{0,200}[=:]\s*)?[\"'\d{\[][^()\n]{0,300}\)"
)
_NAMED = re.compile(
    r"(?:\b(?:use|using|used|call|calling|called|run|running|ran|invoke|invoking|invoked|with|via)(?: the| my| our)?"
    r"|\b(?:mit|über)(?: dem| der| meinem)?|(?:使用|调用|通过)(?:了)?)\s*[`'\"“]?"
    r"(?P<name>[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]+[A-Z]\w+)[`'\"”]?\s*(?:tool|function|API|Tool|Werkzeug|Funktion|工具|函数|接口)"
)


@rule("N06", scope="language", severity=Severity.WARNING, waivable=True)
def pretended_tool(row: Row) -> Found:
    """An answer writes a call as text, or speaks of a tool that is not offered.

    Nobody runs a call that stands in the text, and nobody has a tool that only the answer knows. The model learns to
    pretend. Make the call a tool call, or say plainly that it cannot be done.

    Bad: `{"name": "send_fax", "arguments": {…}}` as the answer's text

    Good: "I cannot send a fax."
    """
    hits = []
    for turn in row.assistant_turns:
        if turn.text and not turn.calls:
            found = _find(turn, turn.text, row)
            if found is not None:
                hits.append(found)
    return hits or None


def _find(turn: Turn, text: str, row: Row) -> Hit | None:
    at = turn.at + "/content"
    if '"' in text or "Action" in text:
        written = _AS_JSON.search(text) or _AS_STEPS.search(text)
        if written is not None and not _is_quoted(written, row, turn):
            return _written(at, written.group("name"))
    if "(" in text and row.offer.by_name:
        for code in _AS_CODE.finditer(text):
            if code.group("name") in row.offer.by_name and not _is_quoted(code, row, turn):
                return _written(at, code.group("name"))
    named = _NAMED.search(text)
    if named is None or row.offer.same_but_form(named.group("name")) or not row.offer.is_listed:
        return None
    name = named.group("name")
    if any(name in (other.text or "") for other in row.turns[: turn.index]):
        return None
    message = f"The answer speaks of the tool `{name}`, which is not offered; say that it cannot be done, or offer it."
    return Hit(at, message, {"tool": name})


def _written(at: str, name: str) -> Hit:
    return Hit(at, f"The answer writes a call of `{name}` as text; make it a tool call.", {"tool": name})


def _is_quoted(found: re.Match[str], row: Row, turn: Turn) -> bool:
    """Whether the user brought this very code up, so that the answer only speaks of it."""
    name = found.group("name")
    return any(name in (other.text or "") for other in row.turns[: turn.index] if other.role == "user")
