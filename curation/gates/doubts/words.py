"""Words of requests and of tools: by their stems, and whether they are denied."""

from __future__ import annotations

import re

from curation.rules.effects import listed

WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 3
"""Shorter words tell nothing."""
LITTLE = listed(
    "a an and any as at be by can each for from get give has have in into is it its list look make of on "
    "one or out set say tell that the their them then this to up use used user users was when where which "
    "who with you your all new api call calls data fetch returns return request details info information "
    "given specific particular id number"
)
"""Words that many tools share and that part none."""
_DENIES = (
    r"(?:\b(?:do not|don['’]t|does not|never|not to|no need to|without|rather than|instead of|must not|should not"
    r"|shouldn['’]t|didn['’]t ask (?:you )?to)\s+(?:\w+\s+){0,2})"
)
_DENIES_BEHIND = r"\w*\s+(?:[^\s.!?,;]+\s+){0,4}nicht\b"
_QUOTED = re.compile(r"^[^\S\n]*+>.*$", re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_CONDITION = re.compile(
    r"\b(?:if|unless|otherwise|else|failing that|then|after that|afterwards|next|once|when|first|later"
    r"|wenn|falls|sonst|danach|dann|zuerst|sinon|ensuite|puis|luego|después|si)\b",
    re.IGNORECASE,
)

_CHANGES = re.compile(
    r"\b(?:never ?mind|forget|leave (?:it|that)|instead|something else|changed my mind|scrap|drop (?:it|that)|actually"
    r"|no longer|rather|stattdessen|vergiss|vergessen sie|lassen? (?:sie )?das|doch lieber|etwas anderes"
    r"|plutôt|laissez?|oubliez?|autre chose|en vez|olvid\w+|mejor|otra cosa|d[eé]j[ae]lo)\b",
    re.IGNORECASE,
)


def plain_request(text: str) -> str:
    """A request without what it only quotes: the words of a mail are not the person's wishes."""
    return _QUOTED.sub(" ", text)


def since_change(asked: list[str]) -> list[str]:
    """What was asked from where the person last thought better of it."""
    last = next((at for at in range(len(asked) - 1, 0, -1) if _CHANGES.search(asked[at])), 0)
    return asked[last:]


def without_conditions(text: str) -> str:
    """The sentences of a request that hold whatever happens, in whichever order."""
    return " ".join(one for one in _SENTENCE.findall(text) if not _CONDITION.search(one))


def is_wanted(word: str, asked: str) -> bool:
    """Whether a text says a word in any of its endings, and does not deny it."""
    stem = stem_of(word)
    return re.search(rf"\b{re.escape(stem)}", asked, re.IGNORECASE) is not None and not is_denied(stem, asked)


def is_denied(stem: str, text: str) -> bool:
    """Whether every time a word is said, it is denied."""
    said = len(re.findall(rf"\b{re.escape(stem)}", text, re.IGNORECASE))
    denied = len(re.findall(rf"{_DENIES}{re.escape(stem)}", text, re.IGNORECASE))
    behind = len(re.findall(rf"\b{re.escape(stem)}{_DENIES_BEHIND}", text, re.IGNORECASE))
    return said > 0 and denied + behind >= said


def stem_of(word: str) -> str:
    """A word without its ending."""
    return word[: max(4, len(word) - 2)] if len(word) > 4 else word
