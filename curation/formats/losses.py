"""What only our envelope holds, taken off an example and listed."""

from __future__ import annotations

import msgspec

from curation.formats.contract import Loss
from curation.model.example import Example


def take_off_labels(example: Example) -> tuple[Example, tuple[Loss, ...]]:
    """The example without labels, tags, group, waivers and acceptable values, and a loss for each."""
    losses = list_row_losses(example)
    losses += [Loss(f"/messages/{i}/label", "label") for i, message in enumerate(example.messages) if message.label]
    if not losses:
        return example, ()
    messages = tuple(
        message if message.label is None else msgspec.structs.replace(message, label=None)
        for message in example.messages
    )
    bare = msgspec.structs.replace(example, messages=messages, tags=(), group=None, waivers=(), acceptable=None)
    return bare, tuple(losses)


def list_row_losses(example: Example) -> list[Loss]:
    """A loss for each key our envelope adds to the row."""
    present = {
        "tags": bool(example.tags),
        "group": example.group is not None,
        "waivers": bool(example.waivers),
        "acceptable": example.acceptable is not None,
    }
    names = {"acceptable": "acceptable values"}
    return [Loss(f"/{key}", names.get(key, key)) for key, is_there in present.items() if is_there]
