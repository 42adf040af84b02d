"""What the schema and the name of an argument say about the value in it."""

from __future__ import annotations

import re
from functools import lru_cache

from curation.model.values import Json
from curation.rules.row import CallView

_EXACT_NAME = re.compile(
    r"(?:^|[_-])(?i:ids?|uuid|guid|code|sku|isbn|iban|bic|e?mail|email_address|number|no|nr|ref|reference|token|slug|hash|sha)$"
    r"|[a-z](?:Ids?|Uuid|Code|Email|Number|Ref|Token)$"
)


def schema_at(call: CallView, pointer: str) -> dict[str, Json]:
    """The schema of one value in a call's arguments; empty when the definition says nothing about it."""
    found: Json = call.tool.schema if call.tool is not None else None
    for step in pointer.split("/")[1:]:
        if not isinstance(found, dict):
            return {}
        properties = found.get("properties")
        key = step.replace("~1", "/").replace("~0", "~")
        found = properties.get(key) if isinstance(properties, dict) else found.get("items") if key.isdecimal() else None
    return found if isinstance(found, dict) else {}


@lru_cache(maxsize=4096)
def key_of(pointer: str) -> str:
    """The name of the argument a value stands in; that of the list when it stands in one."""
    steps = pointer.split("/")
    while len(steps) > 1 and steps[-1].isdecimal():
        steps.pop()
    return steps[-1]


@lru_cache(maxsize=4096)
def is_named_exactly(key: str) -> bool:
    """Whether an argument of this name holds something that is compared letter by letter."""
    return _EXACT_NAME.search(key) is not None
