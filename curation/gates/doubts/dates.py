"""Dates that are not the day the person spoke of."""

from __future__ import annotations

import re
from datetime import date, timedelta

from curation.gates.doubts.contract import Doubted, asked_before, learnt_calls, said_before
from curation.rules.dates import date_in, has_full_date, is_spoken_date, relative_word
from curation.rules.row import Row
from curation.rules.value_places import key_of

_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_AWAY: dict[str, int] = {
    word: days
    for days, words in {
        -1: ("yesterday", "gestern", "ayer", "hier", "昨天"),
        0: ("today", "tonight", "heute", "aujourd'hui", "aujourd’hui", "hoy", "今天"),
        1: ("tomorrow", "morgen", "demain", "mañana", "明天"),
        2: ("the day after tomorrow", "übermorgen", "après-demain", "pasado mañana", "后天"),
    }.items()
    for word in words
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_IN_DAYS = re.compile(r"\bin (\d+|two|three|four|five|six|seven|ten) (day|week)s?\b", re.IGNORECASE)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}


def doubt_dates(row: Row) -> Doubted | None:
    """Another day was said than the one that is called with."""
    for call in learnt_calls(row):
        texts = said_before(call, row)
        asked = asked_before(call, row)
        for pointer, value in call.leaves if asked else ():
            if not isinstance(value, str) or date_in(value) is None or any(value[:10] in text for text in texts):
                continue
            meant = _meant_days(asked[-1], texts)
            if meant and _ISO.match(value) is not None and value[:10] not in meant:
                told = f"{key_of(pointer)} is {value}, and the person means {' or '.join(sorted(meant))}."
                return Doubted("shifted_date", told)
            is_reckoned = any(relative_word(text) for text in asked)
            if not meant and not is_reckoned and not is_spoken_date(value, texts) and any(map(_has_day, asked)):
                return Doubted("shifted_date", f"{key_of(pointer)} is {value}, and the person names another day.")
    return None


def _has_day(text: str) -> bool:
    """Whether a text names a day: with its year, or by its month."""
    return has_full_date(text) or any(is_spoken_date(f"2026-{month:02}-01", [text]) for month in range(1, 13))


def _meant_days(request: str, texts: list[str]) -> set[str]:
    """The days that "tomorrow" or "on Friday" can mean, where exactly one date says what day it is."""
    todays = {found.group() for text in texts if text != request for found in _ISO.finditer(text)}
    if len(todays) != 1 or _ISO.search(request):
        return set()
    try:
        today = date.fromisoformat(todays.pop())
    except ValueError:
        return set()
    return {(today + timedelta(days=days)).isoformat() for days in _days_away(request.lower(), today)}


def _days_away(request: str, today: date) -> set[int]:
    said = [word for word in _AWAY if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", request)]
    # "The day after tomorrow" holds "tomorrow".
    away = {_AWAY[word] for word in said if not any(word != other and word in other for other in said)}
    for found in _IN_DAYS.finditer(request):
        number = _COUNTS.get(found.group(1)) or int(found.group(1))
        away.add(number * (7 if found.group(2) == "week" else 1))
    for number, name in enumerate(_WEEKDAYS):
        if re.search(rf"\b{name}\b", request):
            first = (number - today.weekday()) % 7
            # "Next Friday" is the coming one for some and the one after it for others; "last" is behind us.
            away |= {first, first + 7, first - 7}
    return away
