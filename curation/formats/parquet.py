"""Parquet of our own: turns, tools and everything else as JSON text, so that no table changes any of it.

A table of nested values takes one type for each key over all rows: it fills in keys that other rows have, and turns one
type into another. Text it leaves alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.formats.contract import NO_OBJECT, Format, TableLayout, Written
from curation.formats.recognising import decoded
from curation.formats.slices import Members, cut_object, text_of
from curation.formats.table_card import write_card
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.reading import Places, Reading, Reject
from curation.model.source import one_line, quote, write_object
from curation.reading.rows import find_fault, read_row, reject
from curation.reading.strict import parse_strict
from curation.schemas.pointers import escape_step

COLUMNS = ("messages", "tools", "extra")


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    messages: str
    extra: str
    tools: str | None = None


_decode = msgspec.json.Decoder(_Row).decode
_open = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def recognises(raw: bytes) -> bool:
    """Turns as text that begins like a list, beside what else there is, and no other columns than ours."""
    row = decoded(_decode, raw)
    return row is not None and row.messages.startswith("[")


def write(example: Example) -> Written:
    return Written(refused=NO_OBJECT) if example.whole is not None else Written(rows=(write_columns(encode(example)),))


def copy(body: bytes) -> bytes | None:
    """The columns of the body itself, which is what `write` would make them from."""
    return write_columns(body) if body.startswith(b"{") else None


def write_columns(row: bytes) -> bytes:
    """A row in the columns of the table; what is no list stands with everything else."""
    members = {key: bytes(source).decode() for key, source in _open(row).items()}
    cells = [(key, quote(members.pop(key))) for key in COLUMNS[:2] if members.get(key, "").startswith("[")]
    return write_object([*cells, (COLUMNS[2], quote(write_object(list(members.items()))))]).encode()


def read(raw: bytes) -> Reading | Reject:
    parsed = parse_strict(raw)
    if rejected := reject(parsed):
        return rejected
    cells = cut_object(raw.removeprefix(b"\xef\xbb\xbf").decode())
    if cells is None or all(text_of(cells.get(key)) is None for key in COLUMNS):
        return read_row(raw)
    members, moved = _open_cells(cells)
    reading = read_row(write_object(list(members.items())).encode())
    if isinstance(reading, Reject):
        return reading
    return Reading(
        example=reading.example,
        places=Places(moved, frozenset(f"/{key}" for key in COLUMNS)),
        findings=(*map(find_fault, parsed.faults), *reading.findings),
    )


def _open_cells(cells: Members) -> tuple[Members, dict[str, str]]:
    """The members of the row in the cells, and where those in `extra` stand; keys of other columns stay."""
    members = {key: source for key, source in cells.items() if key not in COLUMNS}
    members |= {key: _unquote(cells[key]) for key in COLUMNS[:2] if cells.get(key, "null") != "null"}
    extra = _unquote(cells.get("extra", "null"))
    more = cut_object(extra)
    if more is None:
        return members | ({} if extra == "null" else {"extra": extra}), {}
    moved = {f"/{escape_step(key)}": f"/extra/{escape_step(key)}" for key in more if key not in members}
    return more | members, moved


def _unquote(source: str) -> str:
    """The JSON in a text; anything else stays as it is."""
    text = text_of(source)
    if text is None or any(fault.is_fatal for fault in parse_strict(text).faults):
        return source
    return one_line(text.strip())


def companions(names: Mapping[str, str]) -> dict[str, bytes]:
    return {"README.md": write_card(names, is_json=False)}


FORMAT = Format(
    name="parquet",
    title="Parquet: turns and tools as JSON text, nothing lost",
    read=read,
    write=write,
    lossless=True,
    recognises=recognises,
    extension=".parquet",
    companions=companions,
    copy=copy,
    layout=TableLayout("parquet", COLUMNS),
)
