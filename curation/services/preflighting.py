"""The look before a training: every row rendered as the worker will, what its loss would miss, and what is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from curation.finetune import get_provider
from curation.finetune.base_models import BaseModel, describe_base
from curation.formats.router import RouterAbstention, parse_answer
from curation.model.states import Split
from curation.model.values import Json
from curation.rendering import (
    ChatRow,
    CheckedRow,
    RowStyle,
    check_rows,
    load_template,
    needs_router,
    stops_training,
)
from curation.rules.categories import CATEGORIES
from curation.services.freezing import DatasetView, get_dataset
from curation.services.row_files import ExportedRow, chat_rows, rejected_rows, walk_rows
from curation.services.workspace import Workspace

SHOWN_ROWS = 3
MOST_PROBLEMS = 20
MOST_EXAMPLES = 100
"""Examples behind one reason that are named."""
RENDERING_KNOBS = frozenset({"max_length", "learn_from"})
NO_CALL, RECOVERY = "no_call", "recovery"
PROBLEM, LONGEST, SHORTEST = "with a problem", "longest", "shortest"


class Sample(msgspec.Struct, frozen=True):
    """A few rows of one kind, to look at: a category, the longest, the shortest, those with a problem."""

    kind: str
    n_rows: int
    rows: tuple[CheckedRow, ...]


class Dropped(msgspec.Struct, frozen=True):
    """Rows that are not trained on, for one reason."""

    reason: str
    n_rows: int
    example_ids: tuple[str, ...]
    """The first of them."""


class Preflight(msgspec.Struct, frozen=True):
    """What a training would do, before it costs anything."""

    base: BaseModel
    style: RowStyle
    samples: tuple[Sample, ...]
    """Rows with their text and loss mask, kind by kind."""
    problems: tuple[str, ...]
    """Why it must not be launched; empty: go."""
    notes: tuple[str, ...]
    """What is worth knowing and stops nothing."""
    dropped: tuple[Dropped, ...]
    lengths: tuple[int, ...]
    """Tokens of every row there is, in their order, those that are too long included."""
    limit: int
    """The longest row that is trained on, in tokens."""
    n_rows: int
    n_validation: int
    n_refused: int
    n_too_long: int
    n_faulty: int
    """Rows that lose something the model is to learn."""
    n_tokens: int
    n_trained_tokens: int
    steps: int

    @property
    def is_ready(self) -> bool:
        return not self.problems

    @property
    def rows(self) -> tuple[CheckedRow, ...]:
        """Three rows at a glance: those with a problem first, then the first, the shortest, the longest."""
        kinds = {sample.kind: sample.rows for sample in self.samples}
        found = [*kinds.get(PROBLEM, ()), *(row for one in self.samples for row in one.rows[:1])]
        return tuple({row.number: row for row in found}.values())[:SHOWN_ROWS]


def preflight(
    ws: Workspace,
    project_id: str,
    dataset_n: int,
    base: Path,
    parameters: dict[str, Json] | None = None,
    provider: str = "local",
) -> Preflight:
    """Render every training row as the worker will and say what its loss would miss."""
    chosen = get_provider(provider)
    knobs = chosen.check(parameters or {})
    dataset = get_dataset(ws, project_id, dataset_n)
    template = load_template(base)
    style: RowStyle = "router" if needs_router(template) else "conversation"
    learn_from = knobs.get("learn_from", "conversations")
    exported = list(walk_rows(ws, dataset.id, Split.TRAIN, style, learn_from))
    written = [row for row in exported if row.refused is None]
    rows = chat_rows(written, style)
    limit = min(knobs.get("max_length", template.limit), template.limit)
    checked = list(check_rows(template, rows, max_length=limit))
    if learn_from == "pairs":
        avoided = check_rows(template, rejected_rows(written, style), max_length=limit)
        checked = [_join_pair(*pair) for pair in zip(checked, avoided, strict=True)]
    fitting = [row for row in checked if row.tokens <= limit]
    kinds = [_kind_of(row, one) for row, one in zip(rows, written, strict=True)]
    return Preflight(
        base=describe_base(base),
        style=style,
        samples=tuple(_sample(fitting or checked, kinds)),
        problems=tuple(_list_problems(fitting, chosen.find_obstacle())),
        notes=tuple(_list_notes(fitting, dataset)),
        dropped=tuple(_list_dropped(exported, written, checked, limit)),
        lengths=tuple(row.tokens for row in checked),
        limit=limit,
        n_rows=len(fitting),
        n_validation=dataset.counts.get(Split.VALIDATION.value, 0),
        n_refused=len(exported) - len(written),
        n_too_long=len(checked) - len(fitting),
        n_faulty=sum(bool(row.problems) for row in fitting),
        n_tokens=sum(row.tokens for row in fitting),
        n_trained_tokens=sum(row.n_trained for row in fitting),
        steps=chosen.count_steps(knobs, len(fitting)) if fitting else 0,
    )


def _join_pair(preferred: CheckedRow, avoided: CheckedRow) -> CheckedRow:
    """A pair as one row: as long as the longer answer makes it, at fault where either is."""
    also = tuple(f"{problem} (In the rejected answer.)" for problem in avoided.problems)
    return msgspec.structs.replace(
        preferred, tokens=max(preferred.tokens, avoided.tokens), problems=preferred.problems + also
    )


def pick_rendering_knobs(parameters: dict[str, Json]) -> dict[str, Json]:
    """The knobs a preflight depends on; the others change how rows are learnt, not which and how they look."""
    return {name: value for name, value in parameters.items() if name in RENDERING_KNOBS}


def _kind_of(row: ChatRow, exported: ExportedRow) -> str:
    """The category of a row: of its one decision where it has one, else of its conversation."""
    if row.style == "router" and isinstance(parse_answer(str(row.messages[-1].get("content"))), RouterAbstention):
        return NO_CALL
    return RECOVERY if RECOVERY in exported.categories else next(iter(exported.categories), "")


def _sample(rows: Sequence[CheckedRow], kinds: Sequence[str]) -> Iterator[Sample]:
    """Rows with a problem first, then category by category, then the ends."""
    faulty = [row for row in rows if row.problems]
    if faulty:
        yield Sample(PROBLEM, len(faulty), tuple(faulty[:SHOWN_ROWS]))
    for category in CATEGORIES:
        found = [row for row in rows if kinds[row.number - 1] == category]
        if found:
            yield Sample(category, len(found), tuple(found[:SHOWN_ROWS]))
    by_length = sorted(rows, key=lambda row: row.tokens)
    if by_length:
        yield Sample(SHORTEST, len(rows), tuple(by_length[:SHOWN_ROWS]))
        yield Sample(LONGEST, len(rows), tuple(by_length[: -SHOWN_ROWS - 1 : -1]))


def _list_problems(rows: Sequence[CheckedRow], obstacle: str) -> list[str]:
    """What stands in the way where it would run, then what is wrong with the rows."""
    found = [obstacle] if obstacle else []
    found += [problem for row in rows for problem in row.problems]
    if not rows:
        found += ["No training row is left: this model can be taught none of the version's rows at this length."]
    return found[:MOST_PROBLEMS]


def _list_dropped(
    exported: Sequence[ExportedRow], written: Sequence[ExportedRow], checked: Sequence[CheckedRow], limit: int
) -> Iterator[Dropped]:
    """What is left out, reason by reason, the commonest first."""
    behind: dict[str, list[str]] = defaultdict(list)
    for row in exported:
        if row.refused is not None:
            behind[row.refused].append(row.example_id)
    for one in checked:
        if one.tokens > limit:
            behind[f"The row is longer than {limit:,} tokens."].append(written[one.number - 1].example_id)
    for reason, ids in sorted(behind.items(), key=lambda found: -len(found[1])):
        yield Dropped(reason, len(ids), tuple(dict.fromkeys(ids))[:MOST_EXAMPLES])


def _list_notes(fitting: Sequence[CheckedRow], dataset: DatasetView) -> list[str]:
    notes = []
    if not dataset.counts.get(Split.VALIDATION.value):
        notes.append("The version has no validation rows, so the last checkpoint is kept without a look.")
    return [*notes, *_note_template(fitting)]


def _note_template(rows: Sequence[CheckedRow]) -> Iterator[str]:
    """What the template does to rows that stops nothing, one sentence for each kind."""
    seen: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for finding in {one.code: one for one in row.findings if not stops_training(one)}.values():
            seen[finding.code].append(f"{finding.message} (First in row {row.number}, at {finding.at}.)")
    for sentences in seen.values():
        yield f"{'1 row' if len(sentences) == 1 else f'{len(sentences):,} rows'}: {sentences[0]}"
