"""What a data card says of a frozen version: counted over the very rows that are exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.example import Example
from curation.model.states import Split
from curation.rules import categories
from curation.rules.categories import CATEGORIES
from curation.rules.decisions import assistant_turns
from curation.rules.languages import count_tokens, language_of
from curation.rules.row import text_of
from curation.services.freezing import DatasetView, need_version
from curation.services.judging import read_body
from curation.services.projects import need_project
from curation.services.source_licences import read_licences
from curation.services.tallying import Tally
from curation.services.workspace import Workspace
from db import datasets
from db.datasets import ItemRecord, OriginRecord

TURN_EDGES = (2, 4, 6, 8, 12, 16, 24)
TOKEN_EDGES = (250, 500, 1_000, 2_000, 4_000, 8_000, 16_000)
UNLABELLED, NAMELESS = "not labelled", "without a name"


class SourceFacts(msgspec.Struct, frozen=True):
    """One imported file that rows came from."""

    name: str
    format: str
    sha256: str
    examples: int
    licence: str
    """As a person wrote it down; empty where nobody has."""


class CardFacts(msgspec.Struct, frozen=True):
    """Everything a card says, but for what the format did to the rows."""

    project: str
    version: DatasetView
    splits: tuple[str, ...]
    tally: Tally
    examples: dict[str, int]
    """Split → examples."""
    categories: dict[str, dict[str, int]]
    """Category → split → examples; an example may have several."""
    offered: dict[str, int]
    """Tool → examples that offer it."""
    calls: dict[str, int]
    """Tool → calls."""
    decisions: int
    no_tool: int
    no_tool_rows: int
    """Examples that call nothing at all."""
    reasons: dict[str, int]
    recoveries: dict[str, int]
    tags: dict[str, int]
    languages: dict[str, int]
    """Language of the first request, as its letters and commonest words tell → examples."""
    turns: tuple[int, ...]
    """Examples by number of turns: one count for each of TURN_EDGES, and one beyond."""
    tokens: tuple[int, ...]
    """Examples by their size in tokens, roughly; one count for each of TOKEN_EDGES, and one beyond."""
    most_turns: int
    most_tokens: int
    reviewed: int
    unreviewed: int
    origins: dict[str, int]
    """How examples began (written, imported, synthesised …) → examples."""
    sources: tuple[SourceFacts, ...]


def gather_facts(ws: Workspace, version: DatasetView, splits: Sequence[Split], tally: Tally) -> CardFacts:
    """Read the rows of these splits once and count what a card says of them."""
    with ws.reading() as connection:
        record = need_version(connection, version.id)
        project = need_project(connection, record.project_id)
        counted = _Counted()
        for item in datasets.walk_items(connection, version.id):
            if item.split in splits:
                counted.add(item, read_body(item.body).example)
        origins, sources = _read_origins(connection, project.id, version.id, splits)
    return counted.finish(project.name, version, splits, tally, origins, sources)


def _read_origins(
    connection: Connection, project_id: str, version_id: str, splits: Sequence[Split]
) -> tuple[dict[str, int], tuple[SourceFacts, ...]]:
    found = datasets.count_origins(connection, version_id, splits)
    licences = read_licences(connection, project_id)
    origins: Counter[str] = Counter()
    for one in found:
        origins[one.origin] += one.examples
    named = sorted((one for one in found if one.source_id), key=lambda one: (-one.examples, one.name, one.sha256))
    return _ordered(origins), tuple(_source(one, licences.get(one.source_id or "", "")) for one in named)


def _source(one: OriginRecord, licence: str) -> SourceFacts:
    return SourceFacts(one.name, one.format, one.sha256, one.examples, licence)


class _Counted:
    """The counts while rows are read."""

    def __init__(self) -> None:
        self.examples: Counter[str] = Counter()
        self.categories: Counter[tuple[str, str]] = Counter()
        self.offered: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.recoveries: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.turns, self.tokens = [0] * (len(TURN_EDGES) + 1), [0] * (len(TOKEN_EDGES) + 1)
        self.decisions = self.no_tool = self.no_tool_rows = self.reviewed = self.most_turns = self.most_tokens = 0

    def add(self, item: ItemRecord, example: Example) -> None:
        split = item.split.value
        self.examples[split] += 1
        self.reviewed += item.reviewed
        for name in categories(example):
            self.categories[name, split] += 1
        self.tags.update(example.tags)
        tools = example.tools if isinstance(example.tools, tuple) else ()
        self.offered.update({tool.view.name or NAMELESS for tool in tools})
        self.add_turns(example)
        n_tokens = count_tokens(item.body.decode("utf-8", "replace"))
        self.turns[_place(len(example.messages), TURN_EDGES)] += 1
        self.tokens[_place(n_tokens, TOKEN_EDGES)] += 1
        self.most_turns = max(self.most_turns, len(example.messages))
        self.most_tokens = max(self.most_tokens, n_tokens)
        asked = next((turn for turn in example.messages if turn.role == "user"), None)
        if asked is not None:
            self.languages[language_of(text_of(asked.content) or "")] += 1

    def add_turns(self, example: Example) -> None:
        decided = [one.message for one in assistant_turns(example) if one.is_decision]
        silent = [turn for turn in decided if not turn.calls]
        self.decisions += len(decided)
        self.no_tool += len(silent)
        self.no_tool_rows += bool(decided) and len(silent) == len(decided)
        self.reasons.update((turn.label.reason if turn.label else None) or UNLABELLED for turn in silent)
        self.recoveries.update(turn.label.recovery for turn in decided if turn.label and turn.label.recovery)
        self.calls.update(text_of(call.name) or NAMELESS for turn in decided for call in turn.calls or ())

    def finish(
        self,
        project: str,
        version: DatasetView,
        splits: Sequence[Split],
        tally: Tally,
        origins: dict[str, int],
        sources: tuple[SourceFacts, ...],
    ) -> CardFacts:
        names = tuple(split.value for split in Split if split in splits)
        by_category = [one for one in CATEGORIES if any(self.categories[one, name] for name in names)]
        return CardFacts(
            project=project,
            version=version,
            splits=names,
            tally=tally,
            examples={name: self.examples[name] for name in names},
            categories={one: {name: self.categories[one, name] for name in names} for one in by_category},
            offered=_ordered(self.offered),
            calls=_ordered(self.calls),
            decisions=self.decisions,
            no_tool=self.no_tool,
            no_tool_rows=self.no_tool_rows,
            reasons=_ordered(self.reasons),
            recoveries=_ordered(self.recoveries),
            tags=_ordered(self.tags),
            languages=_ordered(self.languages),
            turns=tuple(self.turns),
            tokens=tuple(self.tokens),
            most_turns=self.most_turns,
            most_tokens=self.most_tokens,
            reviewed=self.reviewed,
            unreviewed=sum(self.examples.values()) - self.reviewed,
            origins=origins,
            sources=sources,
        )


def _ordered(counted: Counter[str]) -> dict[str, int]:
    """The commonest first, equal ones by name."""
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _place(value: int, edges: Sequence[int]) -> int:
    return next((n for n, edge in enumerate(edges) if value <= edge), len(edges))
