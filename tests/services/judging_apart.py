"""Two people who judge the same example apart."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import (
    writing,
)
from curation.services.blind_reviewing import decide
from curation.services.blind_words import LookView, Said, decisions_of, find_look
from curation.services.second_looks import set_share
from curation.services.writing import ExampleView
from tests.shop_rows import Desk, make_example


def draw_example(desk: Desk, order: str = "A-77") -> ExampleView:
    set_share(desk.ws, desk.actor, desk.project_id, 100, nonce=desk.nonce())
    return writing.submit(desk.ws, desk.actor, desk.write(make_example(order)).id, 1, nonce=desk.nonce())


def say(desk: Desk, who: Actor, example: ExampleView, verdict: str = "accepted", said: Sequence[Said] | None = None):
    words = decisions_of(example.example) if said is None else said
    return decide(desk.ws, who, example.id, example.head_rev, verdict, words, "Because.", nonce=desk.nonce())


def call_wrong(example: ExampleView, **changes: str) -> tuple[Said, ...]:
    first, *rest = decisions_of(example.example)
    return (msgspec.structs.replace(first, is_right=False, **changes), *rest)


def state_of(desk: Desk, example: ExampleView) -> ExampleState:
    return writing.open_example(desk.ws, example.id).state


def look_of(desk: Desk, who: Actor, example: ExampleView) -> LookView:
    look = find_look(desk.ws, who, example.id)
    assert look is not None
    return look
