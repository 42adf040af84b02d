"""How somebody speaks: a persona, a tone and a length around a request, in one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import Literal

import msgspec

from curation.errors import CurationError
from curation.synthesizers.contract import Voice
from curation.synthesizers.tact import GREETING, drop_late_greetings, goes_with, greet_first

Length = Literal["short", "medium", "long"]
LENGTHS: tuple[Length, ...] = ("short", "medium", "long")
LANGUAGES: dict[str, str] = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
"""What offline wordings exist in; any other language takes a model."""
TEXTING = "texting"
CALM = ("neutral", "polite", "friendly")
_NO_PERSONA = ""
_THANKS = re.compile(r"(?i)\b(?:thank|thanks|thx|cheers|danke|dank|merci|gracias|regards)\b")
_URGENT = re.compile(r"(?i)\b(?:now|at once|quick(?:ly)?|one (?:thing|request)|sofort|schnell|vite|ya)\b")


class Tone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences that go before and behind a request."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Speakers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language."""

    tones: dict[str, Tone]
    personas: dict[str, tuple[str, ...]]


class Manner(msgspec.Struct, frozen=True):
    """How one conversation is spoken."""

    language: str = "en"
    tone: str = "neutral"
    persona: str = ""
    length: str = "medium"


@lru_cache(maxsize=1)
def speakers() -> dict[str, Speakers]:
    """Language → how its people speak."""
    text = (files("curation.synthesizers.words") / "voices.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, Speakers])


def tones() -> tuple[str, ...]:
    return tuple(speakers()["en"].tones)


def personas() -> tuple[str, ...]:
    return tuple(speakers()["en"].personas)


def check_voice(voice: Voice) -> None:
    """Refuse what the offline wordings have no words for.

    Raises:
        CurationError: with what they have, and what else would help.
    """
    _check("persona", voice.personas, personas())
    _check("tone", voice.tones, tones())
    _check("length", voice.lengths, LENGTHS)
    _check("language", voice.languages, tuple(LANGUAGES))
    if not 0 <= voice.typo_share <= 1:
        raise CurationError(f"A share of {voice.typo_share} requests with slips is none.", hint="Give 0 to 1.")


def _check(what: str, wanted: Iterable[str], known: Sequence[str]) -> None:
    for one in wanted:
        if one not in known:
            raise CurationError(
                f"The offline wordings know no {what} `{one}`.",
                hint=f"Choose among {', '.join(known)}, or order from a strategy that asks a model.",
            )


def draw_manner(voice: Voice, rng: Random) -> Manner:
    """How the next conversation is spoken; what the order leaves open is varied, the language stays English."""
    return Manner(
        language=rng.choice(voice.languages or ("en",)),
        tone=rng.choice(voice.tones or tones()),
        persona=rng.choice(voice.personas or (*personas(), *(_NO_PERSONA,) * len(personas()))),
        length=rng.choice(voice.lengths or LENGTHS),
    )


Choose = Callable[[str, Sequence[str]], str]
"""Takes one of several sentences that stand in one place, which is named."""


def speak(text: str, manner: Manner, rng: Random, kept: Sequence[str] = (), choose: Choose | None = None) -> str:
    """A request as this person says it.

    Args:
        kept: phrases that stay letter by letter as they are.
        choose: takes the sentences around it; chance where there is none.
    """
    choose = choose or (lambda _, lines: rng.choice(lines))
    text = drop_late_greetings(text, lambda line, change: keep_phrases(line, kept, change))
    known = speakers()[manner.language]
    tone = known.tones[manner.tone]
    has_before = bool(tone.before) and _is_told(manner, rng, 0.5)
    has_about = bool(manner.persona) and _is_told(manner, rng, 0.4)
    if has_before and has_about:
        # One opening is enough; two, one behind the other, are nobody's.
        has_before, has_about = rng.choice(((True, False), (False, True)))
    before = choose(f"before/{manner.tone}", tone.before) if has_before else ""
    about = choose(f"about/{manner.persona}", known.personas[manner.persona]) if has_about else ""
    after = choose(f"after/{manner.tone}", tone.after) if tone.after and _is_told(manner, rng, 0.5) else ""
    before, about, after = (said if goes_with(said, text) else "" for said in (before, about, after))
    after = after if goes_with(after, before) and goes_with(after, about) else ""
    if "\n" in text:
        # Behind or inside of what is quoted, words of one's own would be taken for somebody else's.
        before = "" if GREETING.search(text) else before
        greeting, about, text = greet_first(about, text)
        return " ".join(part for part in (before, greeting, about, text) if part)
    if GREETING.search(text) or (_URGENT.search(before) and _URGENT.search(text)):
        before = ""
    if (_THANKS.search(text) or GREETING.search(text)) and _THANKS.search(after):
        after = ""
    greeting, about, text = greet_first(about, text)
    if manner.tone == TEXTING:
        return _type_small([before, greeting, about, text, after], kept)
    return " ".join(part for part in (before, greeting, about, text, after) if part)


def go_on(text: str, manner: Manner, kept: Sequence[str] = ()) -> str:
    """What the same person says later: whoever types small letters goes on with them."""
    if manner.tone != TEXTING or "\n" in text:
        return text
    return _type_small(["", text], kept)


def _is_told(manner: Manner, rng: Random, share: float) -> bool:
    """Whether something is said beside the request: never by the short-spoken, always by the talkative."""
    drawn = rng.random() < share
    return manner.length == "long" or (drawn and manner.length != "short")


def _type_small(parts: Sequence[str], kept: Sequence[str]) -> str:
    """As people type on a telephone: small letters, no full stop at the end."""
    before, *rest = parts
    typed = " ".join(part for part in (f"{before}," if before else "", *rest) if part)
    # What has small letters alone is kept by making letters small: "Get" in front is no method's value.
    small = keep_phrases(typed, [phrase for phrase in kept if phrase != phrase.lower()], str.lower)
    return small[:-1] if small.endswith(".") and not small.endswith("..") else small


def keep_phrases(text: str, kept: Sequence[str], change: Callable[[str], str]) -> str:
    """The text changed everywhere but in the kept phrases."""
    phrases = sorted({phrase for phrase in kept if phrase}, key=len, reverse=True)
    if not phrases:
        return change(text)
    found = re.compile("(" + "|".join(re.escape(phrase) for phrase in phrases) + ")", re.IGNORECASE)
    pieces = found.split(text)
    return "".join(piece if place % 2 else change(piece) for place, piece in enumerate(pieces))
