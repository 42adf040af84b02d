"""Values of a call that nobody said: a count out of nowhere, and what the person says they do not know."""

from __future__ import annotations

import re

from curation.gates.doubts.contract import Doubted, asked_before, learnt_calls, said_before
from curation.model.values import Json
from curation.rules.folding import fold
from curation.rules.numbers import numbers_in
from curation.rules.numerals import in_our_digits
from curation.rules.row import CallView, Row
from curation.rules.units import name_words
from curation.rules.value_places import key_of, schema_at

_WORDS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "zero no none nothing null kein keine aucun cero",
            "one single once first eins erste uno premier primero",
            "two both couple pair twice second zwei beide deux dos",
            "three third thrice drei trois tres",
            "four fourth vier quatre cuatro",
            "five fifth fünf cinq cinco",
            "six sixth half sechs seis",
            "seven seventh week sieben sept siete",
            "eight eighth acht huit ocho",
            "nine ninth neun neuf nueve",
            "ten tenth zehn dix diez",
            "eleven elf onze once",
            "twelve dozen zwölf douze doce",
        )
    )
    for word in words.split()
}
_TENS = {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100, "half": 0.5}
_TENS |= {"fünfzehn": 15, "zwanzig": 20, "dreißig": 30, "hundert": 100, "vingt": 20, "veinte": 20, "cent": 100}
_WORD = re.compile(r"[^\W\d_]+")
_ONE_OF = re.compile(
    r"\b(?:an?|ein(?:e[nmrs]?)?|une?|una?)\s+(?:half |halbe[nr]? |demi-)?"
    r"(hour|stunde|heure|hora|minute|week|woche|semaine|semana|day|tag|jour|month|monat|mois|year|jahr|dozen|hundred|thousand)",
    re.IGNORECASE,
)
_ONE = re.compile(r"\b(?:an?|ein(?:e[nmrs]?)?|une?|una?)\b", re.IGNORECASE)
_DATED = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?|\b(?=\w*\d)(?=\w*[^\W\d])[\w-]{3,}|\d{1,2}[:h]\d\d")
"""Days, times and ids: their digits count nothing."""
_MOMENTS = frozenset({"year", "month", "day", "hour", "minute", "week", "number", "id", "no", "from", "to", "at"})
_CONVERTED = (12, 60, 24, 7, 30, 100, 1000, 3600)
_LACKS = re.compile(
    r"\b(?:do not|don['’]t|does not|can ?not|can['’]t|no longer|did not|didn['’]t|never)\s+(?:\w+\s+)?"
    r"(?:have|know|remember|recall|find|keep|note)\b"
    r"|\b(?:no idea|not sure|lost|forgot(?:ten)?|without) (?:\w+ )?(?:the|my|what|which|how|its|his|her|a|any)\b"
    r"|\b(?:weiß|kenne|habe|finde|erinnere)\b[^.?!]{0,40}\b(?:nicht|keine?n?)\b|\bkeine ahnung\b"
    r"|\bje ne (?:sais|connais|retrouve|trouve)\b|\bno (?:sé|recuerdo|tengo|encuentro)\b",
    re.IGNORECASE,
)
_NEAR = 60
_LITTLE = frozenset({"id", "the", "of", "a"})


def doubt_lacking(row: Row) -> Doubted | None:
    """A value is given that the person says they do not have."""
    for call in learnt_calls(row):
        lacked = [lack for text in asked_before(call, row) for lack in _lacks_in(text)]
        for pointer, value in call.leaves if lacked else ():
            words = [word for word in name_words(key_of(pointer)) if word not in _LITTLE]
            is_lacked = any(word[:5] in lack for word in words for lack in lacked)
            if is_lacked and not _is_said(value, call, row):
                told = f"The person does not know the {' '.join(words)}, yet it is called with {value!r}; ask for it."
                return Doubted("invented_value", told)
    return None


def doubt_numbers(row: Row) -> Doubted | None:
    """A number is given that nobody said and that follows from nothing said."""
    for call in learnt_calls(row):
        for pointer, value in call.leaves:
            is_open = type(value) in (int, float) and not _is_given_elsewhere(value, schema_at(call, pointer))
            if is_open and not _is_number_said(key_of(pointer), value, said_before(call, row)):
                told = f"{key_of(pointer)} {value} was said by nobody; leave it out, or let the person say it."
                return Doubted("unsaid_value", told)
    return None


def _lacks_in(text: str) -> list[str]:
    """What is said right behind "I do not know"."""
    return [text[found.start() : found.end() + _NEAR].lower() for found in _LACKS.finditer(text)]


def _is_said(value: Json, call: CallView, row: Row) -> bool:
    if isinstance(value, bool) or value is None:
        return True
    folded = fold(str(value))
    return not folded or any(folded in fold(text) for text in said_before(call, row))


def _is_given_elsewhere(value: Json, schema: dict[str, Json]) -> bool:
    """Whether the definition says the value: one of a list, the default, the only one."""
    return "enum" in schema or "const" in schema or schema.get("default") == value


def _is_number_said(key: str, value: float, texts: list[str]) -> bool:
    size = abs(float(value))
    whole = in_our_digits(" ".join(texts))
    if not _MOMENTS.isdisjoint(name_words(key)) and size in map(float, numbers_in(whole)):
        return True
    counted = _DATED.sub(" ", whole)
    words = [word.lower() for word in _WORD.findall(counted)]
    known = {float(number) for number in numbers_in(counted)} | {
        float(_WORDS[word]) for word in words if word in _WORDS
    }
    tens = {float(_TENS[word]) for word in words if word in _TENS}
    if size == 1 and _ONE.search(counted):
        return True
    measured = known | tens | ({1.0, 0.5} if _ONE_OF.search(counted) else set())
    return (
        size in measured | {a + b for a in tens for b in known}
        or _is_converted(size, measured)
        or _is_clock(key, size, known)
    )


def _is_converted(size: float, known: set[float]) -> bool:
    """Whether it is a number that was said, in another unit."""
    return any(size == one * by or size * by == one for one in known for by in _CONVERTED)


def _is_clock(key: str, size: float, known: set[float]) -> bool:
    """Whether it is an hour after noon: three is 15."""
    return "hour" in name_words(key) and size - 12 in known
