"""Makes a shifted copy of a version's test split: on request, by a seed, and every row judged by the same rules.

What a change would bring into a row as a new error is left out of that row, so the copy has the rows of the split, all
of them, and they can be laid side by side. Nothing is learnt from a copy; an evaluation can be asked from it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec

from curation.errors import StateError
from curation.model.definition import Definition
from curation.model.example import Example
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.model.reading import Reading
from curation.model.states import Split
from curation.rules import CHECKER_VERSION
from curation.services.acts import Act, find_done, perform
from curation.services.freezing import DatasetView, need_version, read_dataset
from curation.services.judging import Bench, bench_of, check_example, read_body, reread
from curation.services.workspace import Workspace
from curation.shifting import KINDS, Kind, Plan, make_plan, rename_definition, shift_example
from db import datasets, people, shifted
from db.acts import Deed
from db.datasets import ItemRecord
from db.shifted import ShiftedItem, ShiftedRecord

__all__ = ["KINDS", "Kind", "ShiftedView", "find_shifted", "make_shifted"]

ACT = "make shifted test"
CHUNK = 100
"""Rows stored under one hold of the write lock."""
KIND_WORDS: dict[Kind, str] = {
    "shuffle": "tools in another order",
    "distractors": "other tools beside them",
    "names": "other names for tools and arguments",
    "typos": "slips in the user's words",
}
Progress = Callable[[int, int], None]


class ShiftedView(msgspec.Struct, frozen=True):
    """A shifted copy: how it was made, and in how many rows which change was not possible."""

    version_id: str
    seed: int
    kinds: tuple[Kind, ...]
    hash: str
    n_rows: int
    left_out: dict[str, int]
    """Change → rows it would have brought an error into, or had nothing to change in."""
    n_looks: int
    """How many models were asked from it; one that was asked from stays."""
    by: str
    at: str


def make_shifted(
    ws: Workspace,
    actor: Actor,
    dataset_id: str,
    *,
    seed: int,
    kinds: Collection[Kind] = KINDS,
    progress: Progress | None = None,
    nonce: str,
) -> ShiftedView:
    """Make the copy; the same version, seed and changes give the same bytes. An earlier one nobody used is replaced."""
    if find_done(ws, actor, ACT, nonce, str):
        return _need(ws, dataset_id)
    wanted = tuple(one for one in KINDS if one in kinds)
    version = read_dataset(ws, dataset_id)
    _require_possible(ws, version, wanted)
    items, left_out = _make_rows(ws, version, seed, wanted, progress)

    def work(act: Act) -> str:
        _require_free(shifted.count_looks(act.connection, version.id), version)
        record = ShiftedRecord(
            version_id=version.id,
            seed=seed,
            kinds=" ".join(wanted),
            hash=_hash(items),
            n_rows=len(items),
            left_out=msgspec.json.encode({kind: left_out[kind] for kind in wanted}).decode(),
            checker_version=CHECKER_VERSION,
            by=act.actor.person_id,
            at=act.at,
        )
        before = shifted.find_copy(act.connection, version.id)
        shifted.replace_copy(act.connection, record, items)
        project_id = need_version(act.connection, version.id).project_id
        after = f"seed {seed}, {record.kinds}: {record.hash}"
        act.note(Deed(f"shifted test of {version.id}", before.hash if before else None, after, project_id))
        return version.id

    perform(ws, actor, ACT, nonce, str, work)
    return _need(ws, version.id)


def find_shifted(ws: Workspace, dataset_id: str) -> ShiftedView | None:
    """The copy of a version, where it has one."""
    with ws.reading() as connection:
        record = shifted.find_copy(connection, dataset_id)
        if record is None:
            return None
        n_looks = shifted.count_looks(connection, dataset_id)
        by = people.name_people(connection).get(record.by, record.by)
    return ShiftedView(
        version_id=record.version_id,
        seed=record.seed,
        kinds=tuple(one for one in KINDS if one in record.kinds.split()),
        hash=record.hash,
        n_rows=record.n_rows,
        left_out=msgspec.json.decode(record.left_out, type=dict[str, int]),
        n_looks=n_looks,
        by=by,
        at=record.at,
    )


def _need(ws: Workspace, dataset_id: str) -> ShiftedView:
    found = find_shifted(ws, dataset_id)
    assert found is not None  # noqa: S101 - it was stored just now
    return found


def _require_possible(ws: Workspace, version: DatasetView, kinds: Sequence[Kind]) -> None:
    if not version.counts.get(Split.TEST.value):
        raise StateError(f"Version {version.n} has no test rows to copy.", hint="Freeze a larger version first.")
    if not kinds:
        raise StateError("A shifted copy that changes nothing is no copy.", hint="Choose at least one change.")
    with ws.reading() as connection:
        _require_free(shifted.count_looks(connection, version.id), version)


def _require_free(n_looks: int, version: DatasetView) -> None:
    if n_looks:
        raise StateError(
            f"Models were asked from the shifted copy of version {version.n}, so it stays as it is.",
            hint="Freeze another version to draw with another seed.",
        )


def _make_rows(
    ws: Workspace, version: DatasetView, seed: int, kinds: Sequence[Kind], progress: Progress | None
) -> tuple[list[ShiftedItem], Counter[str]]:
    """Every row of the split changed and judged; bodies are stored as they come, and shown once all are there."""
    with ws.reading() as connection:
        record = need_version(connection, version.id)
        bench = bench_of(connection, record.target, record.catalogue_id)
    plan = make_plan(_definitions(ws, version, bench), seed)
    shifter = _Shifter(bench, plan, kinds)
    made: list[ShiftedItem] = []
    left_out: Counter[str] = Counter()
    waiting: list[tuple[str, bytes]] = []
    for item in _test_rows(ws, version):
        body, done = shifter.shift(item)
        left_out.update(kind for kind in kinds if kind not in done)
        digest = hashlib.sha256(body).hexdigest()
        waiting.append((digest, body))
        made.append(ShiftedItem(len(made), item.example_id, item.rev, digest, item.reviewed))
        if len(waiting) == CHUNK:
            _store(ws, waiting)
            if progress:
                progress(len(made), version.counts[Split.TEST.value])
    _store(ws, waiting)
    return made, left_out


def _test_rows(ws: Workspace, version: DatasetView) -> Iterator[ItemRecord]:
    with ws.reading() as connection:
        yield from datasets.walk_items(connection, version.id, Split.TEST)


def _store(ws: Workspace, waiting: list[tuple[str, bytes]]) -> None:
    if waiting:
        with ws.unit() as unit:
            shifted.put_bodies(unit.connection, waiting)
            unit.commit()
        waiting.clear()


def _definitions(ws: Workspace, version: DatasetView, bench: Bench) -> list[Definition]:
    """Everything that is offered in the split, and the tools that were published when it was frozen."""
    texts = {tool.definition.text for tool in bench.tools.values()}
    for item in _test_rows(ws, version):
        offered = read_body(item.body).example.tools
        texts.update(one.text for one in (offered if isinstance(offered, tuple) else ()))
    return [Definition(text) for text in sorted(texts)]


class _Shifter:
    """Changes rows by one plan, and judges them as the version was judged."""

    def __init__(self, bench: Bench, plan: Plan, kinds: Sequence[Kind]) -> None:
        self._before, self._after = bench, _rename_tools(bench, plan)
        self._plan, self._kinds = plan, kinds

    def shift(self, item: ItemRecord) -> tuple[bytes, frozenset[Kind]]:
        """The row with all changes that bring no new error into it; says which those are."""
        reading = read_body(item.body)
        errors = _errors(self._before, reading)
        for tried in _attempts(self._kinds):
            body, shifted_reading = reread(self._change(reading.example, tried, item))
            if not _errors(self._after, shifted_reading) - errors:
                done = (kind for kind in tried if self._change(reading.example, (kind,), item) != reading.example)
                return body, frozenset(done)
        return item.body, frozenset()

    def _change(self, example: Example, kinds: Sequence[Kind], item: ItemRecord) -> Example:
        return shift_example(example, self._plan, kinds, item.body_hash)


def _attempts(kinds: Sequence[Kind]) -> Iterator[tuple[Kind, ...]]:
    """All changes, then all but one, then each alone: what disturbs most goes first."""
    yield tuple(kinds)
    if len(kinds) > 1:
        yield from (tuple(one for one in kinds if one != left) for left in kinds)
    if len(kinds) > 2:
        yield from ((one,) for one in reversed(kinds))


def _errors(bench: Bench, reading: Reading) -> Counter[str]:
    """How often each rule finds an error."""
    _, judged = check_example(bench, reading)
    return Counter(one.finding.rule for one in judged if one.severity is Severity.ERROR)


def _rename_tools(bench: Bench, plan: Plan) -> Bench:
    """What is known of the tools, under their new names as well: a row may keep the old ones."""
    renamed = {
        plan.tools[name]: msgspec.structs.replace(
            tool,
            definition=rename_definition(tool.definition, plan.tools[name], plan.arguments, plan.say),
            idempotency_parameter=plan.arguments.get(tool.idempotency_parameter or "", tool.idempotency_parameter),
        )
        for name, tool in bench.tools.items()
        if name in plan.tools
    }
    return msgspec.structs.replace(bench, tools={**bench.tools, **renamed})


def _hash(items: Sequence[ShiftedItem]) -> str:
    """The digest over the bodies in order."""
    digest = hashlib.sha256()
    for one in items:
        digest.update(f"{one.body_hash}\n".encode())
    return digest.hexdigest()
