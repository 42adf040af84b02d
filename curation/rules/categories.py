"""Categories computed from a conversation's shape; people label only what cannot be computed."""

from __future__ import annotations

from curation.model.example import Example
from curation.rules.outcome import has_failed
from curation.rules.row import said_in

CATEGORIES = ("single", "parallel", "multi_step", "recovery", "no_call")


def categories(example: Example) -> tuple[str, ...]:
    """Which of CATEGORIES apply, in that order.

    `single`: exactly one call; `parallel`: a turn with several; `multi_step`: several turns that call;
    `recovery`: a failed result followed by another assistant turn; `no_call`: nothing is called at all.
    """
    counts = [len(message.calls or ()) for message in example.messages if message.role == "assistant"]
    calling = [count for count in counts if count]
    applies = {
        "single": calling == [1],
        "parallel": any(count > 1 for count in calling),
        "multi_step": len(calling) > 1,
        "recovery": _has_recovery(example),
        "no_call": bool(counts) and not calling,
    }
    return tuple(name for name in CATEGORIES if applies[name])


def _has_recovery(example: Example) -> bool:
    is_after_failure = False
    for message in example.messages:
        if message.role == "tool":
            is_after_failure = is_after_failure or has_failed(said_in(message.content))
        elif message.role == "assistant" and is_after_failure:
            return True
    return False
