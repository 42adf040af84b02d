"""Training at a host, as a person orders it: what would be sent and what it costs first, then the launch.

The rows a host would refuse are the ones its target judges to have an error; they are left out by the same walk that
the preflight shows and the launch sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, StateError
from curation.finetune import get_provider
from curation.finetune.contract import Note, Outcome, Price, Terms
from curation.finetune.folders import require_space
from curation.finetune.rows import TRAIN, VALIDATION
from curation.finetune.run_folder import RunFolder
from curation.formats import get_format
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.model.states import Split
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.freezing import DatasetView, get_dataset, need_version
from curation.services.job_kinds import Record
from curation.services.jobs import JobView, get_job, intend_job, read_spec
from curation.services.judging import bench_of, check_example, read_body
from curation.services.models import record_hosted
from curation.services.people import tidy_name
from curation.services.portions import walk_portions
from curation.services.row_files import ExportedRow, write_rows
from curation.services.workspace import Workspace
from curation.targets import get_target
from db.jobs import JobRecord

CHARACTERS_PER_TOKEN = 4.0
"""What hosts themselves give for English text; theirs count, this one only estimates."""
MOST_REFUSED = 20
RUN_BYTES = 100 * 2**20


class Refused(msgspec.Struct, frozen=True):
    """An example that is not sent, and why."""

    example_id: str
    why: str


class Cost(msgspec.Struct, frozen=True):
    """What a host would bill, as far as a dated price and counted characters tell."""

    amount: float
    price: Price


class HostedPreflight(msgspec.Struct, frozen=True):
    """What a training at a host would send, and what stands in its way."""

    title: str
    terms: Terms
    n_rows: int
    n_validation: int
    refused: tuple[Refused, ...]
    """The first of those left out, of both splits."""
    n_refused: int
    tokens: int
    """Of the training rows, estimated, seen once."""
    cost: Cost | None
    """None: no price is known here."""
    problems: tuple[str, ...]
    steps: int

    @property
    def is_ready(self) -> bool:
        return not self.problems

    @property
    def notes(self) -> tuple[Note, ...]:
        return self.terms.notes


def preflight_hosted(
    ws: Workspace, project_id: str, dataset_n: int, provider: str, parameters: dict[str, Json] | None = None
) -> HostedPreflight:
    """Write the rows to nowhere and say what the host would get; nothing leaves this machine."""
    chosen, terms = get_provider(provider), read_terms(provider, parameters)
    dataset = get_dataset(ws, project_id, dataset_n)
    train = list(walk_sent(ws, dataset.id, Split.TRAIN, terms))
    validation = list(walk_sent(ws, dataset.id, Split.VALIDATION, terms))
    refused = [Refused(row.example_id, row.refused) for row in (*train, *validation) if row.refused]
    n_rows = sum(row.refused is None for row in train)
    tokens = round(sum(len(row.raw.decode()) for row in train) / CHARACTERS_PER_TOKEN)
    return HostedPreflight(
        title=chosen.title,
        terms=terms,
        n_rows=n_rows,
        n_validation=sum(row.refused is None for row in validation),
        refused=tuple(refused[:MOST_REFUSED]),
        n_refused=len(refused),
        tokens=tokens,
        cost=_estimate(terms, tokens),
        problems=(*terms.problems, *_list_problems(terms, n_rows)),
        steps=chosen.count_steps(chosen.check(parameters or {}), n_rows) if n_rows else 0,
    )


def launch_hosted(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    *,
    provider: str,
    parameters: dict[str, Json] | None = None,
    name: str = "",
    nonce: str,
) -> JobView:
    """Write the intent after a preflight without problems; the same nonce twice launches once."""
    found = preflight_hosted(ws, project_id, dataset_n, provider, parameters)
    if found.problems:
        raise BlockedError(found.problems[0])
    require_space(ws.runs, RUN_BYTES, "A training run")
    dataset = get_dataset(ws, project_id, dataset_n)
    spec = _write_spec(dataset, found.terms, get_provider(provider).check(parameters or {}))
    title = tidy_name(name, "The run") if name.strip() else f"{found.terms.model} on version {dataset.n}"

    def work(act: Act) -> str:
        return intend_job(
            act, project_id=project_id, kind="train", name=title, provider=provider, spec=spec, nonce=nonce
        )

    return get_job(ws, perform(ws, actor, "launch training", nonce, str, work))


def read_terms(provider: str, parameters: dict[str, Json] | None) -> Terms:
    """What the host asks and says; a provider on our own machines is none."""
    chosen = get_provider(provider)
    terms = chosen.read_terms(chosen.check(parameters or {}))
    if terms is None:
        raise StateError(f"{chosen.title} is no host.", hint="Choose a base model's folder and train on it here.")
    return terms


def walk_sent(ws: Workspace, dataset_id: str, split: Split, terms: Terms) -> Iterator[ExportedRow]:
    """The rows of a split as the host gets them; `refused` says why an example is not sent."""
    return _walk(ws, dataset_id, split, terms.row_format, terms.target)


def _walk(ws: Workspace, dataset_id: str, split: Split, row_format: str, target: str) -> Iterator[ExportedRow]:
    write = get_format(row_format).write
    assert write is not None  # noqa: S101 - a profile names a format that is written
    with ws.reading() as connection:
        bench = bench_of(connection, target, need_version(connection, dataset_id).catalogue_id)
        for item in walk_portions(connection, dataset_id, (split,)):
            reading = read_body(item.body)
            # All rules: a target may take as an error what is elsewhere a remark.
            _, judged = check_example(bench, reading)
            written = write(reading.example)
            if judged and judged[0].severity is Severity.ERROR:
                finding = judged[0].finding
                yield ExportedRow(item.example_id, b"", f"{finding.message} (at {finding.at or '/'})")
            elif written.refused is not None:
                yield ExportedRow(item.example_id, b"", written.refused)
            else:
                yield from (ExportedRow(item.example_id, raw) for raw in written.rows)


def _estimate(terms: Terms, tokens: int) -> Cost | None:
    if terms.price is None:
        return None
    return Cost(tokens * terms.epochs * terms.price.per_million / 1_000_000, terms.price)


def _list_problems(terms: Terms, n_rows: int) -> Iterator[str]:
    fewest = get_target(terms.target).rows_fewest
    if not n_rows:
        yield "No training row is left: the host would refuse every one of them."
    elif fewest is not None and n_rows < fewest.value:
        yield f"There are {n_rows} training rows; the host wants at least {fewest.value}."


def _write_spec(dataset: DatasetView, terms: Terms, knobs: dict[str, Json]) -> dict[str, Json]:
    return {
        "base": terms.model,
        "host": terms.address,
        "dataset_hash": dataset.hash,
        "dataset_id": dataset.id,
        "dataset_n": dataset.n,
        "parameters": knobs,
        "row_format": terms.row_format,
        "target": terms.target,
    }


def is_hosted(job: JobRecord) -> bool:
    """Whether a training was ordered from a host."""
    return "row_format" in read_spec(job)


def prepare_hosted(ws: Workspace, job: JobRecord, run_dir: Path) -> dict[str, Json]:
    """Write the rows into the run folder; the version is frozen, so a second time writes the same bytes."""
    spec = read_spec(job)
    folder = RunFolder(run_dir)
    folder.create()
    for name, split in ((TRAIN, Split.TRAIN), (VALIDATION, Split.VALIDATION)):
        write_rows(folder.data / name, _walk(ws, spec["dataset_id"], split, spec["row_format"], spec["target"]))
    return {"kind": "train", "name": job.name, "dataset_hash": spec["dataset_hash"], "parameters": spec["parameters"]}


def finish_hosted(ws: Workspace, job: JobRecord, outcome: Outcome) -> Record:
    """A job that left a model at its host becomes a model here, also when it was stopped early."""
    if not outcome.remote_model:
        return lambda _connection: None

    def record(connection: Connection) -> str | None:
        return record_hosted(ws, connection, job, outcome)

    return record
