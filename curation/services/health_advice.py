"""What is most worth doing before the next version: few sentences, each with its way out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from curation.model.example import NO_TOOL_REASONS
from curation.model.filters import ExampleFilter, Level
from curation.model.states import ExampleState
from curation.model.traits import Trait, trait
from curation.services.health_figures import Health
from curation.services.trait_words import plain_name, say_trait

FEWEST = 20
"""Balance of fewer rows says nothing."""
ORDER_SIZE = 5
MOST_NAMED = 3
FIRST_OF = 2.0
"""The right tool may stand first twice as often as by chance."""
ONE_OPENING = 0.25
MOST_ORDERED = 50


class Advice(msgspec.Struct, frozen=True):
    """One thing to do: examples to look at, or something to order."""

    sentence: str
    """Names in it stand in backticks."""
    is_blocking: bool = False
    show: ExampleFilter | None = None
    wanted: Trait | None = None
    n: int = 0
    """How many to order."""


def advise(
    measured: Health, states: Sequence[ExampleState] = (), most: int = MOST_NAMED, asked: Collection[Trait] = ()
) -> tuple[Advice, ...]:
    """The first things worth doing, what stands in the way before what would be better.

    What is `asked` of people already, on the writing list, is not to be ordered once more.
    """
    found = []
    for one in _all(measured, tuple(states), asked):
        found.append(one)
        if len(found) == most:
            break
    return tuple(found)


def _all(measured: Health, states: tuple[ExampleState, ...], asked: Collection[Trait]) -> Iterator[Advice]:
    if not measured.n_rows:
        return
    if measured.n_with_errors:
        sentence = f"{_rows(measured.n_with_errors)} with errors stay out of the next version."
        yield Advice(sentence, True, ExampleFilter(level=Level.ERROR, states=states))
    yield from _repeats(measured, states)
    if measured.n_rows >= FEWEST:
        yield from _balance(measured, states)
    yield from _gaps(measured, asked)
    yield from _shortcuts(measured, states)
    yield from _lengths(measured, states)


def _repeats(measured: Health, states: tuple[ExampleState, ...]) -> Iterator[Advice]:
    near = measured.near
    if near.leaks:
        first = near.leaks[0]
        sentence = (
            f"{_families(near.n_leaks)} of nearly the same rows stand in several splits; the test measures memory."
        )
        yield Advice(sentence, True, ExampleFilter(alike=f"family:{first.family}", states=states))
    torn = [one for one in measured.duplicates if len(one.splits) > 1]
    if torn and not near.leaks:
        sentence = f"{_rows(sum(one.n_rows for one in torn))} stand in several splits under the same words."
        yield Advice(sentence, True, ExampleFilter(alike=f"same:{torn[0].normal}", states=states))
    if near.contradictions:
        one = near.contradictions[0]
        sentence = f"{near.n_contradictions:,} requests are answered by different calls; no model can learn both."
        yield Advice(sentence, True, ExampleFilter(alike=f"request:{one.request}", states=states))


def _balance(measured: Health, states: tuple[ExampleState, ...]) -> Iterator[Advice]:
    share, (low, high) = measured.share_of_decisions or 0.0, measured.band
    if share < low:
        counted = {reason: measured.reasons.get(reason, 0) for reason in NO_TOOL_REASONS}
        thinnest = min(counted, key=lambda reason: counted[reason])
        wanted = min(MOST_ORDERED, _missing_abstentions(measured, low))
        sentence = (
            f"{100 * share:.1f} % of decisions call nothing, wanted are {100 * low:.0f} to {100 * high:.0f} %; "
            f"{plain_name(thinnest)} is the thinnest reason."
        )
        yield Advice(sentence, wanted=trait("reason", thinnest), n=wanted)
    elif share > high and measured.reasons:
        most = max(measured.reasons, key=lambda reason: measured.reasons[reason])
        sentence = (
            f"{100 * share:.1f} % of decisions call nothing, more than {100 * high:.0f} %; a model learns to hedge."
        )
        yield Advice(sentence, show=ExampleFilter(trait=trait("reason", most).address, states=states))


def _missing_abstentions(measured: Health, low: float) -> int:
    """So many more bring the share to its lower end."""
    return max(1, round((low * measured.n_decisions - measured.n_no_tool_decisions) / (1 - low)))


def _gaps(measured: Health, asked: Collection[Trait]) -> Iterator[Advice]:
    empty = [trait("cell", cell.tool, cell.category) for cell in measured.cells if not cell.n]
    if wanted := next((one for one in empty if one not in asked), None):
        sentence = f"{len(empty):,} of {len(measured.cells):,} cells have no example, first `{say_trait(wanted)}`."
        yield Advice(sentence, wanted=wanted, n=ORDER_SIZE)
    never = [
        trait("value", tool.tool, parameter.name, value)
        for tool in measured.coverage
        if tool.n_calls
        for parameter in tool.parameters
        for value in parameter.unused_values
    ]
    if wanted := next((one for one in never if one not in asked), None):
        sentence = f"{len(never):,} enum values are never shown, first `{say_trait(wanted)}`."
        yield Advice(sentence, wanted=wanted, n=ORDER_SIZE)


def _shortcuts(measured: Health, states: tuple[ExampleState, ...]) -> Iterator[Advice]:
    places = measured.places
    if places.n_rows >= FEWEST and places.n_first > min(0.95, FIRST_OF * places.by_chance) * places.n_rows:
        sentence = (
            f"The right tool stands first in {places.n_first:,} of {places.n_rows:,} rows, "
            f"by chance it would in {100 * places.by_chance:.0f} %; shuffle the tools."
        )
        yield Advice(sentence, show=ExampleFilter(trait=trait("place", "first").address, states=states))
    if measured.openings and measured.openings[0][1] > ONE_OPENING * measured.n_rows >= FEWEST * ONE_OPENING:
        words, n = measured.openings[0]
        sentence = f"{n:,} of {measured.n_rows:,} requests begin with `{words}`; word them as different people do."
        yield Advice(sentence, show=ExampleFilter(trait=trait("opening", words).address, states=states))


def _lengths(measured: Health, states: tuple[ExampleState, ...]) -> Iterator[Advice]:
    tokens = measured.tokens
    if tokens and tokens.n_longer:
        sentence = f"{_rows(tokens.n_longer)} are longer than {tokens.max_length:,} tokens of `{tokens.base}`."
        yield Advice(sentence, show=ExampleFilter(longer=f"{tokens.digest}:{tokens.max_length}", states=states))


def _rows(n: int) -> str:
    return f"{n:,} row" if n == 1 else f"{n:,} rows"


def _families(n: int) -> str:
    return f"{n:,} family" if n == 1 else f"{n:,} families"
