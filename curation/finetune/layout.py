"""How rows lie in a batch: padded to one length, packed into full sequences, or laid end to end.

Without padding a model must keep rows apart by their positions alone. Most do, through flash attention or a mask made
from the positions; a model with a state that runs through the sequence does not. So it is tried on two rows first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from curation.errors import JobError
from curation.finetune.hardware import Hardware
from curation.finetune.knobs import TrainParameters
from curation.finetune.shared_beginning import Row, losses_of

Kind = Literal["padded", "packed", "padding_free"]
WHOLE_TOLERANCE, SHORT_TOLERANCE = 2e-4, 5e-2
"""How far the loss of one token may differ between both readings, in long and in short numbers."""


class Layout(msgspec.Struct, frozen=True):
    """The chosen form, and why, in words for the log."""

    kind: Kind
    why: str


def choose_layout(parameters: TrainParameters, hardware: Hardware, model: Any, rows: Sequence[Row]) -> Layout:
    """What a person asked for, where the model allows it; `auto` packs on a GPU."""
    wanted = parameters.packing
    if parameters.learn_from == "pairs":
        return Layout("padded", "pairs are padded to one length")
    if wanted == "padded" or (wanted == "auto" and hardware.device != "cuda"):
        return Layout("padded", "rows are padded to the longest of their batch")
    if not keeps_apart(model, rows):
        if wanted != "auto":
            raise JobError(
                f"This model does not keep rows apart without padding, so `{wanted}` would mix them.",
                hint="Choose `padded`.",
            )
        return Layout("padded", "rows are padded, as this model does not keep them apart by their positions")
    if wanted == "padding_free":
        return Layout("padding_free", "the rows of a batch lie end to end without padding")
    return Layout("packed", "rows are packed into full sequences")


def keeps_apart(model: Any, rows: Sequence[Row]) -> bool:
    """Whether the model gives two rows in one sequence the losses that it gives each of them alone."""
    import torch

    pair = sorted(rows, key=lambda row: len(row["input_ids"]))[:2]
    if len(pair) < 2:
        return False
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            together = losses_of(model, lay_end_to_end(pair))
            batches = [{name: torch.tensor([row[name]]) for name in ("input_ids", "labels")} for row in pair]
            alone = torch.cat([losses_of(model, batch) for batch in batches])
        gap = SHORT_TOLERANCE if model.dtype == torch.bfloat16 else WHOLE_TOLERANCE
        return bool(together.shape == alone.shape and torch.allclose(together, alone, rtol=gap, atol=gap))
    except (RuntimeError, ValueError, TypeError):
        return False
    finally:
        model.train(was_training)


def lay_end_to_end(rows: Sequence[Row]) -> dict[str, Any]:
    """One sequence whose positions begin anew with each row; the first token of a row is predicted by no other row."""
    import torch

    ids = [token for row in rows for token in row["input_ids"]]
    labels = [label for row in rows for label in (-100, *row["labels"][1:])]
    positions = [place for row in rows for place in range(len(row["input_ids"]))]
    return {
        "input_ids": torch.tensor([ids]),
        "labels": torch.tensor([labels]),
        "position_ids": torch.tensor([positions]),
    }
