"""What a tab of the Write page remembers between two runs: its own revisions, and what was just begun."""

from __future__ import annotations

import json

from curation.model.example import Example, Message
from curation.model.values import Json
from curation.services.text_fields import arguments_at, arguments_text, content_at, field_text
from curation.services.writing import ExampleView
from ui.state import Act, Slot
from ui.turns import carry_turns, name_turns
from ui.write_goals import Step, follow_edit

OWN: Slot[tuple[int, ...]] = Slot("write.own", ())
"""The revisions this tab made."""
ERROR_AT: Slot[str] = Slot("write.error_at", "")
"""The place the last Next error led to."""
LEFT_OPEN: Slot[str] = Slot("write.left_open", "")
"""The value a near-miss copy must not say any more."""
LAST: Slot[tuple[str, int, int]] = Slot("write.last", ("", 0, 0))
"""The example this tab submitted or put away last, its revision and that change, while nothing else was edited."""
COPIED: Slot[tuple[str, int, str]] = Slot("write.copied", ("", 0, ""))
"""The copy this tab made last, its revision, and the example it was made from."""
FRESH: Slot[tuple[str, ...]] = Slot("write.fresh", ())
"""Turns (`<turn id>`) and calls (`<turn id>/<call>`) that the last act added."""
MAX_OWN = 100


def remember(before: ExampleView, after: ExampleView) -> None:
    """Carry the tab's names for turns over a revision it made."""
    if after.head_rev == before.head_rev:
        return
    name_turns(before.id, before.head_rev, before.example)
    carry_turns(before.id, before.example, after.head_rev, after.example)
    slot = OWN.of(after.id)
    slot.set((*slot.get(), after.head_rev)[-MAX_OWN:])


def step_of(before: ExampleView, after: ExampleView, old: tuple[str, ...], act: Act) -> Step:
    return Step(act, before, after, old, name_turns(after.id, after.head_rev, after.example))


def followed(before: ExampleView, after: ExampleView, act: Act) -> ExampleView:
    """A revision that an act made: the tab knows it as its own, and the cursor follows."""
    old = name_turns(before.id, before.head_rev, before.example)
    remember(before, after)
    step = step_of(before, after, old, act)
    FRESH.of(after.id).set(_begun(step))
    follow_edit(step)
    return after


def _begun(step: Step) -> tuple[str, ...]:
    """What the act added: whole turns, and the calls added to turns that were there."""
    fresh = step.fresh_turns()
    calls = [
        f"{name}/{index}"
        for name, message in zip(step.ids, step.example.messages, strict=True)
        if name not in fresh and name == step.act.at.partition("/")[0]
        for index in range(_n_calls(step, name), len(message.calls or ()))
    ]
    added = step.ids[-1:] if step.act.verb == "add_call" and not step.act.at and not fresh else ()
    last = [f"{name}/{len(step.example.messages[-1].calls or ()) - 1}" for name in added]
    return (*fresh, *calls, *last)


def _n_calls(step: Step, name: str) -> int:
    at = step.old.index(name) if name in step.old else -1
    return len(step.before.example.messages[at].calls or ()) if at >= 0 else 0


def unwritten_places(view: ExampleView) -> frozenset[str]:
    """Pointers of what the last act added and nobody has written yet."""
    ids = name_turns(view.id, view.head_rev, view.example)
    found = set()
    for handle in FRESH.of(view.id).get():
        name, _, index = handle.partition("/")
        if name in ids:
            turn = ids.index(name)
            found |= _empty_places(view.example, turn, int(index) if index.isdigit() else None)
    return frozenset(found)


def _empty_places(example: Example, turn: int, index: int | None) -> set[str]:
    message = example.messages[turn]
    empty = {
        arguments_at(turn, at)
        for at, call in enumerate(message.calls or ())
        if index in (None, at) and _is_blank(arguments_text(call))
    }
    if index is None and not message.calls and is_blank_content(message):
        empty.add(content_at(turn))
    return empty


def is_blank_content(message: Message) -> bool:
    """Whether a turn's text is still to be written."""
    text = field_text(message.content)
    return not text.strip() or (message.role == "tool" and _is_blank(text))


def _is_blank(text: str) -> bool:
    """Whether a JSON text holds no value yet: nothing, or only open places."""
    try:
        return _is_open(json.loads(text or "null"))
    except (ValueError, RecursionError):
        return False


def _is_open(value: Json) -> bool:
    if isinstance(value, dict):
        return all(_is_open(one) for one in value.values())
    return value is None or (value in ("", []) and not isinstance(value, bool | int))
