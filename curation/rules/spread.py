"""How rows are spread over languages, lengths, turns, openings and places of the right tool."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import msgspec

from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.model.values import Arguments, Json
from curation.rules.figures import whole_finding
from curation.rules.languages import count_tokens, language_of
from curation.rules.offer import offer_of
from curation.rules.registry import rule
from curation.rules.row import said_in, text_of
from curation.rules.row_names import NO_ROWS, RowNames

FEWEST_FOR_SPREAD = 20
"""Fewer rows have no spread worth telling."""
FEWEST_OF_TOOL = 10
_SAME_OPENING = 0.5
_SAME_OPENING_OF_TOOL = 0.9
_SAME_PLACE = 0.95
_PLACE_BY_CHANCE = 0.6
_OPENINGS_KEPT = 5_000
_TOOL_OPENINGS_KEPT = 100
"""Wanted is the one that nine of ten rows begin with, so few others need to be kept beside it."""
_DEFINITIONS_KEPT = 2_000
_FIRST_WORDS = re.compile(r"\W*(\w+)\W+(\w+)\W+(\w+)")


class Opening(msgspec.Struct, frozen=True):
    """Words that many requests begin with."""

    words: str
    n_rows: int
    of_rows: int
    tool: str | None = None
    """The tool whose rows they are; None: all rows."""


class Spread(msgspec.Struct, frozen=True):
    """The figures of a set of rows."""

    n_rows: int
    languages: tuple[tuple[str, int], ...]
    turns: tuple[int, int, int]
    """Fewest, median, most."""
    tokens: tuple[int, int, int]
    """Fewest, median, most in one row, roughly."""
    n_tokens: int
    openings: tuple[Opening, ...]
    """Those common enough to be learned instead of the request."""
    n_placed: int
    """Rows in which one of several tools is called."""
    n_first: int
    n_last: int
    place_by_chance: float
    """The share of them in which the first would be right by chance."""
    n_placed_tools: int


class SpreadCount:
    """Counts one example at a time and keeps little of all of them."""

    def __init__(self) -> None:
        self._languages: Counter[str] = Counter()
        self._turns: Counter[int] = Counter()
        self._tokens: Counter[int] = Counter()
        self._definitions: dict[str, int] = {}
        self._openings: Counter[str] = Counter()
        self._tool_rows: Counter[str] = Counter()
        self._tool_openings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._n_placed = self._n_first = self._n_last = 0
        self._chance = 0.0
        self._placed_tools: set[str] = set()

    def add(self, _identifier: str, example: Example) -> None:
        request = next((said_in(m.content) for m in example.messages if m.role == "user"), None) or ""
        called = [name for m in example.messages for call in m.calls or () if (name := text_of(call.name))]
        self._languages[language_of(request)] += 1
        self._turns[len(example.messages)] += 1
        self._tokens[self._count_tokens(example)] += 1
        self._add_opening(opening_of(request), called[0] if called else None)
        if called:
            self._add_place(example, called[0])

    def _count_tokens(self, example: Example) -> int:
        texts = [said_in(m.content) or "" for m in example.messages]
        calls = [
            c.arguments.text for m in example.messages for c in m.calls or () if isinstance(c.arguments, Arguments)
        ]
        n_tools = sum(self._count_definition(tool.definition.text) for tool in offer_of(example).tools)
        return sum(map(count_tokens, texts)) + sum(map(count_tokens, calls)) + n_tools

    def _count_definition(self, text: str) -> int:
        if text not in self._definitions:
            if len(self._definitions) >= _DEFINITIONS_KEPT:
                self._definitions.clear()
            self._definitions[text] = count_tokens(text)
        return self._definitions[text]

    def _add_opening(self, opening: str, tool: str | None) -> None:
        if opening:
            _count_in(self._openings, opening, _OPENINGS_KEPT)
        if tool is not None:
            self._tool_rows[tool] += 1
            if opening:
                _count_in(self._tool_openings[tool], opening, _TOOL_OPENINGS_KEPT)

    def _add_place(self, example: Example, called: str) -> None:
        names = offer_of(example).names
        if len(names) > 1 and called in names:
            self._n_placed += 1
            self._n_first += names[0] == called
            self._n_last += names[-1] == called
            self._chance += 1 / len(names)
            self._placed_tools.add(called)

    def finish(self) -> Iterator[tuple[Finding, RowNames]]:
        return ((finding, NO_ROWS) for finding in judge_spread(self.measure()))

    def measure(self) -> Spread:
        n_rows = self._turns.total()
        return Spread(
            n_rows=n_rows,
            languages=tuple(self._languages.most_common()),
            turns=_range_of(self._turns),
            tokens=_range_of(self._tokens),
            n_tokens=sum(tokens * n for tokens, n in self._tokens.items()),
            openings=tuple(self._common_openings(n_rows)),
            n_placed=self._n_placed,
            n_first=self._n_first,
            n_last=self._n_last,
            place_by_chance=self._chance / self._n_placed if self._n_placed else 0.0,
            n_placed_tools=len(self._placed_tools),
        )

    def _common_openings(self, n_rows: int) -> Iterator[Opening]:
        if n_rows < FEWEST_FOR_SPREAD:
            return
        words, n = next(iter(self._openings.most_common(1)), ("", 0))
        if n >= _SAME_OPENING * n_rows:
            yield Opening(words, n, n_rows)
            return
        for tool, n_tool in sorted(self._tool_rows.items()):
            words, n = next(iter(self._tool_openings[tool].most_common(1)), ("", 0))
            if n_tool >= FEWEST_OF_TOOL and n >= _SAME_OPENING_OF_TOOL * n_tool:
                yield Opening(words, n, n_tool, tool)


def _count_in(counted: Counter[str], key: str, most: int) -> None:
    """Count, and forget the rare half when there are too many: what is common stays."""
    counted[key] += 1
    if len(counted) > most:
        kept = counted.most_common(most // 2)
        counted.clear()
        counted.update(dict(kept))


def opening_of(request: str) -> str:
    """The first three words of a request, or the first four characters where words are not parted by spaces."""
    head = request[:200].strip()
    if head[:1] > "\u2e7f":
        return head[:4]
    words = _FIRST_WORDS.match(head.lower())
    return " ".join(words.groups()) if words else ""


def _range_of(counted: Counter[int]) -> tuple[int, int, int]:
    """Fewest, median and most."""
    if not counted:
        return (0, 0, 0)
    seen, half = 0, counted.total() / 2
    for value in sorted(counted):
        seen += counted[value]
        if seen >= half:
            return (min(counted), value, max(counted))
    return (0, 0, 0)


@rule("D10", scope="dataset", severity=Severity.WARNING)
def wording_shortcut() -> None:
    """Something else than the request gives the right call away.

    Where the right tool always stands first, or half of the requests begin with the same words, a model learns the
    place or the opening: that is easier than reading, works on the test, and fails with real users. Shuffle the tools
    of each row, and word requests as different people do.

    Bad: the tool to call is the first of the list in every row

    Good: it stands anywhere; requests begin in many ways
    """


@rule("D12", scope="dataset", severity=Severity.INFO)
def spread_report() -> None:
    """How the rows are spread over languages, turns and lengths.

    Nothing is wrong here. The figures tell whether the rows look like the requests to come: the languages of the
    users, short and long talks, and what the training will cost. Tokens are guessed at four characters each; the
    preflight of a training counts them exactly.

    Bad: users write German, and 400 of 400 rows are English

    Good: languages and lengths as users bring them
    """


def judge_spread(spread: Spread) -> Iterator[Finding]:
    """D10 and D12: what can be learned instead of the request, and how the rows are spread."""
    if spread.n_rows < FEWEST_FOR_SPREAD:
        return
    yield from _judge_openings(spread)
    yield from _judge_place(spread)
    languages = ", ".join(f"{name} {n:,}" for name, n in spread.languages[:5])
    message = (
        f"{spread.n_rows:,} rows: {languages}; {_in_words(spread.turns)} turns, {_in_words(spread.tokens)} tokens "
        f"a row, about {spread.n_tokens:,} tokens in all (4 characters count as one)."
    )
    values: dict[str, Json] = {
        "rows": spread.n_rows,
        "tokens": spread.n_tokens,
        "languages": dict(spread.languages[:5]),
    }
    yield whole_finding("D12", message, values)


def _in_words(figures: tuple[int, int, int]) -> str:
    low, middle, high = figures
    return f"{low:,}" if low == high else f"{low:,} to {high:,} (median {middle:,})"


def _judge_openings(spread: Spread) -> Iterator[Finding]:
    for one in spread.openings:
        whose = f"rows that call `{one.tool}`" if one.tool else "rows"
        message = (
            f"{one.n_rows:,} of {one.of_rows:,} {whose} begin with “{one.words}”; "
            "word them differently, or the model learns the opening instead of the request."
        )
        yield whole_finding("D10", message, {"opening": one.words, "tool": one.tool})


def _judge_place(spread: Spread) -> Iterator[Finding]:
    if spread.n_placed < FEWEST_FOR_SPREAD or spread.place_by_chance > _PLACE_BY_CHANCE or spread.n_placed_tools < 2:
        return
    for n, place in ((spread.n_first, "first"), (spread.n_last, "last")):
        if n >= _SAME_PLACE * spread.n_placed:
            message = (
                f"The right tool stands {place} in the list in {n:,} of {spread.n_placed:,} rows; "
                "shuffle the tools, or the model learns the place."
            )
            yield whole_finding("D10", message, {"place": place})
