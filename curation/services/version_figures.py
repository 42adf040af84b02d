"""What a frozen version holds, in figures: rows by split, category and tool, and how long they are."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.example import Example
from curation.model.states import Split
from curation.rules import categories
from curation.services.freezing import need_version
from curation.services.judging import read_body
from curation.services.workspace import Workspace
from db import version_diffs

EDGES = (250, 500, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000, 16_000, 32_000)
"""Upper ends of the classes of length, in bytes: the same for every version, so that two can be laid side by side."""


class LengthFigures(msgspec.Struct, frozen=True):
    """How long the rows are, in bytes of their canonical form."""

    median: int
    p95: int
    longest: int
    classes: tuple[int, ...]
    """Rows up to each of `EDGES`, and those beyond."""


class VersionFigures(msgspec.Struct, frozen=True):
    """Rows of one version; a row with several categories or tools counts in each."""

    splits: dict[str, int]
    categories: dict[str, dict[str, int]]
    """Category → split → rows."""
    tools: dict[str, dict[str, int]]
    """Tool → split → rows that call it."""
    lengths: LengthFigures | None


def measure_version(ws: Workspace, dataset_id: str) -> VersionFigures:
    """Counted from the narrow tables where a row is still as it was frozen, and read where it is not."""
    with ws.reading() as connection:
        version = need_version(connection, dataset_id)
        kinds = _Count(version_diffs.count_by_tool(connection, version.id))
        for words, split, n in version_diffs.count_by_category(connection, version.id):
            kinds.add_categories(words.split(), split, n)
        for split, body in version_diffs.walk_superseded(connection, version.id):
            kinds.add_row(read_body(body).example, split)
        lengths = _measure_lengths(connection, version.id)
    counts = msgspec.json.decode(version.counts, type=dict[str, int])
    return VersionFigures(counts, kinds.categories, kinds.tools, lengths)


class _Count:
    """Rows by category and by tool."""

    def __init__(self, by_tool: Sequence[tuple[str, str, int]]) -> None:
        self._categories: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._tools: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for name, split, n in by_tool:
            self._tools[name][split] += n

    def add_categories(self, names: Sequence[str], split: str, n: int) -> None:
        for name in names:
            self._categories[name][split] += n

    def add_row(self, example: Example, split: str) -> None:
        self.add_categories(categories(example), split, 1)
        calls = (call for message in example.messages for call in message.calls or ())
        for name in {call.name for call in calls if isinstance(call.name, str)}:
            self._tools[name][split] += 1

    @property
    def categories(self) -> dict[str, dict[str, int]]:
        return _by_size(self._categories)

    @property
    def tools(self) -> dict[str, dict[str, int]]:
        return _by_size(self._tools)


def _by_size(counted: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    names = sorted(counted, key=lambda name: (-counted[name].total(), name))
    return {name: {split.value: counted[name][split.value] for split in Split} for name in names}


def _measure_lengths(connection: Connection, version_id: str) -> LengthFigures | None:
    sizes = version_diffs.list_sizes(connection, version_id)
    if not sizes:
        return None
    ends = [bisect_right(sizes, edge) for edge in EDGES]
    classes = [high - low for low, high in zip([0, *ends], [*ends, len(sizes)], strict=True)]
    p95 = sizes[min(len(sizes) - 1, int(len(sizes) * 0.95))]
    return LengthFigures(sizes[len(sizes) // 2], p95, sizes[-1], tuple(classes))
