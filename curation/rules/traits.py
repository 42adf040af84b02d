"""What one example shows: what its calls give and leave out, how it begins, where the right tool stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from curation.model.example import Example, Message
from curation.model.traits import LONGEST_PART, Trait, trait
from curation.model.values import Arguments, Json
from curation.reading.strict import parse_strict
from curation.rules.categories import categories
from curation.rules.coverage import enum_texts, value_text
from curation.rules.decisions import assistant_turns
from curation.rules.languages import language_of
from curation.rules.offer import OfferedTool, offer_of
from curation.rules.row import said_in, text_of
from curation.rules.spread import opening_of

EDITION = "3"
"""Raised by hand when the same example shows, or its row says, something else than before: all are counted again."""
PER_MILLE = 1_000
_MOST_OPTIONS = 6
"""More optional parameters than this in one call are no combination that anybody plans."""
_LATE = 5
"""The decision from which on a first call is late, whichever it is."""
_LONG = (20, 30, 50)
"""Numbers of turns from which on several are counted together."""
NO_REASON = "none"
Expected = Mapping[tuple[str, str], frozenset[str]]
"""(tool, parameter) → values of its fixed list, as the catalogue has them now."""


def traits_of(example: Example, expected: Expected = {}) -> dict[Trait, int]:  # noqa: B006 (a read-only mapping)
    """Trait → how often the example shows it."""
    counted: Counter[Trait] = Counter()
    for one in _shown(example, expected):
        counted[one] += 1
    _add_place(example, counted)
    return dict(counted)


def _shown(example: Example, expected: Expected) -> Iterator[Trait]:
    called = {name for message in example.messages for call in message.calls or () if (name := text_of(call.name))}
    yield from _cells(example, called)
    yield from (trait("tag", tag) for tag in dict.fromkeys(example.tags))
    yield from _labels(example)
    yield from _calls(example, expected)
    request = next((said_in(message.content) for message in example.messages if message.role == "user"), None) or ""
    yield trait("language", language_of(request))
    if opening := opening_of(request):
        yield _cut("opening", opening)
    yield trait("turns", _turns(len(example.messages)))


def _cells(example: Example, called: set[str]) -> Iterator[Trait]:
    """A row without any call stands under the tools it offers: that is where it teaches restraint."""
    shapes = categories(example)
    for name in dict.fromkeys(offer_of(example).names):
        for shape in shapes:
            if (name in called) != (shape == "no_call"):
                yield _cut("cell", name, shape)


def _labels(example: Example) -> Iterator[Trait]:
    turns = list(assistant_turns(example))
    decisions = [turn for turn in turns if turn.is_decision]
    for turn in decisions:
        if turn.kind == "abstains":
            label = turn.message.label
            yield _cut("reason", (label.reason if label else None) or NO_REASON)
    first = next((place for place, turn in enumerate(decisions, 1) if turn.kind == "calls"), None)
    if first is not None:
        yield trait("first_call", str(min(first, _LATE)))
    for turn in turns:
        if turn.is_learnt and turn.message.label is not None and turn.message.label.recovery:
            yield _cut("recovery", turn.message.label.recovery)


def _calls(example: Example, expected: Expected) -> Iterator[Trait]:
    offered = offer_of(example).by_name
    for message in example.messages:
        for name, given in _arguments(message):
            yield _cut("calls", name)
            if name in offered:
                yield from _call(name, offered[name], given, expected)


def _arguments(message: Message) -> Iterator[tuple[str, dict[str, Json]]]:
    for call in message.calls or ():
        if isinstance(call.name, str) and isinstance(call.arguments, Arguments):
            value = parse_strict(call.arguments.text).value
            yield call.name, value if type(value) is dict else {}


def _call(name: str, tool: OfferedTool, given: dict[str, Json], expected: Expected) -> Iterator[Trait]:
    for parameter, own in _listed(tool).items():
        yield _cut("given" if parameter in given else "omitted", name, parameter)
        listed = own | expected.get((name, parameter), frozenset())
        if listed and parameter in given:
            value = given[parameter]
            texts = (value_text(one) for one in (value if type(value) is list else (value,)))
            yield from (_cut("value", name, parameter, text) for text in texts if text in listed)
    optional = [key for key in tool.properties if key not in tool.required]
    if len(optional) > 1:
        chosen = [key for key in optional if key in given]
        if len(chosen) <= _MOST_OPTIONS:
            yield _cut("options", name, *chosen)


@lru_cache(maxsize=4096)
def _listed(tool: OfferedTool) -> dict[str, frozenset[str]]:
    """Parameter → the values of its fixed list."""
    return {name: frozenset(enum_texts(schema)) for name, schema in tool.properties.items()}


def _add_place(example: Example, counted: Counter[Trait]) -> None:
    """Where the first tool that is called stands among several, and how likely it stands first by chance."""
    called = next((text_of(call.name) for m in example.messages for call in m.calls or ()), None)
    names = offer_of(example).names
    if called is None or len(names) < 2 or called not in names:
        return
    place = "first" if names[0] == called else "last" if names[-1] == called else "between"
    counted[trait("place", place)] += 1
    counted[trait("chance")] += round(PER_MILLE / len(names))


def _turns(n: int) -> str:
    if n <= _LONG[0]:
        return str(n)
    for low, high in pairwise(_LONG):
        if n <= high:
            return f"{low + 1}–{high}"
    return f"over {_LONG[-1]}"


def _cut(kind: str, *parts: str) -> Trait:
    return trait(kind, *(part[:LONGEST_PART] for part in parts))
