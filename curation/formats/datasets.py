"""A folder that `datasets` loads: turns and tools in columns marked as JSON, which it opens without changing them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.formats import parquet, trl
from curation.formats.contract import Format, TableLayout, Written
from curation.formats.slices import text_of
from curation.formats.table_card import write_card
from curation.model.example import Example
from curation.model.source import write_object

_open = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def write(example: Example) -> Written:
    """The row TRL reads, in columns."""
    written = trl.write(example)
    if written.refused is not None:
        return written
    return Written(rows=tuple(map(_write_columns, written.rows)), losses=written.losses)


def copy(body: bytes) -> bytes | None:
    row = trl.copy(body)
    return None if row is None else _write_columns(row)


def _write_columns(row: bytes) -> bytes:
    """The columns of a row whose tools are text already."""
    members = {key: bytes(source).decode() for key, source in _open(row).items()}
    tools = text_of(members.get("tools"))
    if tools is not None and tools.startswith("["):
        members["tools"] = tools
    return parquet.write_columns(write_object(list(members.items())).encode())


def companions(names: Mapping[str, str]) -> dict[str, bytes]:
    return {"README.md": write_card(names, is_json=True)}


FORMAT = Format(
    name="datasets",
    title="Hugging Face datasets: a folder to load, with TRL's rows",
    read=parquet.read,
    write=write,
    lossless=False,
    recognises=parquet.recognises,
    extension=".parquet",
    holds_labels=False,
    copy=copy,
    companions=companions,
    variant_of="parquet",
    layout=TableLayout("parquet", parquet.COLUMNS, is_json=True),
    heeds_weight=False,
)
