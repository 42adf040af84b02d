"""What a bundle is made for: base, rows, knobs, and how many steps they mean."""

from __future__ import annotations

import msgspec

from curation.finetune.adapters import NAMES
from curation.finetune.knobs import TrainParameters, count_steps
from curation.rendering.rows import RowStyle

TRL, AXOLOTL, LLAMAFACTORY, UNSLOTH = "trl", "axolotl", "llamafactory", "unsloth"
TRAINERS = (TRL, AXOLOTL, LLAMAFACTORY, UNSLOTH)
"""Names of the folders of a bundle, each for one trainer."""


class Plan(msgspec.Struct, frozen=True):
    """A training to be done elsewhere."""

    title: str
    base: str
    """A folder or a name on a hub, as the other machine finds it."""
    style: RowStyle
    parameters: TrainParameters
    dataset: str
    """Which frozen version, with its digest."""
    n_rows: int
    has_validation: bool
    is_measured: bool = False
    """Whether rows that are too long for the limit were left out with the base's own tokens."""

    @property
    def n_warmup(self) -> int:
        """In steps: shares are called differently in each version of each trainer."""
        return round(self.parameters.warmup * count_steps(self.parameters, self.n_rows))

    @property
    def packs(self) -> bool:
        return self.parameters.packing in ("auto", "packed") and self.parameters.learn_from != "pairs"

    @property
    def has_adapter(self) -> bool:
        return self.parameters.method != "full"

    @property
    def target_names(self) -> list[str] | None:
        """The layers by name; None for all linear ones."""
        return None if self.parameters.targets == "all" else NAMES[self.parameters.targets]
