"""What only our envelope holds, taken off an example and listed."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import msgspec

from curation.formats.contract import Loss
from curation.formats.own_keys import N_PREFERRED, PAIR_KEYS, REJECTED
from curation.model.example import Example

_LABEL = attrgetter("label")
_PAIR_NAMES = {REJECTED: "rejected answer", N_PREFERRED: "length of the preferred answer"}


def take_off_labels(example: Example, *, keep: Sequence[str] = ()) -> tuple[Example, tuple[Loss, ...]]:
    """The example without labels, tags, group, waivers, acceptable values and rejected answer, and a loss for each.

    `keep` names unknown keys of ours that the format has a use for.
    """
    has_none = not (example.tags or example.waivers or example.extra)
    if has_none and example.group is None and example.acceptable is None and not any(map(_LABEL, example.messages)):
        return example, ()
    losses = list_row_losses(example)
    taken = [key for key in PAIR_KEYS if key in example.extra and key not in keep]
    losses += [Loss(f"/{key}", _PAIR_NAMES[key]) for key in taken]
    losses += [Loss(f"/messages/{i}/label", "label") for i, message in enumerate(example.messages) if message.label]
    if not losses:
        return example, ()
    messages = tuple(
        message if message.label is None else msgspec.structs.replace(message, label=None)
        for message in example.messages
    )
    bare = msgspec.structs.replace(example, messages=messages, tags=(), group=None, waivers=(), acceptable=None)
    if taken:
        extra = {key: source for key, source in bare.extra.items() if key not in taken}
        bare = msgspec.structs.replace(bare, extra=extra)
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
