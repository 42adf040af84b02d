"""What a person set for a hosted job: checked by the profile's knobs, and put where the host wants it."""

from __future__ import annotations

import math
import re

from curation.errors import UnreadableError
from curation.finetune.hosted.profile import Knob, Profile
from curation.model.values import Json

_SWITCHES = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_PLAIN_TEXT = re.compile(r"[\w./:@-]*")


def check_knobs(profile: Profile, values: dict[str, Json]) -> dict[str, Json]:
    """Typed and complete; a knob that is not known, or a value out of its limits, is refused by name."""
    known = {knob.name: knob for knob in profile.knobs}
    if strange := [name for name in values if name not in known]:
        raise UnreadableError(f"{profile.title} has no parameter `{strange[0]}`.", hint=f"Known: {', '.join(known)}.")
    return {name: _check(knob, values.get(name, knob.default)) for name, knob in known.items()}


def _check(knob: Knob, value: Json) -> Json:
    if knob.kind == "switch":
        return _read_switch(knob, value)
    if knob.kind in ("text", "choice"):
        return _read_text(knob, value)
    return _read_number(knob, value)


def _read_switch(knob: Knob, value: Json) -> bool:
    read = value if isinstance(value, bool) else _SWITCHES.get(str(value).strip().lower())
    if read is None:
        raise UnreadableError(f"{knob.title} is {value!r}; it must be true or false.")
    return read


def _read_text(knob: Knob, value: Json) -> str:
    text = str("" if value is None else value).strip()
    if knob.kind == "choice" and text not in knob.choices:
        raise UnreadableError(f"{knob.title} is {text!r}.", hint=f"Choose one of: {', '.join(knob.choices)}.")
    if len(text) > (knob.longest or 200) or not _PLAIN_TEXT.fullmatch(text):
        raise UnreadableError(
            f"{knob.title} is {text[:60]!r}; it holds something else than letters, digits and . / : @ - _, "
            f"or more than {knob.longest or 200} of them."
        )
    return text


def _read_number(knob: Knob, value: Json) -> float | int:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise UnreadableError(f"{knob.title} is {value!r}; it must be a number.") from error
    low, high = (-math.inf if knob.low is None else knob.low), (math.inf if knob.high is None else knob.high)
    # In this form, so that what is no number at all is refused too.
    if not low <= number <= high:
        raise UnreadableError(f"{knob.title} is {number:g}; it must lie between {low:g} and {high:g}.")
    if knob.kind == "number":
        return number
    if number != int(number):
        raise UnreadableError(f"{knob.title} is {number:g}; it must be a whole number.")
    return int(number)


def pick(profile: Profile, values: dict[str, Json], part: str) -> dict[str, Json]:
    """What goes into one part of an order, under the host's names; what says nothing is left out."""
    chosen = [(knob, values[knob.name]) for knob in profile.knobs if knob.part == part]
    return {knob.sent_as or knob.name: value for knob, value in chosen if _is_said(knob, value)}


def expect(profile: Profile, values: dict[str, Json], name: str, otherwise: float) -> float:
    """A number for estimates: the one that was set, or what the host is likely to choose."""
    knob = next((one for one in profile.knobs if one.name == name), None)
    if knob is None:
        return otherwise
    said = values[name]
    return float(said) if _is_said(knob, said) else (knob.expected or otherwise)


def _is_said(knob: Knob, value: Json) -> bool:
    return knob.left_out is None or value != knob.left_out
