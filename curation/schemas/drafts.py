"""Which draft a schema is written in, and the validator classes of each draft."""

from __future__ import annotations

from typing import Any, Literal

import jsonschema_rs

from curation.model.values import Json

DraftName = Literal["draft4", "draft6", "draft7", "2019-09", "2020-12"]

VALIDATORS: dict[DraftName, Any] = {
    "draft4": jsonschema_rs.Draft4Validator,
    "draft6": jsonschema_rs.Draft6Validator,
    "draft7": jsonschema_rs.Draft7Validator,
    "2019-09": jsonschema_rs.Draft201909Validator,
    "2020-12": jsonschema_rs.Draft202012Validator,
}
META_SCHEMAS: dict[DraftName, str] = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
_BY_ADDRESS: dict[str, DraftName] = {
    address.rstrip("#").split("://", 1)[1]: draft for draft, address in META_SCHEMAS.items()
}


def draft_of(schema: Json) -> DraftName:
    """The draft that `$schema` names; 2020-12 when it names none that is known."""
    address = schema.get("$schema") if isinstance(schema, dict) else None
    return (draft_at(address) if isinstance(address, str) else None) or "2020-12"


def draft_at(address: str) -> DraftName | None:
    """The draft whose own schema has this address; None for every other address."""
    scheme, _, rest = address.rstrip("#").partition("://")
    return _BY_ADDRESS.get(rest) if scheme in ("http", "https") else None
