"""What a change of tools does, as numbers with the examples behind them."""

from __future__ import annotations

import msgspec

from curation.migrations import Step
from curation.migrations.moving import Change
from curation.model.states import ExampleState


class Touched(msgspec.Struct, frozen=True):
    """One example that a change breaks, with the first sentence about it."""

    example_id: str
    number: int
    title: str
    state: ExampleState
    reason: str


class Fault(msgspec.Struct, frozen=True):
    """One kind of finding, and the examples that would have it."""

    rule: str
    words: str
    n: int
    examples: tuple[Touched, ...]
    """The first of them."""
    n_left: int
    """How many of them still have it after the steps."""


class Shown(msgspec.Struct, frozen=True):
    """One call before and after, with where it stands."""

    example_id: str
    number: int
    change: Change


class DatasetHit(msgspec.Struct, frozen=True):
    """A dataset version that holds examples the change breaks."""

    dataset_id: str
    n: int
    rows: int
    splits: dict[str, int]


class ModelHit(msgspec.Struct, frozen=True):
    """A model trained on such a version."""

    model_id: str
    name: str
    dataset_n: int


class Impact(msgspec.Struct, frozen=True):
    """What a change does to examples, datasets and models."""

    digest: str
    """Of the tools it was measured for."""
    steps: tuple[Step, ...]
    n_affected: int
    """Examples that offer a definition the tools no longer have."""
    n_broken: int
    """Of these, the ones with an error they did not have, once the new definitions are put in."""
    n_left: int
    """Of the affected, the ones with such an error after the steps as well."""
    n_accepted: int
    """Of the affected, accepted ones that moving sends back to review."""
    n_kept: int
    """Of the affected, accepted ones that stay accepted: nothing but an offered definition changes, and they are
    as clean as before."""
    n_foreign: int
    faults: tuple[Fault, ...]
    changes: tuple[Shown, ...]
    n_changes: int
    n_changed: int
    """Examples with such a call."""
    n_unharmed: int
    """Of these, the ones that get no new error even without the steps."""
    datasets: tuple[DatasetHit, ...]
    models: tuple[ModelHit, ...]
