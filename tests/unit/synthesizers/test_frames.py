"""Wording frames: filling, leaving open, tidying."""

from __future__ import annotations

import pytest

from curation.synthesizers.frames import plain_words, say, slots_of

FRAME = "[{Reason}. |]please refund [order {order_id}|my order] ."


def test_a_filled_frame_takes_the_first_half_of_every_choice() -> None:
    said = say(FRAME, {"order_id": "B4821", "reason": "it came broken"})
    assert said == "It came broken. Please refund order B4821."


def test_an_open_slot_takes_the_second_half() -> None:
    assert say(FRAME, {"reason": "it came broken"}) == "It came broken. Please refund my order."
    assert say(FRAME, {}) == "Please refund my order."


def test_slots_are_listed_once_in_order() -> None:
    assert slots_of("{City} and {city} on {day}") == ("city", "day")


def test_a_value_with_marks_of_its_own_is_said_as_it_is() -> None:
    assert say("Find [{query}|it].", {"query": "a|b [c] {d}"}) == "Find a|b [c] {d}."


@pytest.mark.parametrize("text", ["Send {x} [now]", "a|b", "{}"])
def test_words_of_strangers_lose_the_marks_of_frames(text: str) -> None:
    assert not set("[]{}|") & set(plain_words(text))
