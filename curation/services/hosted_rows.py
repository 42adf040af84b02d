"""The rows of a version as a host gets them; the preflight shows this walk and the launch sends it.

The rows a host would refuse are the ones its target judges to have an error, those its format cannot write, and pairs
that are not as it takes them; each is left out with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.finetune.contract import Terms
from curation.finetune.hosted.preferences import find_fault
from curation.formats import get_format
from curation.formats.contract import Format
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.model.states import Split
from curation.services.freezing import need_version
from curation.services.judging import Bench, bench_of, check_example, read_body
from curation.services.portions import walk_portions
from curation.services.row_files import ExportedRow
from curation.services.workspace import Workspace


class Wire(msgspec.Struct, frozen=True):
    """What rows must be for a host; a job's spec keeps it, so that every attempt sends the same bytes."""

    row_format: str
    target: str
    answer_turns_most: int | None = None

    @classmethod
    def of(cls, terms: Terms) -> Wire:
        return cls(terms.row_format, terms.target, terms.answer_turns_most)


def walk_sent(ws: Workspace, dataset_id: str, split: Split, wire: Wire) -> Iterator[ExportedRow]:
    """The rows of a split; `refused` says why an example, or one of its pairs, is not sent."""
    fmt = get_format(wire.row_format)
    with ws.reading() as connection:
        bench = bench_of(connection, wire.target, need_version(connection, dataset_id).catalogue_id)
        for item in walk_portions(connection, dataset_id, (split,)):
            for raw, refused in _write(bench, fmt, wire, read_body(item.body)):
                yield ExportedRow(item.example_id, raw, refused)


def _write(bench: Bench, fmt: Format, wire: Wire, reading: Reading) -> Iterator[tuple[bytes, str | None]]:
    """Rows, each with the reason why it is not sent."""
    assert fmt.write is not None  # noqa: S101 - a profile names formats that are written
    # All rules: a target may take as an error what is elsewhere a remark.
    _, judged = check_example(bench, reading)
    if judged and judged[0].severity is Severity.ERROR:
        finding = judged[0].finding
        yield b"", f"{finding.message} (at {finding.at or '/'})"
        return
    written = fmt.write(reading.example)
    if written.refused is not None:
        yield b"", written.refused
    for raw in written.rows:
        fault = find_fault(raw, wire.answer_turns_most) if fmt.needs_pair else None
        yield (raw, None) if fault is None else (b"", fault)
