"""The seam to the models that may be asked: an opener a kind, by name, one line in `OPENERS`."""

from __future__ import annotations

from collections.abc import Sequence

from curation.finetune.run_folder import RunFolder
from curation.model.members import find_member
from curation.producing import asking_models
from curation.producing.opened import Opened, Opener
from curation.producing.spec import SynthesiseSpec

__all__ = ["OPENERS", "Opened", "Opener", "open_drafter"]

OPENERS: tuple[Opener, ...] = (asking_models.SCRIPTED, asking_models.HOSTED, asking_models.LOCAL)


def open_drafter(spec: SynthesiseSpec, folder: RunFolder, openers: Sequence[Opener] = OPENERS) -> Opened | None:
    """The model an order asks; None where it asks none."""
    return find_member(openers, spec.drafter, "way to ask a model").open(spec, folder) if spec.drafter else None
