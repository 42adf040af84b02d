"""Which values are opaque ids: compared letter by letter, whatever the comparator says."""

from __future__ import annotations

import re

from curation.model.values import Json

_ID_NAMES = re.compile(r"(?:^|_)(?:ids?|uuids?|guids?|sku|isbn|iban|token|hash|sha256|serial)$", re.IGNORECASE)
_CAMEL_ID = re.compile(r"[a-z0-9](?:Id|ID|Ids|IDs|Uuid|UUID)$")
_ID_SHAPES = re.compile(
    r"""
      [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}   # UUID
    | [#]?[A-Z]{1,6}[-_#]?\d{3,}[A-Z0-9_-]*                          # A1001, ORD-20391, #W2378156
    | (?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,}                          # digests
    | [a-z]{2,8}_(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{6,}                   # cus_9f8aKq
    """,
    re.VERBOSE,
)
LONGEST_ID = 128


def is_opaque(name: str, value: Json) -> bool:
    """Whether the argument's name or the look of its value says that it is an identifier."""
    if not isinstance(value, str):
        return False
    if _ID_NAMES.search(name) or _CAMEL_ID.search(name):
        return True
    return len(value) <= LONGEST_ID and _ID_SHAPES.fullmatch(value) is not None
