"""Words for a tool nobody wrote words for: from its name, its description and its parameters alone."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import msgspec

from curation.model.definition import Tool
from curation.synthesizers.actions import action_of
from curation.synthesizers.frames import plain_words
from curation.synthesizers.wordings import Remark, ToolWording, parameters_of

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


class _GenericFile(msgspec.Struct, frozen=True):
    """`generic.toml`."""

    frames: tuple[str, ...]
    ask: tuple[str, ...]
    done: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    remarks: dict[str, tuple[Remark, ...]]
    inner: tuple[int, ...] = ()
    """Frames that may stand in the middle of a longer request."""


@lru_cache(maxsize=1)
def generic_words() -> _GenericFile:
    """The wordings that fit every domain."""
    return msgspec.toml.decode((files("curation.synthesizers") / "generic.toml").read_bytes(), type=_GenericFile)


def word_tool(tool: Tool) -> ToolWording:
    """Frames, questions and answers for any tool."""
    words = generic_words()
    labels = {name: label_of(name) for name in parameters_of(tool)}
    action = action_of(tool)
    return ToolWording(
        action=action,
        frames=tuple(_frame(template, action, labels) for template in words.frames),
        ask={name: tuple(ask.replace("{label}", label) for ask in words.ask) for name, label in labels.items()},
        done={"say": words.done},
        family="generic",
    )


def label_of(parameter: str) -> str:
    """A parameter's name as a person says it: `order_id` → "order id"."""
    return " ".join(_WORD.findall(parameter)).lower() or plain_words(parameter)


def _frame(template: str, action: str, labels: dict[str, str]) -> str:
    comma = "".join(f"[, {label} {{{name}}}|]" for name, label in labels.items())
    colon = "".join(f"[ {label}: {{{name}}}.|]" for name, label in labels.items())
    sentence = "".join(f"[ The {label} is {{{name}}}.|]" for name, label in labels.items())
    filled = template.replace("@comma", comma).replace("@colon", colon).replace("@sentence", sentence)
    return filled.replace("@action", action)
