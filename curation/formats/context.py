"""Turns that a row only shows, and turns that it teaches: what rows with one learnt answer have in common."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.formats.composing import Composition
from curation.formats.contract import Loss
from curation.model.example import Example, Message
from curation.model.reading import Reading
from curation.model.values import UNSET, Exact, UnsetType
from curation.schemas.pointers import escape_step

NOT_LEARNT = Exact("0")


def compose_turns(lists: Sequence[tuple[str, Sequence[str]]]) -> Composition:
    """A row whose turns stand in several lists, each given with its pointer; `messages` itself is the first one."""
    composition = Composition()
    composition.moved["/messages"] = lists[0][0]
    for at, elements in lists:
        for n, element in enumerate(elements):
            composition.add_as_given(element, f"{at}/{n}")
    return composition


def mark_context(reading: Reading, n_context: int) -> Reading:
    """The reading with weight 0 on the answers among its first turns, where the row says nothing else of them.

    Nothing is learnt twice when several rows of one conversation come back.
    """
    turns = reading.example.messages
    if not any(map(_is_unweighted, turns[:n_context])):
        return reading
    marked = tuple(
        msgspec.structs.replace(turn, weight=NOT_LEARNT) if i < n_context and _is_unweighted(turn) else turn
        for i, turn in enumerate(turns)
    )
    return msgspec.structs.replace(reading, example=msgspec.structs.replace(reading.example, messages=marked))


def _is_unweighted(turn: Message) -> bool:
    return turn.role == "assistant" and turn.weight is UNSET


def is_learnt(turn: Message) -> bool:
    """Whether a turn is a decision that somebody wants learnt."""
    return turn.role == "assistant" and turn.weight != NOT_LEARNT


def drop_weight(turn: Message) -> Message:
    """An answer as context: its place in the row says already that it is not learnt."""
    if turn.role != "assistant" or isinstance(turn.weight, UnsetType):
        return turn
    return msgspec.structs.replace(turn, weight=UNSET)


def list_taken_keys(example: Example, taken: Sequence[str]) -> tuple[Loss, ...]:
    """A loss for each unknown key of the row whose name the format needs for itself."""
    return tuple(Loss(f"/{escape_step(key)}", f"unknown key {key}") for key in sorted(example.extra) if key in taken)


def explain_no_rows(turns: Sequence[Message], otherwise: str) -> str:
    """Why a conversation has nothing to teach."""
    answers = [turn for turn in turns if turn.role == "assistant"]
    if not answers:
        return "The conversation has no assistant turn, so there is nothing to learn."
    return (
        otherwise
        if any(map(is_learnt, answers))
        else "Every assistant turn has weight 0, so there is nothing to learn."
    )
