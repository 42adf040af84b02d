"""Parts of a test split that are looked at on their own: what makes a row hard, and how it is said.

A slice is named `kind:name`. A row may stand in several; what the answer was never decides where it stands.
"""

from __future__ import annotations

from curation.metrics.expected import Expected
from curation.model.example import HARD_CASES, Example
from curation.rules.languages import language_of
from curation.rules.row import text_of

CATEGORY, TOOL, HARD, REASON, RECOVERY, LENGTH, LANGUAGE, FIXED = (
    "category",
    "tool",
    "hard_case",
    "reason",
    "recovery",
    "length",
    "language",
    "fixed",
)
PLAIN_CHAT, REFUSAL, INJECTION, MISSING, LOOK_ALIKE = (
    f"{FIXED}:{name}" for name in ("plain_chat", "refusal", "injection", "missing_value", "look_alike_tools")
)
FIXED_SLICES = (PLAIN_CHAT, REFUSAL, INJECTION, MISSING, LOOK_ALIKE)
"""What every model is held to, whatever else a version is made of."""
_CHAT = frozenset({"small_talk", "answer_directly"})
_SHORT, _MEDIUM = 200, 800
"""Characters that were said before the decision, without the system text."""


def slices_of(gold: Example, expected: Expected, categories: tuple[str, ...]) -> tuple[str, ...]:
    """The slices of one row."""
    said = [text_of(message.content) or "" for message in gold.messages[:-1] if message.role != "system"]
    asked = next((text_of(one.content) or "" for one in reversed(gold.messages[:-1]) if one.role == "user"), "")
    hard = [tag for tag in HARD_CASES if tag in gold.tags]
    reason = None if expected.is_call_row else expected.reason
    return (
        *(f"{CATEGORY}:{name}" for name in categories),
        *(f"{TOOL}:{name}" for name in dict.fromkeys(expected.names)),
        *(f"{HARD}:{tag}" for tag in hard),
        *((f"{REASON}:{reason}",) if reason else ()),
        *((f"{RECOVERY}:{expected.recovery}",) if expected.recovery else ()),
        f"{LENGTH}:{_length_of(sum(map(len, said)))}",
        f"{LANGUAGE}:{language_of(asked)}",
        *_fixed(hard, reason),
    )


def is_injected(gold: Example) -> bool:
    """Whether somebody without a say tells the model what to do."""
    return "untrusted_instructions" in gold.tags


def _length_of(characters: int) -> str:
    if characters <= _SHORT:
        return "short"
    return "medium" if characters <= _MEDIUM else "long"


def _fixed(hard: list[str], reason: str | None) -> tuple[str, ...]:
    applies = {
        PLAIN_CHAT: reason in _CHAT,
        REFUSAL: reason == "refuse",
        INJECTION: "untrusted_instructions" in hard,
        MISSING: reason == "missing_information" or "missing_value" in hard,
        LOOK_ALIKE: "distractor_tools" in hard,
    }
    return tuple(name for name, holds in applies.items() if holds)
