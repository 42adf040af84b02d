"""Checks for what must not leave a team in training data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from curation.model.finding import Severity
from curation.model.values import Exact, Json
from curation.reading.strict import parse_strict
from curation.rules.credential_forms import (
    find_credential,
    is_credential_name,
    is_placeholder,
    is_setting,
    is_token,
    may_hold_credential,
    part_words,
)
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row, Turn, text_of
from curation.schemas.pointers import escape_step

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|api[-_]?key|access[-_]?token|private[-_]?key|client[-_]?secret)$",
    re.IGNORECASE,
)
_NAMES_OF_NAMES = ("name", "key", "header")
"""Keys under which logs hold the name of what stands beside under `value`."""
_GIVEN = ("default", "const")
"""Keys of a schema whose value is taken for the argument; examples are mostly made up, and only their form tells."""


@rule("S01", scope="row", severity=Severity.WARNING, waivable=True)
def credential(row: Row) -> Found:
    """A text, an argument, a tool or another key of the row holds a credential.

    What is trained on can be drawn out again, and files travel. Replace keys, tokens and passwords by made-up ones
    that are plainly false, and revoke real ones. A placeholder is none: `<token>`, `sk-...`, `****`, `{{API_KEY}}`.

    Bad: `"api_key": "sk-…"` with a real key

    Good: `"api_key": "EXAMPLE-KEY"`, or the argument filled in by the program instead of the model
    """
    hits: list[Hit] = []
    if may_hold_credential(row.blob):
        for turn in row.turns:
            said = text_of(turn.message.content)
            if said and (found := find_credential(said)) is not None:
                hits.append(_hit(turn.at + "/content", found))
        for call in row.calls:
            hits += find_argument_secrets(call) or ()
    hits += _find_beside(row)
    for index, tool in enumerate(row.offer.tools):
        hits += [_hit(f"/tools/{index}{one.at}", one.text) for one in find_in_tool(tool)]
    return hits or None


class Secret(NamedTuple):
    """A credential and where it stands inside a text of JSON."""

    at: str
    text: str


def find_argument_secrets(call: CallView) -> list[Hit] | None:
    """Credentials in arguments: by their form, or by the argument's name."""
    if not call.arguments:
        found = find_credential(call.text) if call.text else None
        return [_hit(call.arguments_at, found)] if found is not None else None
    hits = None
    for pointer, value in call.leaves:
        if type(value) is not str:
            continue
        found = find_credential(value) or (value if _is_named_secret(pointer, value) else None)
        if found is not None:
            hits = hits or []
            hits.append(_hit(call.arguments_at + pointer, found))
    return hits


def _is_named_secret(pointer: str, value: str) -> bool:
    name = part_words(pointer.rpartition("/")[2])
    return _SECRET_NAME.search(name) is not None and not is_placeholder(value)


# -- beside the conversation ---------------------------------------------------------------------------------------


def _find_beside(row: Row) -> list[Hit]:
    """Credentials under the keys that nothing reads, and in contents that are lists of parts."""
    hits: list[Hit] = []
    if row.example.extra:
        hits += _find_in_keys(row.example.extra, "")
    for turn in row.turns:
        message = turn.message
        if message.extra or message.label is not None or type(message.content) is Exact:
            hits += _find_beside_turn(turn)
    for call in row.calls:
        given = call.call
        if given.extra or given.function_extra:
            hits += _find_in_keys(given.extra, call.at)
            hits += _find_in_keys(given.function_extra, call.at + "/function")
    return hits


def _find_beside_turn(turn: Turn) -> Iterator[Hit]:
    message = turn.message
    yield from _find_in_keys(message.extra, turn.at)
    if message.label is not None:
        yield from _find_in_keys(message.label.extra, turn.at + "/label")
    if isinstance(message.content, Exact):
        yield from _find_in_keys({"content": message.content.json}, turn.at)


def _find_in_keys(keys: dict[str, str], at: str) -> Iterator[Hit]:
    for key, source in keys.items():
        if _may_hold(source) or may_hold_credential(key):
            for found in find_secrets(source, key):
                yield _hit(f"{at}/{escape_step(key)}{found.at}", found.text)


def _may_hold(source: str) -> bool:
    """The same for JSON, where addresses may be escaped."""
    return may_hold_credential(source) or "\\/" in source


def find_secrets(source: str, name: str = "") -> Iterator[Secret]:
    """Credentials in a value as JSON that goes by a name: by their form, or by the names they go by."""
    for leaf in _walk(parse_strict(source).value, "", name):
        if (found := find_credential(leaf.text) or _take_named(leaf)) is not None:
            yield Secret(leaf.at, found)


class _Leaf(NamedTuple):
    """One text inside a value."""

    at: str
    name: str
    """The name it goes by; that of the list for what stands in one."""
    text: str


def _take_named(leaf: _Leaf) -> str | None:
    """The text of a leaf whose name says that it is a credential."""
    is_secret = is_credential_name(leaf.name) and not is_setting(leaf.text) and not is_placeholder(leaf.text)
    return leaf.text if is_secret else None


def _walk(value: Json, at: str, name: str) -> Iterator[_Leaf]:
    """Every text inside a value, in order; its own stack, so that no depth exhausts Python's."""
    stack = [(value, at, name)]
    while stack:
        value, at, name = stack.pop()
        if type(value) is str:
            yield _Leaf(at, name, value)
        elif type(value) is list:
            is_pair = len(value) == 2 and type(value[0]) is str and name.lower().endswith("headers")
            inner = value[0] if is_pair else name
            stack += [(one, f"{at}/{n}", inner if n else name) for n, one in reversed(tuple(enumerate(value)))]
        elif type(value) is dict:
            beside = next((value[one] for one in _NAMES_OF_NAMES if type(value.get(one)) is str), "")
            stack += [
                (one, f"{at}/{escape_step(key)}", beside if key == "value" and beside else key)
                for key, one in reversed(value.items())
            ]


# -- tools ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def find_in_tool(tool: OfferedTool) -> tuple[Secret, ...]:
    """The credentials in one definition, kept: rows share their tools."""
    if not _may_hold(tool.definition.text):
        return ()
    found = []
    for leaf in _walk(tool.view.value, "", ""):
        text = find_credential(leaf.text) or (_take_given(leaf) if leaf.name in _GIVEN else None)
        if text is not None:
            found.append(Secret(leaf.at, text))
    return tuple(found)


def _take_given(leaf: _Leaf) -> str | None:
    """What a schema gives for an argument whose name says that it is a credential."""
    owner = leaf.at.split("/")[-2]
    return leaf.text if _is_named_secret(owner, leaf.text) and not is_setting(leaf.text) else None


def _hit(at: str, secret: str) -> Hit:
    """The secret itself appears nowhere in the finding, only its digest, by which a waiver knows it again."""
    reason = f"begins with `{secret[:4]}`" if is_token(secret) else "stands where secrets stand"
    message = f"This looks like a credential: it {reason}; replace it, and revoke it if it is real."
    return Hit(at, message, {"digest": hashlib.sha256(secret.encode("utf-8", "backslashreplace")).hexdigest()[:16]})
