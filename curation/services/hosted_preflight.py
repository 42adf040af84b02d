"""What a training at a host would send, what it would cost and what stands in its way; nothing leaves this machine."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.errors import StateError
from curation.finetune import get_provider
from curation.finetune.contract import Note, Price, Provider, Terms
from curation.model.states import Split
from curation.model.values import Json
from curation.services.freezing import get_dataset
from curation.services.hosted_rows import Wire, walk_sent
from curation.services.workspace import Workspace
from curation.targets import get_target

CHARACTERS_PER_TOKEN = 4.0
"""What hosts themselves give for English text; theirs count, this one only estimates."""
MOST_REFUSED = 20


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
    knobs: dict[str, Json]
    """The parameters as the provider takes them, typed and complete."""

    @property
    def is_ready(self) -> bool:
        return not self.problems

    @property
    def no_price(self) -> str:
        """What to say where a figure would stand if somebody had read one."""
        return f"Price not known; see {self.terms.prices_page or 'what the host says about it'}."

    @property
    def notes(self) -> tuple[Note, ...]:
        return self.terms.notes


def preflight_hosted(
    ws: Workspace, project_id: str, dataset_n: int, provider: str, parameters: dict[str, Json] | None = None
) -> HostedPreflight:
    """Write the rows to nowhere and say what the host would get; nothing leaves this machine."""
    chosen = get_provider(provider)
    knobs = chosen.check(parameters or {})
    terms = _need_terms(chosen, knobs)
    dataset = get_dataset(ws, project_id, dataset_n)
    train, validation = (
        list(walk_sent(ws, dataset.id, split, Wire.of(terms))) for split in (Split.TRAIN, Split.VALIDATION)
    )
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
        steps=chosen.count_steps(knobs, n_rows) if n_rows else 0,
        knobs=knobs,
    )


def _need_terms(chosen: Provider, knobs: dict[str, Json]) -> Terms:
    """What the host asks and says; a provider on our own machines is none."""
    terms = chosen.read_terms(knobs)
    if terms is None:
        raise StateError(f"{chosen.title} is no host.", hint="Choose a base model's folder and train on it here.")
    return terms


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
