"""Counts beyond the validator's own numbers, said as the schema writes them."""

from __future__ import annotations

import msgspec

from curation.errors import CurationError
from curation.reading.edits import source_at
from curation.schemas.wording import SchemaError

MOST_COUNT = 2**64 - 1
"""The library holds `minLength` and its like in 64 bits; a larger one is shown as this."""
_LONGEST_SHOWN = 60
_DIGITS = frozenset("0123456789.eE+-")


def name_counts_as_written(errors: tuple[SchemaError, ...], schema_text: str) -> tuple[SchemaError, ...]:
    """The errors with a count that was cut replaced by the schema's own text."""
    if all(error.expected != MOST_COUNT for error in errors):
        return errors
    return tuple(_restore(error, schema_text) if error.expected == MOST_COUNT else error for error in errors)


def _restore(error: SchemaError, schema_text: str) -> SchemaError:
    try:
        written = source_at(schema_text, error.schema_pointer).strip()
    except CurationError:
        return error
    if not _DIGITS.issuperset(written):
        return error
    shown = written if len(written) <= _LONGEST_SHOWN else written[: _LONGEST_SHOWN - 1] + "…"
    return msgspec.structs.replace(error, message=error.message.replace(str(MOST_COUNT), shown, 1))
