"""The check for commands in arguments that destroy what they reach: shell, SQL, and paths out of their folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.model.finding import Severity
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row

_SIGNS = (
    "rm -", "mkfs", " if=", "| sh", "|sh", "| sudo", "| bash", "|bash", "bash -i", "chmod ", ":(){", "/dev/sd", "del /",
    "ormat ", "emove-Item", "../..", "..\\\\..", "/etc/shadow", "/etc/passwd", ".ssh/",
    "DROP ", "drop ", "Drop ", "TRUNCATE ", "truncate ", "DELETE ", "delete ", "Delete ", "UPDATE ", "update ",
    "' OR ", "' or ", "'='", "UNION ", "union ", "xp_cmdshell",
)  # fmt: skip
_TOP = r"(?:bin|boot|etc|home|lib|opt|root|srv|sys|usr|var)"
_ROOT = rf"(?:/(?:\*|\s|$|{_TOP}(?:/?\*?)(?:\s|$))|~(?:/?\*?)(?:\s|$)|\$HOME\b(?!/\w)|\*(?:\s|$)|\.(?:\s|$))"
_FLAGS = r"(?:-\w+\s+|--[\w-]+\s+)*"
_BLANK = r"[^\S\n]*"
"""Not over line ends: every line is begun with anyhow, and a thousand empty ones would cost a million steps."""
_NAME = r"[\w.\"`\[\]]+"
_UPDATE = rf"{_BLANK}update\s+{_NAME}\s+set\s+(?=[\w\"`.]+\s*=)"
"""One that begins a line ends the look at the one before: no line is read again for each of those above it."""
_DELETES, _EVERYBODY, _BENDS = "deletes a whole tree of files", "opens all files to everybody", "bends its query"
_SHELL = (
    (rf"(?<!\s-)\brm\s++(?={_FLAGS}-\w*[rR]){_FLAGS}+[\"']?{_ROOT}", _DELETES),
    (r"\bmkfs(?:\.\w+)?\s+[^|;\n]{0,80}/dev/|\bdd\s+[^|;\n]{0,200}\bof=/dev/(?:sd|nvme|hd|disk)", "overwrites a disk"),
    (r">\s*/dev/sd[a-z]", "overwrites a disk"),
    (r":\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:", "starts programs without end"),
    (r"\b(?:curl|wget)\b[^|;&]{1,300}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b", "runs what it downloads unseen"),
    (r"\bbash\s+-i\s*>&?\s*/dev/tcp/", "opens the machine to another"),
    (rf"\bchmod\s+(?:-\w+\s+)*0?777\s+(?:-\w+\s+)*{_ROOT}", _EVERYBODY),
    (r"\bdel\s+(?:/[sqfSQF]\s+)+[a-zA-Z]:\\|\bformat\s+[a-zA-Z]:(?:\s|$)", "erases a drive"),
    (
        r"\bRemove-Item\b(?=[^|;]{0,200}-Recurse)[^|;]{0,200}\s[\"']?(?:[A-Z]:\\(?:\*|\s|$|Windows|Users)|/\s|~)",
        _DELETES,
    ),
)
_SQL = (
    (
        rf"(?:^|[;'\"(]){_BLANK}drop\s+(?:database|schema|table)\s+(?:if\s+exists\s+)?{_NAME}\s*(?:cascade\s*)?(?:;|--|$)",
        "drops its data",
    ),
    (rf"(?:^|[;'\"(]){_BLANK}truncate\s+table\s+{_NAME}\s*(?:;|--|$)", "empties a table"),
    (rf"(?:^|;){_BLANK}delete\s+from\s+{_NAME}\s*(?:;|--|\Z)", "deletes every row, for it has no condition"),
    (
        rf"(?:^|;){_UPDATE}(?:(?!\bwhere\b|^{_UPDATE})[^;])++(?:;|\Z)",
        "changes every row, for it has no condition",
    ),
    (r"'\s*or\s+(?:'?\d+'?\s*=\s*'?\d+|'[^']{0,20}'\s*=\s*'[^']{0,20})", _BENDS),
    (r"'\s*+(?:\)\s*+)?union\s+(?:all\s+)?select\b", _BENDS),
    (r"\bxp_cmdshell\b", "runs a program inside the database"),
)
_PATHS = (
    (r"(?<!\.\.[/\\])(?:\.\.[/\\]){2,}(?:etc|root|home|var|proc|windows|winnt|users|boot\.ini)\b", "leaves its folder"),
    (r"(?:^|[\s\"'=:])/etc/(?:shadow|passwd|sudoers)\b", "reaches the accounts of the machine"),
    (r"(?:^|/)\.ssh/(?:id_(?:rsa|dsa|ecdsa|ed25519)(?!\.pub)|authorized_keys)", "reaches the keys of a person"),
)
_DANGERS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), what) for pattern, what in (*_SHELL, *_SQL, *_PATHS)
)
_LONGEST = 20_000


@rule("S03", scope="language", severity=Severity.WARNING, waivable=True)
def dangerous_command(row: Row) -> Found:
    """An argument holds a command that destroys what it reaches.

    Trained on such calls, a model writes them when nobody expects it. Use a narrower command, a tool that asks
    first, or show the row as one that refuses. A command on a folder of its own, or a query with a condition, is not
    meant.

    Bad: `{"command": "rm -rf /"}`, `{"query": "DELETE FROM orders"}`

    Good: `{"command": "rm -r build/"}`, `{"query": "DELETE FROM orders WHERE id = 7"}`
    """
    hits = [hit for call in row.calls if call.text and _has_sign(call.text) for hit in _of_call(call)]
    return hits or None


def _of_call(call: CallView) -> Iterator[Hit]:
    for pointer, value in call.leaves:
        found = _find(value) if type(value) is str else None
        if found is not None:
            command, what = found
            message = f"{quote(command)[:80]} {what}; use a narrower command, or refuse."
            yield Hit(call.arguments_at + pointer, message, {"command": command[:200]})


def _has_sign(text: str) -> bool:
    """The cheap test that nearly every call passes."""
    return any(sign in text for sign in _SIGNS)


def _find(value: str) -> tuple[str, str] | None:
    if len(value) > _LONGEST:
        return None
    for pattern, what in _DANGERS:
        found = pattern.search(value)
        if found is not None:
            return found.group().strip(" ;\n\"'"), what
    return None
