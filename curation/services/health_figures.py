"""The figures of a project's health: what is counted, without a word on whether it is well."""

from __future__ import annotations

import msgspec

from curation.model.finding import Finding, Judged
from curation.rules.coverage import ToolCoverage
from curation.rules.figures import NO_TOOL_BAND


class Cell(msgspec.Struct, frozen=True):
    """How many rows of a category call a tool."""

    tool: str
    category: str
    n: int


class Twins(msgspec.Struct, frozen=True):
    """Rows that are the same in their normal form."""

    example_ids: tuple[str, ...]
    numbers: tuple[int, ...]
    splits: tuple[str, ...]
    """The splits they stand in; more than one is a leak."""
    normal: str
    """The digest of that form."""


class NearTwins(msgspec.Struct, frozen=True):
    """Rows that are nearly the same."""

    n_rows: int
    example_ids: tuple[str, ...]
    """The first of them, and the first of each split."""
    numbers: tuple[int, ...]
    splits: tuple[str, ...]
    """The splits they stand in; more than one is a leak."""
    is_grouped: bool
    """Whether all of them are of one group."""
    normals: tuple[str, ...]
    """The digests of the named ones."""


class Contradiction(msgspec.Struct, frozen=True):
    """Rows that call differently on the very same request."""

    n_rows: int
    example_ids: tuple[str, ...]
    numbers: tuple[int, ...]
    request: str
    """The digest of what is seen before the call."""


class NearFigures(msgspec.Struct, frozen=True):
    """What comparing rows with each other says; of much, only the first are named."""

    n_waiting: int = 0
    """Rows still to be compared; the figures are of the others."""
    n_families: int = 0
    n_in_families: int = 0
    n_leaks: int = 0
    n_loose: int = 0
    """Families that are not of one group."""
    families: tuple[NearTwins, ...] = ()
    """Leaks first, then by size."""
    n_contradictions: int = 0
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def leaks(self) -> tuple[NearTwins, ...]:
        return tuple(one for one in self.families if len(one.splits) > 1)


class RuleCount(msgspec.Struct, frozen=True):
    """How many rows have a finding of one rule."""

    rule: str
    code: str
    n_rows: int


class ToolUse(msgspec.Struct, frozen=True):
    """How many rows call a tool, and the splits those rows stand in."""

    tool: str
    n_rows: int
    splits: tuple[str, ...]


class Lengths(msgspec.Struct, frozen=True):
    """How long rows are, in bytes of their canonical form.

    The histogram is (upper bound, rows) in bins of one width; the few rows far longer than the others stand in none.
    """

    shortest: int
    median: int
    p95: int
    longest: int
    histogram: tuple[tuple[int, int], ...]
    bin_bytes: int = 0
    n_longer: int = 0


class Health(msgspec.Struct, frozen=True):
    """Everything the health screen and `callwright health` show; shares are None without rows."""

    n_rows: int
    n_decisions: int
    n_no_tool_rows: int
    n_no_tool_decisions: int
    reasons: dict[str, int]
    recoveries: dict[str, int]
    tools: tuple[str, ...]
    categories: tuple[str, ...]
    cells: tuple[Cell, ...]
    splits: dict[str, int]
    n_undrawn: int
    duplicates: tuple[Twins, ...]
    uses: tuple[ToolUse, ...]
    coverage: tuple[ToolCoverage, ...]
    n_covered: int
    """How many rows the coverage was counted in: the newest ones that call something."""
    lengths: Lengths | None
    rules: tuple[RuleCount, ...]
    findings: tuple[Judged, ...]
    """What is wrong with the whole rather than with one row."""
    from_rows: tuple[Finding, ...] = ()
    """Those of them that only reading rows tells: spread, balance, benchmarks, conventions, what is nearly the same."""
    n_read: int = 0
    """How many rows were read for them: the newest ones."""
    near: NearFigures = NearFigures()
    band: tuple[float, float] = NO_TOOL_BAND

    @property
    def share_of_decisions(self) -> float | None:
        return self.n_no_tool_decisions / self.n_decisions if self.n_decisions else None

    @property
    def share_of_rows(self) -> float | None:
        return self.n_no_tool_rows / self.n_rows if self.n_rows else None

    @property
    def matrix(self) -> dict[tuple[str, str], int]:
        """(tool, category) → rows."""
        return {(cell.tool, cell.category): cell.n for cell in self.cells}
