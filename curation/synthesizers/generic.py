"""Words for a tool nobody wrote words for: from its name, its description and its parameters alone."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import msgspec

from curation.model.definition import Tool
from curation.synthesizers.frames import plain_words
from curation.synthesizers.wordings import Remark, ToolWording, parameters_of

_LONGEST_ACTION = 12
_PREAMBLE = re.compile(
    r"(?i)^(?:an?|the|this)?\s*(?:api|tool|function|method|endpoint)?\s*"
    r"(?:(?:is )?used to|(?:that )?(?:allows?|lets|enables?|helps?)(?: you| users?| the user)?(?: to)?|to)\s+"
)
_NO_VERBS = frozenset(
    {"a", "an", "the", "this", "that", "these", "it", "its", "all", "api", "tool", "function", "for", "user"}
)
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
    return ToolWording(
        action=action_of(tool),
        frames=tuple(_frame(template, action_of(tool), labels) for template in words.frames),
        ask={name: tuple(ask.replace("{label}", label) for ask in words.ask) for name, label in labels.items()},
        done={"say": words.done},
        family="generic",
    )


def label_of(parameter: str) -> str:
    """A parameter's name as a person says it: `order_id` → "order id"."""
    return " ".join(_WORD.findall(parameter)).lower() or plain_words(parameter)


def action_of(tool: Tool) -> str:
    """What the tool does as a verb phrase: its description's first sentence when that is short, else its name."""
    sentence = re.split(r"[.\n;:(]", tool.definition.view.description or "", maxsplit=1)[0]
    words = _PREAMBLE.sub("", plain_words(sentence)).split()
    if not 2 <= len(words) <= _LONGEST_ACTION or not _starts_with_verb(words[0].lower()):
        words = label_of(tool.name).split() or ["use", "it"]
    return " ".join([_infinitive(words[0].lower()), *words[1:]])


def _starts_with_verb(word: str) -> bool:
    return word.isalpha() and word not in _NO_VERBS and not word.endswith(("ing", "tion", "ed"))


def _infinitive(verb: str) -> str:
    """ "Returns", "Gets" → "return", "get": many descriptions start in the third person."""
    if verb.endswith(("sses", "shes", "ches", "xes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") and len(verb) > 3 else verb


def _frame(template: str, action: str, labels: dict[str, str]) -> str:
    comma = "".join(f"[, {label} {{{name}}}|]" for name, label in labels.items())
    colon = "".join(f"[ {label}: {{{name}}}.|]" for name, label in labels.items())
    sentence = "".join(f"[ The {label} is {{{name}}}.|]" for name, label in labels.items())
    filled = template.replace("@comma", comma).replace("@colon", colon).replace("@sentence", sentence)
    return filled.replace("@action", action)
