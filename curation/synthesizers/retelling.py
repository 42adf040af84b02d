"""Examples of a project as beginnings of new ones: what they are, what has to stay, and how a turn is put anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from random import Random

import msgspec

from curation.errors import CurationError
from curation.model.candidate import Candidate
from curation.model.envelope import encode
from curation.model.example import HARD_CASES, Example
from curation.model.values import Json
from curation.rules import categories
from curation.synthesizers.contract import Order
from curation.synthesizers.goals import figures_in, says, words_of
from curation.synthesizers.telling import arguments_of, said_in


def require_seeds(order: Order, name: str) -> tuple[Example, ...]:
    """The order's examples."""
    if not order.seeds:
        raise CurationError(f"The strategy `{name}` starts from examples.", hint="Choose some in the order.")
    return order.seeds


def take_in_turn(order: Order, name: str) -> Iterator[tuple[int, Example]]:
    """The seeds as often as the order wants, each equally often, with their number in the order."""
    seeds = require_seeds(order, name)
    rng = Random(f"{order.seed}/{name}")
    dealt: list[Example] = []
    for number in range(order.count):
        dealt = dealt or rng.sample(seeds, len(seeds))
        yield number, dealt.pop()


def called_values(example: Example) -> list[str]:
    """The values of all calls, as words."""
    return [
        word
        for message in example.messages
        for call in message.calls or ()
        for word in words_of(_values(arguments_of(call)))
    ]


def _values(arguments: Json) -> Json:
    return arguments if isinstance(arguments, dict | list) else []


def values_to_keep(example: Example, text: str) -> tuple[str, ...]:
    """What of a text has to be there word for word in another wording: values of calls, and every figure."""
    called = [word for word in called_values(example) if says(text, word)]
    return tuple(dict.fromkeys([*called, *figures_in(text)]))


def put_anew(example: Example, texts: Mapping[int, str]) -> Example:
    """The example with these turns in other words; what was decided about the old words is gone."""
    messages = tuple(
        msgspec.structs.replace(message, content=texts[number]) if number in texts else message
        for number, message in enumerate(example.messages)
    )
    return msgspec.structs.replace(example, messages=messages, waivers=(), group=family_of(example))


def family_of(example: Example) -> str:
    """The group of an example, and of all that is made from it."""
    return example.group or f"made_from/{hashlib.sha256(encode(example)).hexdigest()[:16]}"


def candidate_of(example: Example, strategy: str, exchanges: tuple[str, ...]) -> Candidate:
    """A candidate of the category that its shape and its labels tell."""
    category, kind = category_of(example)
    return Candidate(example, category, kind, first_called(example), strategy=strategy, exchanges=exchanges)


def first_called(example: Example) -> str:
    """The tool of the first call; empty where none is called."""
    return next((said_in(call.name) for message in example.messages for call in message.calls or ()), "")


def category_of(example: Example) -> tuple[str, str]:
    """What an example is drafted as: category and kind."""
    labels = [message.label for message in example.messages if message.label is not None]
    shape = categories(example)
    if hard := next((tag for tag in example.tags if tag in HARD_CASES), ""):
        return "hard_case", hard
    if recovery := next((label.recovery for label in labels if label.recovery), ""):
        return "recovery", recovery
    if "no_call" in shape:
        return "no_tool", next((label.reason for label in reversed(labels) if label.reason), "")
    return next((name for name in ("parallel", "multi_step") if name in shape), "positive"), ""
