"""What a look shows after a write nobody knows the outcome of: that it happened, or that it did not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from curation.execution.drawing import type_of
from curation.execution.things import is_passing, tells_removal
from curation.model.definition import Tool
from curation.model.values import Json
from curation.schemas import compile_schema
from curation.synthesizers.actions import method_of, verb_in
from curation.synthesizers.details import label_words, say_choice
from curation.synthesizers.failing import failures_for
from curation.synthesizers.grammar import grammar
from curation.synthesizers.outcomes import draw_outcome
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.sharing import share
from curation.synthesizers.stage import Stage
from curation.synthesizers.states import state_after
from curation.synthesizers.subjects import identifying, things_of, verb_of
from curation.synthesizers.wordings import parameters_of, shown_by

_DENIED = r"(?:\b(?:not|never|nor|neither|no longer)\b|n['’]t\b)(?:\W+(?:been|being|yet|even|fully|be)\b)*"
_NAMES_ID = re.compile(r" (?:id|number)$", re.IGNORECASE)


class Sight(NamedTuple):
    """One thing a look may show."""

    text: str
    """The result, as JSON."""
    is_done: bool
    """Whether the write had happened."""
    told: str
    """What is seen, as half a sentence."""
    past: str = ""
    """The same as it was when somebody looked."""


def look_arguments(request: Request, reader: Tool) -> dict[str, Json]:
    """What the look is made with: all that the write was given and the look takes in the same meaning."""
    return {
        name: request.arguments[name]
        for name in parameters_of(reader)
        if name in request.arguments and share(request.tool, reader, name)
    }


def can_show(write: Tool, reader: Tool) -> bool:
    """Whether a look may tell if the write happened: it finds one thing by its id, and says what would be written."""
    if not identifying(reader):
        return False
    shown = shown_by(reader).keys() & parameters_of(write).keys()
    return _ends(write, reader) or bool(method_of(write)) or bool(shown - parameters_of(reader).keys())


def _ends(write: Tool, reader: Tool) -> bool:
    removes = verb_of(write) in grammar()["removing"]
    return removes or (bool(_state_of(reader)) and (write.side_effect == "destructive" or bool(_end_of(write, reader))))


def sights(scene: Stage, request: Request, reader: Tool) -> list[Sight]:
    """All that the look may show; each can be true, and goes with what is asked for."""
    arguments = look_arguments(request, reader)
    shown = draw_outcome(scene, reader, arguments) if reader.result_schema else dict(arguments)
    if not isinstance(shown, dict):
        return []
    found = _Found(scene, request, reader, _in_first_state(reader, shown))
    verb = verb_in(str(request.arguments.get(method_of(request.tool)) or request.tool.name))
    if verb in grammar()["removing"]:
        return [*found.nothing(is_done=True), *found.as_it_was()]
    if verb in grammar()["making"]:
        return [*found.nothing(is_done=False)]
    written = {name for name in request.arguments if name in shown and name not in arguments}
    return [*found.written(written)] if written else [*found.ended(), *found.as_it_was()] if found.state else []


class _Found:
    """What is found where a write may have happened."""

    def __init__(self, scene: Stage, request: Request, reader: Tool, shown: dict[str, Json]) -> None:
        self._scene = scene
        self._request = request
        self._reader = reader
        self._shown = shown
        self.state = _state_of(reader)
        name = identifying(reader)
        value = phrase_of(request.arguments.get(name))
        self._key = f"{label_words(name)} {value}"
        owner = _NAMES_ID.sub("", label_words(name))
        # "id 7 was still there" says nothing of what is there.
        self._thing = f"{owner if owner != label_words(name) else ' '.join(things_of(reader)) or owner} {value}"

    def nothing(self, *, is_done: bool) -> Iterator[Sight]:
        missing = failures_for(self._reader, "missing")
        if missing:
            yield Sight(
                self._scene.rng.choice(missing).text,
                is_done,
                f"there is nothing under {self._key}",
                f"there was nothing under {self._key}",
            )

    def as_it_was(self) -> Iterator[Sight]:
        shown = self._shown.get(self.state) if self.state else None
        if shown and shown == _end_of(self._request.tool, self._reader):
            return
        state = "there" if shown is None else say_choice(shown) or phrase_of(shown)
        yield Sight(_write(self._shown), False, f"{self._thing} is {state}", f"{self._thing} was still {state}")

    def ended(self) -> Iterator[Sight]:
        if ended := _end_of(self._request.tool, self._reader):
            said = say_choice(ended) or ended
            told = f"{self._thing} is {said}"
            yield Sight(_write(self._shown | {self.state: ended}), True, told, f"{self._thing} was {said}")

    def written(self, names: set[str]) -> Iterator[Sight]:
        new = {name: self._request.arguments[name] for name in self._shown if name in names}
        is_fit = not compile_schema(self._reader.result_schema or "{}").errors(self._shown | new)
        told = phrase_of([f"{label_words(name)} {phrase_of(value)}" for name, value in new.items()])
        if is_fit:
            yield Sight(_write(self._shown | new), True, f"{self._thing} has {told}", f"{self._thing} had {told}")
        if all(self._shown[name] != value for name, value in new.items()):
            old = phrase_of([f"{label_words(name)} {phrase_of(self._shown[name])}" for name in new])
            yield Sight(_write(self._shown), False, f"{self._thing} has {old}", f"{self._thing} still had {old}")


def _states(reader: Tool) -> dict[str, list[Json]]:
    """The states that a look tells, in the order of its schema: they are listed as a thing goes through them."""
    known = ((name, stated.get("enum")) for name, stated in shown_by(reader).items() if isinstance(stated, dict))
    is_text = {name for name, stated in shown_by(reader).items() if type_of(stated) == "string"}
    return {name: listed for name, listed in known if isinstance(listed, list) and name in is_text and is_passing(name)}


def _state_of(reader: Tool) -> str:
    return next(iter(_states(reader)), "")


def _ended_state(reader: Tool) -> str:
    listed = _states(reader).get(_state_of(reader), [])
    return next((str(state) for state in listed if tells_removal(state)), "")


def _end_of(write: Tool, reader: Tool) -> str:
    """The state that shows that an act was done."""
    state = state_after(write, shown_by(reader).get(_state_of(reader)))
    return _ended_state(reader) if state is None else state


def _in_first_state(reader: Tool, shown: dict[str, Json]) -> dict[str, Json]:
    """A thing at its beginning, when what is asked for can still be done to it."""
    first = {name: listed[0] for name, listed in _states(reader).items() if name in shown}
    return shown | first


def show_refusal(reader: Tool, shown: Json, refusal: str, rng: Random) -> Json:
    """What a look shows of a thing that was refused for its state: the state that was named, or a later one.

    Of a thing that is "not delivered yet", a state before that one.
    """
    name = _state_of(reader)
    if not isinstance(shown, dict) or name not in shown:
        return shown
    listed = _states(reader)[name]
    named = [state for state in listed if _is_named(state, refusal)]
    denied = [place for place, state in enumerate(listed) if _is_denied(state, refusal)]
    before = listed[: denied[0]] if denied else []
    return shown | {name: rng.choice(named or before or listed[1:] or listed)}


def _is_named(state: Json, refusal: str) -> bool:
    return str(state).lower() in refusal.lower() and not _is_denied(state, refusal)


def _is_denied(state: Json, refusal: str) -> bool:
    """Whether a refusal says that a thing is not in a state, or not in it yet."""
    return re.search(rf"{_DENIED}\W+{re.escape(str(state))}\b", refusal, re.IGNORECASE) is not None


def _write(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
