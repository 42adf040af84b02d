"""What the judges of an order thought of a candidate, as people read it beside the example."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.gates import Opinion
from curation.gates.judged import BY as RULES
from curation.gates.judged_by_model import NO_ANSWER
from curation.producing.record import Refusal
from curation.services.trait_words import plain_name


class Judged(msgspec.Struct, frozen=True, omit_defaults=True):
    """As it is kept with an example."""

    opinions: tuple[Opinion, ...] = ()
    """Of the judges, as the candidate stands."""
    repaired: Refusal | None = None
    """What it was repaired for before."""


class OpinionView(msgspec.Struct, frozen=True):
    """One judge's opinion; all words but `judge` of the rules are a machine's."""

    judge: str
    fault: str = ""
    """In words; empty: it has nothing against it, or was silent."""
    why: str = ""
    quote: str = ""
    turn: int | None = None
    """As the screen counts, from 1."""
    is_silent: bool = False


class JudgedView(msgspec.Struct, frozen=True):
    """All that machines said of one."""

    opinions: tuple[OpinionView, ...] = ()
    repaired: str = ""


def read_judged(kept: str) -> JudgedView:
    """What is kept with an example; nothing of one that came in before this was written down."""
    if not kept:
        return JudgedView()
    judged = msgspec.json.decode(kept, type=Judged)
    return JudgedView(view_opinions(judged.opinions), word_refusal(judged.repaired))


def view_opinions(opinions: Sequence[Opinion]) -> tuple[OpinionView, ...]:
    """For people."""
    return tuple(map(_view, opinions))


def word_refusal(refusal: Refusal | None) -> str:
    """Why a gate let it not pass; nothing where all did."""
    return refusal.told or plain_name(refusal.reason) if refusal else ""


def _view(one: Opinion) -> OpinionView:
    judge = "the rules" if one.by == RULES else f"the model {one.by}"
    if one.fault == NO_ANSWER:
        return OpinionView(judge, is_silent=True)
    # A model may name a turn that there is not: then it points nowhere.
    turn = one.turn + 1 if one.turn is not None and one.turn >= 0 else None
    return OpinionView(judge, plain_name(one.fault), one.why, one.quote, turn)
