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

    n_rows: int
    example_ids: tuple[str, ...]
    """The first of them."""
    numbers: tuple[int, ...]
    splits: tuple[str, ...]
    """The splits they stand in; more than one is a leak."""
    normal: str
    """The digest of that form."""


class NearTwins(msgspec.Struct, frozen=True):
    """Rows that are nearly the same."""

    family: int
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
    """How long rows are, in bytes or in tokens.

    The histogram is (upper bound, rows) in bins of one width; the few rows far longer than the others stand in none.
    """

    shortest: int
    median: int
    p95: int
    longest: int
    histogram: tuple[tuple[int, int], ...]
    bin_width: int = 0
    n_longer: int = 0


class TokenLengths(msgspec.Struct, frozen=True):
    """How long rows are in tokens of one base model, and which a training would cut or leave out."""

    base: str
    digest: str
    max_length: int
    n_rows: int
    """Rows that were counted."""
    n_unwritten: int
    """Those of them that cannot be written as a row of this training."""
    n_longer: int
    n_cut: int
    """Tokens beyond the longest row a training takes."""
    lengths: Lengths | None = None


class Combination(msgspec.Struct, frozen=True):
    """The optional parameters that some calls of a tool give together."""

    tool: str
    given: tuple[str, ...]
    n_calls: int


class Places(msgspec.Struct, frozen=True):
    """Where the tool that is called first stands in the list of those offered."""

    n_first: int = 0
    n_between: int = 0
    n_last: int = 0
    by_chance: float = 0.0
    """The share of rows in which the first would be right by chance."""

    @property
    def n_rows(self) -> int:
        return self.n_first + self.n_between + self.n_last


class ToolOpening(msgspec.Struct, frozen=True):
    """The commonest beginning of the requests that a tool answers."""

    tool: str
    words: str
    n_rows: int


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept behind every change: of all examples, whatever their number."""

    n_rows: int
    n_with_errors: int
    n_decisions: int
    n_no_tool_rows: int
    n_no_tool_decisions: int
    reasons: dict[str, int]
    n_unlabelled: int
    """Decisions that call nothing and say no reason."""
    recoveries: dict[str, int]
    hard_cases: dict[str, int]
    """Tag → rows."""
    tools: tuple[str, ...]
    categories: tuple[str, ...]
    cells: tuple[Cell, ...]
    splits: dict[str, int]
    n_undrawn: int
    uses: tuple[ToolUse, ...]
    coverage: tuple[ToolCoverage, ...]
    combinations: tuple[Combination, ...]
    rules: tuple[RuleCount, ...]
    languages: dict[str, int]
    """What requests are written in → rows, the commonest first."""
    openings: tuple[tuple[str, int], ...]
    """The commonest first words of requests → rows."""
    turns: dict[str, int]
    """Number of turns → rows."""
    first_calls: dict[str, int]
    """The decision that calls first, counted from 1 → rows."""
    places: Places
    authors: dict[str, int]
    """Person → rows."""
    origins: dict[str, int]

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


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What only reading many rows tells; of very many rows it was told some time ago."""

    duplicates: tuple[Twins, ...] = ()
    """Those in several splits first; of very many, the first ones."""
    n_duplicates: int = 0
    lengths: Lengths | None = None
    """In bytes as stored."""
    tokens: TokenLengths | None = None
    """None where no base model is chosen."""
    from_rows: tuple[Finding, ...] = ()
    """Findings about spread, balance, benchmarks, conventions, what is nearly the same."""
    n_read: int = 0
    """How many rows were read for them: the newest ones."""
    near: NearFigures = NearFigures()
    tool_openings: tuple[ToolOpening, ...] = ()
    """One a tool, where it begins often; the commonest first."""


class Health(Sums, frozen=True, kw_only=True):
    """Everything the health screen and `callwright health` show; shares are None without rows."""

    told: Told = Told()
    findings: tuple[Judged, ...] = ()
    """What is wrong with the whole rather than with one row."""
    band: tuple[float, float] = NO_TOOL_BAND
    n_waiting: int = 0
    """Rows that came or changed since the sums were made, counted up to a bound."""
    told_at: str | None = None
    """When what only many rows tell was told, where they have changed since; "" where it never was."""

    @property
    def duplicates(self) -> tuple[Twins, ...]:
        return self.told.duplicates

    @property
    def lengths(self) -> Lengths | None:
        return self.told.lengths

    @property
    def tokens(self) -> TokenLengths | None:
        return self.told.tokens

    @property
    def near(self) -> NearFigures:
        return self.told.near
