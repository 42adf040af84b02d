"""Reads what the rows of a batch begin with once: one catalogue is offered by every row, and is most of each.

The rows stand side by side in one sequence behind their common beginning. Positions count on from there in each, and
the attention mask lets a row see the beginning and itself. Loss and gradients stay those of the padded batch, in a
fraction of the time. Not every model reads positions and masks that way, so `longest_alike` tries it before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

Row = dict[str, list[int]]
Collate = Callable[[list[Row]], dict[str, Any]]

UNTRAINED = -100
TOKENS_OF_A_PAIR = 1 / 1500
"""What it takes that one token looks at another, against reading a token: measured on a CPU with a small model. In a
larger one it is less."""
LONGEST_SEQUENCE = 4096
"""The mask has a place for each two tokens."""
TOLERANCE = 2e-4
"""A CPU holds a model in numbers of 32 bits: losses of a token read both ways differ by rounding alone."""


class SharedBeginning:
    """A collator: rows to one sequence where that pays, else to what `plain` makes of them."""

    def __init__(self, plain: Collate, longest: int) -> None:
        """Prepare.

        Args:
            plain: the collator of before.
            longest: the most tokens of a row that may be laid beside others.
        """
        self._plain = plain
        self._longest = longest

    def __call__(self, rows: list[Row]) -> dict[str, Any]:
        shared = count_shared(rows)
        if not pays(rows, shared) or _longest(rows) > self._longest:
            return self._plain(rows)
        return lay_side_by_side(rows, shared)


def pays(rows: Sequence[Row], shared: int) -> bool:
    """Whether one sequence costs less than rows of their own: it spares tokens, and each token looks at more."""
    together = shared + sum(len(row["input_ids"]) - shared for row in rows)
    return together <= LONGEST_SEQUENCE and _cost(together) < len(rows) * _cost(_longest(rows))


def _cost(tokens: int) -> float:
    return tokens + tokens**2 * TOKENS_OF_A_PAIR


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


def longest_alike(model: Any, rows: Sequence[Row]) -> int:
    """Up to how many tokens a row may have to be read side by side with others; 0: not at all.

    The model must give two rows the losses that it gives each of them in the usual way. They are the longest that can
    be laid side by side: what a model does only beyond some length shows there.
    """
    pair = _longest_pair(rows)
    if not pair:
        return 0
    was_training = model.training
    model.eval()
    try:
        return _longest(pair) if _are_alike(model, pair) else 0
    except (RuntimeError, ValueError, TypeError):
        # A model that takes no mask of this form.
        return 0
    finally:
        model.train(was_training)


def _longest_pair(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The longest row that can be laid beside another, with that other one; nothing when there is none."""
    # Sorted, a row stands beside one that it shares the most with.
    ordered = sorted(rows, key=lambda row: row["input_ids"])
    pairs = [pair for pair in pairwise(ordered) if pays(pair, count_shared(pair))]
    return max(pairs, key=_longest, default=())


def _longest(rows: Sequence[Row]) -> int:
    return max((len(row["input_ids"]) for row in rows), default=0)


def _are_alike(model: Any, rows: Sequence[Row]) -> bool:
    """Token by token: a row that saw a little of another one would hardly show in a sum."""
    import torch

    with torch.no_grad():
        together = losses_of(model, lay_side_by_side(rows, count_shared(rows)))
        # No mask and no positions: the model's own way.
        batches = [{name: torch.tensor([row[name]]) for name in ("input_ids", "labels")} for row in rows]
        alone = torch.cat([losses_of(model, batch) for batch in batches])
    return bool(together.shape == alone.shape and torch.allclose(together, alone, rtol=TOLERANCE, atol=TOLERANCE))


def losses_of(model: Any, batch: dict[str, Any]) -> Any:
    """The loss of each trained token, in order."""
    import torch

    labels = batch["labels"][0, 1:]
    is_trained = labels != UNTRAINED
    given = {name: value.to(model.device) for name, value in batch.items() if name != "labels"}
    logits = model(**given, use_cache=False).logits[0, :-1][is_trained.to(model.device)]
    return torch.nn.functional.cross_entropy(logits.float(), labels[is_trained].to(model.device), reduction="none")
