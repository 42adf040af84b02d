"""What a merge asks of values: whether they are alike, which element is which, and how a person reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec import UNSET

from curation.model.definition import Definition
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.values import Arguments, Exact
from curation.reading.spans import find_members
from curation.reading.strict import parse_strict
from curation.services.text_fields import field_text

Item = TypeVar("Item")
_KNOWN = frozenset(
    [
        "messages",
        "tools",
        "tags",
        "group",
        "waivers",
        "acceptable",
        "role",
        "content",
        "tool_calls",
        "tool_call_id",
        "name",
        "weight",
        "label",
        "id",
        "type",
        "function",
        "arguments",
        "reason",
        "missing",
        "recovery",
        "order",
        "comparators",
    ]
)
"""Keys that stand among the unknown ones only where their value has an odd shape."""


def is_equal(one: object, other: object) -> bool:
    """Equality that tells true from 1 and 1 from 1.0, as JSON does."""
    return one == other and repr(one) == repr(other)


def take_undisputed(base: Item, mine: Item, theirs: Item) -> Item | None:
    """The one both agree on, or that only one of them changed; None where both changed it differently."""
    if is_equal(mine, theirs) or is_equal(mine, base):
        return theirs
    return mine if is_equal(theirs, base) else None


def is_odd(one: Example | Message | Call) -> bool:
    """Whether a known part has another shape than it should: such a thing is never taken apart."""
    odd = set(one.extra) | set(one.function_extra if isinstance(one, Call) else ())
    has_function = isinstance(one, Call) and one.function is not None
    return one.whole is not None or has_function or not odd.isdisjoint(_KNOWN)


def has_odd_label(*messages: Message) -> bool:
    """Whether a label has a known key of an odd shape."""
    return any(one.label is not None and not _KNOWN.isdisjoint(one.label.extra) for one in messages)


def is_same_turn(old: Message, new: Message) -> bool:
    """Whether one is the other, changed perhaps: the same role, and for a result the same call."""
    return old.role == new.role and (old.role != "tool" or old.tool_call_id == new.tool_call_id)


def is_same_call(old: Call, new: Call) -> bool:
    """Known by the id, else by the tool."""
    return old.id == new.id if field_text(old.id) else old.name == new.name


def is_same_tool(old: Definition, new: Definition) -> bool:
    """Known by the name."""
    return old.view.name is not None and old.view.name == new.view.name


def list_added(items: Sequence[Item], pairs: Mapping[int, int]) -> dict[int, list[Item]]:
    """Elements without a partner, by the gap of the base they stand in."""
    partners = {after: before for before, after in pairs.items()}
    found: dict[int, list[Item]] = {}
    gap = 0
    for i, item in enumerate(items):
        if i in partners:
            gap = partners[i] + 1
        else:
            found.setdefault(gap, []).append(item)
    return found


def unite(base: Sequence[Item], mine: Sequence[Item], theirs: Sequence[Item]) -> tuple[Item, ...]:
    """Marks without an order: what either added is in, what either took off is not."""
    if is_equal(mine, base):
        return tuple(theirs)
    kept = [one for one in theirs if one in mine or one not in base]
    return tuple(kept + [one for one in mine if one not in base and one not in theirs])


def read_members(text: str) -> dict[str, str] | None:
    """The members of a JSON object as exact text; None for anything else, and where a key stands twice."""
    parsed = parse_strict(text)
    if parsed.value is UNSET or not isinstance(parsed.value, dict):
        return None
    members = find_members(text) or ()
    found = {str(member.key): text[member.start : member.end] for member in members}
    return found if len(found) == len(members) else None


def text_of(value: object) -> str | None:
    """A value as a person reads it; None where there is none."""
    match value:
        case None | msgspec.UNSET:
            return None
        case str():
            return value
        case Exact():
            return value.json
        case Arguments() | Definition():
            return value.text
        case Message():
            return _row_of(Example(messages=(value,)))[len('{"messages":[') : -len("]}")]
        case Call():
            return f"{field_text(value.name)} {text_of(value.arguments) or ''}".strip()
        case tuple() if value and isinstance(value[0], Call):
            return "\n".join(text_of(one) or "" for one in value)
    return msgspec.json.encode(value).decode()


def _row_of(example: Example) -> str:
    return encode(example).decode()
