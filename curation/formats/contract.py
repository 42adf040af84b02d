"""What every format is made of: one row in, rows out, and what gets lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from curation.model.example import Example
from curation.model.reading import Reading, Reject


class Loss(msgspec.Struct, frozen=True):
    """One thing a format cannot hold, at its inner pointer."""

    at: str
    what: str
    """Plain words: "label", "exact number text of 1.10", "parallel calls"."""


class Written(msgspec.Struct, frozen=True):
    """An example in a format: rows without line ends, what was lost, and why it was refused if it was."""

    rows: tuple[bytes, ...] = ()
    losses: tuple[Loss, ...] = ()
    refused: str | None = None
    """One sentence when the format cannot hold this example at all; `rows` is empty then."""


NO_OBJECT = "The row is no JSON object, so it holds no conversation to write."
"""Why every format refuses an example whose row is a list, a text, a number or null."""


class TableLayout(msgspec.Struct, frozen=True):
    """The table that a format's rows go into: each is an object of texts, one for each column."""

    kind: Literal["csv", "parquet"]
    columns: tuple[str, ...]
    is_json: bool = False
    """Whether the columns are marked as JSON, which readers then open by themselves."""


class Format(msgspec.Struct, frozen=True):
    """One file format. `FORMAT = Format(...)` in its module, one line in `curation.formats.FORMATS`."""

    name: str
    """What people type: `openai`."""
    title: str
    read: Callable[[bytes], Reading | Reject]
    """One row's bytes (no line end). Total and exact."""
    write: Callable[[Example], Written] | None
    """Pure and deterministic; None where the format is read only."""
    lossless: bool
    recognises: Callable[[bytes], bool]
    """Whether a row's bytes look like this format."""
    extension: str = ".jsonl"
    holds_labels: bool = True
    """Whether a row can say why it calls nothing."""
    is_stored_form: bool = False
    """Its rows are the stored bodies themselves, byte for byte."""
    copy: Callable[[bytes], bytes | None] | None = None
    """The row made from a stored body without building the example: the bytes `write` gives where it loses nothing, or
    None where only `write` can tell. None where there is no such short way."""
    holds_any_order: bool = True
    """False where readers want turns of user and assistant to alternate: what breaks that ends the row, and the loss at
    that turn says why."""
    needs_pair: bool = False
    """Its rows set a preferred answer beside a rejected one, so an example without the two is refused."""
    companions: Callable[[Mapping[str, str]], dict[str, bytes]] | None = None
    """The files a reader needs beside the rows, by name, from split → name of the file with its rows. Pure."""
    layout: TableLayout | None = None
    """The table its rows go into; without one they are lines of a file."""
    rewrites_tools: bool = False
    """Definitions stand in another shape in its rows: they read back in the usual wrapper, spaced anew."""
    variant_of: str | None = None
    """The format its rows are read as: it only writes that one more strictly, so nothing tells its rows apart."""
    heeds_weight: bool = True
    """False where a row may say that a turn is not learnt, and its usual reader learns it all the same."""
    takes_mark: bool = False
    """Whether some of its readers ask for a byte order mark at the start of a file; written only when asked for."""
    unmarked_as: str | None = None
    """The format a row of this one looks like when it carries no mark of its own; such rows do not speak against it."""
