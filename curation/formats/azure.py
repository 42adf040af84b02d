"""Chat fine-tuning lines as strictly as the file check of Azure reads them: no key it does not know, all it asks for.

The rows are those of `openai`, and are read as such. What the check would stop at is written the way it wants it where
that is safe (ids of calls, results as plain text), left out and named where it is only in the way, and refused where
nothing safe is left.
"""

from __future__ import annotations

from curation.formats.azure_copying import copy
from curation.formats.azure_writing import write
from curation.formats.contract import Format
from curation.reading.rows import read_row


def recognises(raw: bytes) -> bool:  # noqa: ARG001
    """Never: its rows are lines of `openai`."""
    return False


FORMAT = Format(
    name="azure",
    title="Azure: chat fine-tuning lines for its file check",
    read=read_row,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    copy=copy,
    rewrites_tools=True,
    variant_of="openai",
    takes_mark=True,
)
