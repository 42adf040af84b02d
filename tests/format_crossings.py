"""What becomes of a row of one format when it is written in another, and the table of all pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from curation.formats.contract import Format
from curation.formats.self_test import check_export
from curation.model.reading import Reading


class Crossing(msgspec.Struct, frozen=True):
    """The rows of one format that were written in another."""

    whole: int
    """Rows that read back as the same example."""
    lossy: int
    """Rows that differ by what the format said it would lose, and by nothing else."""
    refused: int
    """Rows the format said it cannot hold."""
    damaged: tuple[str, ...] = ()
    """What changed without a word; there must be none."""


def cross(source: Format, rows: Iterable[bytes], target: Format) -> Crossing:
    """Read each row, write it in the other format, read that and compare."""
    assert target.write is not None
    counted: Counter[str] = Counter()
    damaged: list[str] = []
    for raw in rows:
        reading = source.read(raw)
        if not isinstance(reading, Reading):
            continue
        written = target.write(reading.example)
        if written.refused:
            counted["refused"] += 1
            continue
        counted["lossy" if written.losses else "whole"] += 1
        damaged += [one.message for one in check_export(target, reading.example, written) if one.code == "X10"]
    return Crossing(counted["whole"], counted["lossy"], counted["refused"], tuple(damaged))


def cross_all(samples: Mapping[str, Sequence[bytes]], formats: Sequence[Format]) -> dict[tuple[str, str], Crossing]:
    """Every format with sample rows against every one that can be written."""
    return {
        (source.name, target.name): cross(source, samples[source.name], target)
        for source in formats
        for target in formats
        if target.write is not None and source.name in samples
    }


def lay_out_table(pairs: Mapping[tuple[str, str], Crossing]) -> str:
    """The pairs as a table of Markdown: from downwards, to across."""
    sources = list(dict.fromkeys(source for source, _ in pairs))
    targets = list(dict.fromkeys(target for _, target in pairs))
    lines = [f"| from \\ to | {' | '.join(targets)} |", "|---" * (len(targets) + 1) + "|"]
    for source in sources:
        lines.append(f"| **{source}** | {' | '.join(_cell(pairs[source, target]) for target in targets)} |")
    return "\n".join(lines) + "\n"


def _cell(one: Crossing) -> str:
    """Rows held whole, with losses, and refused; a dash for none."""
    return " / ".join(str(n) if n else "–" for n in (one.whole, one.lossy, one.refused))
