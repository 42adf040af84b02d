"""What a bundle is made for: base, rows, knobs, and how many steps they mean."""

from __future__ import annotations

import msgspec

from curation.finetune.adapters import NAMES
from curation.finetune.knobs import TrainParameters, count_steps
from curation.model.values import Json
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


def list_arguments(plan: Plan) -> dict[str, Json]:
    """What every trainer built on transformers calls by the same name."""
    knobs = plan.parameters
    return {
        "per_device_train_batch_size": knobs.batch_size,
        "gradient_accumulation_steps": knobs.accumulation,
        "num_train_epochs": knobs.epochs,
        "max_steps": knobs.max_steps or -1,
        "learning_rate": knobs.learning_rate,
        "lr_scheduler_type": knobs.schedule,
        "warmup_steps": plan.n_warmup,
        "weight_decay": knobs.weight_decay,
        "max_grad_norm": knobs.max_grad_norm,
        "optim": knobs.optimizer,
        "logging_steps": 1,
        "seed": knobs.seed,
        "report_to": "none",
    }
