"""Reads what the rows of a batch begin with once: one catalogue is offered by every row, and is most of each.

The rows stand side by side in one sequence behind their common beginning. Positions count on from there in each, and
the attention mask lets a row see the beginning and itself. Loss and gradients stay those of the padded batch, in a
fraction of the time. Not every model reads positions and masks that way, so `reads_alike` tries it before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Row = dict[str, list[int]]
Collate = Callable[[list[Row]], dict[str, Any]]

UNTRAINED = -100
SHORTEST_SHARED = 16
"""Sharing fewer tokens is not worth a mask."""
LONGEST_SEQUENCE = 4096
"""Attention grows with the square of a sequence; above this, rows of their own are read faster."""
TOLERANCE = 0.02
"""Losses of the same rows read both ways differ by rounding in short numbers, not by more."""


class SharedBeginning:
    """A collator: rows to one sequence where that pays, else to what `plain` makes of them."""

    def __init__(self, plain: Collate) -> None:
        self._plain = plain

    def __call__(self, rows: list[Row]) -> dict[str, Any]:
        shared = count_shared(rows)
        length = shared + sum(len(row["input_ids"]) - shared for row in rows)
        if len(rows) < 2 or shared < SHORTEST_SHARED or length > LONGEST_SEQUENCE:
            return self._plain(rows)
        return lay_side_by_side(rows, shared)


def count_shared(rows: Sequence[Row]) -> int:
    """Tokens all rows begin with and none is trained on; each keeps the token before its first trained one."""
    ids = [row["input_ids"] for row in rows]
    first, last = min(ids), max(ids)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    untrained = min(_first_trained(row["labels"]) for row in rows)
    return max(0, min(same, untrained - 1))


def _first_trained(labels: Sequence[int]) -> int:
    return next((i for i, label in enumerate(labels) if label != UNTRAINED), len(labels))


def lay_side_by_side(rows: Sequence[Row], shared: int) -> dict[str, Any]:
    """One sequence with labels, positions and the mask that keeps the rows apart."""
    import torch

    ids, labels = list(rows[0]["input_ids"][:shared]), [UNTRAINED] * shared
    positions, owners = list(range(shared)), [0] * shared
    for owner, row in enumerate(rows, 1):
        ids += row["input_ids"][shared:]
        labels += row["labels"][shared:]
        positions += range(shared, len(row["input_ids"]))
        owners += [owner] * (len(row["input_ids"]) - shared)
    owner_of = torch.tensor(owners)
    is_seen = (owner_of[None, :] == owner_of[:, None]) | (owner_of[None, :] == 0)
    return {
        "input_ids": torch.tensor([ids]),
        "labels": torch.tensor([labels]),
        "position_ids": torch.tensor([positions]),
        "attention_mask": is_seen.tril()[None, None],
    }


def reads_alike(model: Any, rows: Sequence[Row]) -> bool:
    """Whether the model gives rows laid side by side the loss it gives each of them alone."""
    import torch

    shared = count_shared(rows)
    if len(rows) < 2 or shared < SHORTEST_SHARED:
        return False
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            together = _loss(model, lay_side_by_side(rows, shared))
            alone = sum(_loss(model, lay_side_by_side([row], 0)) for row in rows)
    except (RuntimeError, ValueError, TypeError):
        # A model that takes no mask of this form.
        return False
    finally:
        model.train(was_training)
    return bool(abs(together - alone) <= TOLERANCE * max(1.0, abs(alone)))


def _loss(model: Any, batch: dict[str, Any]) -> float:
    """The summed loss of the trained tokens."""
    import torch

    labels = batch.pop("labels").to(model.device)
    logits = model(**{name: value.to(model.device) for name, value in batch.items()}, use_cache=False).logits
    per_token = torch.nn.functional.cross_entropy(
        logits[0, :-1].float(), labels[0, 1:], ignore_index=UNTRAINED, reduction="sum"
    )
    return float(per_token)
