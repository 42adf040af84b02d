"""What a way to ask a model is made of."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from curation.finetune.run_folder import RunFolder
from curation.gates.contract import Gate, Verdict
from curation.model.candidate import Candidate
from curation.producing.spec import SynthesiseSpec
from curation.synthesizers.contract import Drafter


class Opened(msgspec.Struct, frozen=True):
    """A model that may be asked, and what else is done with it."""

    drafter: Drafter
    repair: Callable[[Candidate, Verdict], Candidate | None] | None = None
    """A candidate put right by what it was told, where the model can do that."""
    gates: tuple[Gate, ...] = ()
    """Gates that ask the model; they come after those that ask nobody."""
    tell: Callable[[], str] | None = None
    """How much of the budget is spent, in a sentence."""
    close: Callable[[], None] | None = None
    """Hang up, where there is a line to a host."""


class Opener(msgspec.Struct, frozen=True):
    """One kind of drafter: what it is called in a spec, and how it is opened in a run folder."""

    name: str
    open: Callable[[SynthesiseSpec, RunFolder], Opened]
