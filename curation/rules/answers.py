"""Checks of whether an answer follows from the results just before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from curation.model.finding import Severity
from curation.model.values import Json
from curation.rules.effects import words_of
from curation.rules.numbers import is_derivable, numbers_apart, numbers_in, spoken_numbers
from curation.rules.outcome import outcome_of
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row, Turn

_NUMBERS_MOST = 40
_ID = re.compile(r"(?<![\w@./#-])(?=[\w-]*\d[\w-]*\d)(?=[\w-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*(?![\w@/-]|\.\w)")
_DATE = re.compile(r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])")
_IDS_MOST = 60
_SHORTEST_ID = 5
_ALIKE = 92
"""Texts that share so much (of 100) are the same with other courtesies."""
_FEWEST_WORDS = 4
_ASKS_FOR = re.compile(
    r"\b(?:what(?:['’]s| is| was| are)|which|(?:could|can|would|will) you (?:please )?(?:tell|give|provide|share"
    r"|send|confirm)"
    r"|please (?:tell|give|provide|share|send)|wie (?:lautet|ist)|welche[rsn]?|(?:nennen|geben|schicken|teilen) sie"
    r"|(?:nenn|gib|schick) (?:mir|uns))\b|请(?:提供|告诉|问)|是什么|哪(?:个|一)",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:other|another|else|next|more|instead|different|new|further|also|would you like|do you want|shall i"
    r"|should i"
    r"|andere[rsnm]?|weitere[rsnm]?|noch|möchten|soll ich|stattdessen|neue[rsnm]?)\b|其他|另外|还|别的|要不要|是否",
    re.IGNORECASE,
)
_NO_ACCESS = re.compile(
    r"\bI (?:do not|don['’]t|currently don['’]t) have (?:access to|the ability to)\b"
    r"|\bI(?:['’]m| am) (?:unable|not able) to (?:access|check|look up|retrieve|track)\b"
    r"|\bI (?:cannot|can['’]t|can not) (?:access|check|look up|retrieve|track)\b"
    r"|\bich habe (?:leider )?keinen zugriff\b|\bich kann (?:\S+ ){0,4}nicht (?:abrufen|einsehen|prüfen|nachsehen"
    r"|abfragen)\b"
    r"|我(?:无法|不能|没有办法|没办法)(?:访问|查询|查看|获取)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_ALSO = {
    "id": ("number", "nummer", "号"),
    "number": ("nummer", "号"),
    "order": ("bestell", "auftrag", "订单"),
    "name": ("名",),
    "email": ("e-mail", "mailadresse", "邮箱"),
    "date": ("datum", "tag", "日期"),
    "city": ("stadt", "ort", "城市"),
    "account": ("konto", "账号", "账户"),
    "address": ("adresse", "地址"),
    "parcel": ("paket", "sendung", "包裹"),
    "invoice": ("rechnung", "发票"),
}
"""Words that ask for an argument of this name in German and Chinese, too."""
_SHORT_RESULT = 12


@rule("B06", scope="language", severity=Severity.WARNING, waivable=True)
def answer_contradicts_result(row: Row) -> Found:
    """The answer gives a number, an id or a date that no result and no message holds.

    Copying slips teach a model to make up figures. Numbers that can be computed from those at hand are not
    flagged; an id or a date is flagged when it is nearly one that is there.

    Bad: result: `{"price": 42.50}`, answer: "It costs 45.20."

    Good: "It costs 42.50."
    """
    if not row.results:
        return None
    return [hit for turn in _answers(row) for hit in (_wrong_numbers(turn, row), _wrong_names(turn, row)) if hit]


def _answers(row: Row) -> Iterator[Turn]:
    """Turns of words that follow a result."""
    for turn in row.assistant_turns:
        is_after_result = turn.index > 0 and row.turns[turn.index - 1].role == "tool"
        if turn.text and not turn.calls and is_after_result and not turn.is_weightless:
            yield turn


def _wrong_numbers(turn: Turn, row: Row) -> Hit | None:
    spoken = spoken_numbers(turn.text or "")
    known = numbers_in(row.turns[turn.index - 1].text or "") if spoken else frozenset()
    said = sorted(spoken - known)
    if not known or not said or len(said) > _NUMBERS_MOST:
        return None
    context = known | numbers_in(_context(turn, row))
    wrong = _unheld(said, context)
    apart = _unheld(sorted(numbers_apart(turn.text or "") - known), context) if wrong else []
    if not apart:
        return None  # right in one of the two ways to read blanks between numbers
    return _not_held(turn, row, [number for number in wrong if number in apart] or wrong, "")


def _unheld(said: list[str], context: frozenset[str]) -> list[str]:
    return [number for number in said if number not in context and not is_derivable(number, context)]


def _wrong_names(turn: Turn, row: Row) -> Hit | None:
    text = turn.text or ""
    said = {found for found in _ID.findall(text) if len(found) >= _SHORTEST_ID} | set(_DATE.findall(text))
    if not said:
        return None
    if len(said) > _IDS_MOST:
        return None
    context = _context(turn, row)
    folded = context.casefold()
    strange = sorted(one for one in said if one.casefold() not in folded)
    if not strange:
        return None
    there = {*_ID.findall(context), *_DATE.findall(context)}
    if len(there) > _IDS_MOST:
        return None
    unsaid = [one for one in there if one not in text]
    for one in strange:
        near = next((other for other in sorted(unsaid) if _is_slip(one, other)), None)
        if near is not None:
            return _not_held(turn, row, [one], f"; `{near}` is near")
    return None


def _is_slip(said: str, held: str) -> bool:
    return len(held) >= _SHORTEST_ID and abs(len(said) - len(held)) <= 1 and 0 < OSA.distance(said, held) <= 1


def _context(turn: Turn, row: Row) -> str:
    return " ".join([*row.text_before(turn.index), *(call.text or "" for call in row.calls)])


def _not_held(turn: Turn, row: Row, wrong: list[str], hint: str) -> Hit:
    message = f"The answer says {', '.join(wrong[:4])}, which no result or message holds{hint}."
    return Hit(turn.at + "/content", message, {"numbers": list(wrong[:4])}, None, row.turns[turn.index - 1].at)


@rule("B07", scope="language", severity=Severity.WARNING, waivable=True)
def result_ignored(row: Row) -> Found:
    """The answer makes nothing of the result: it asks again, repeats the question, or says it has no access.

    The tool has just said what was asked. A model trained on this calls and then behaves as if it had not. Answer
    from the result.

    Bad: `track_order(A-1001)` → shipped, "Could you tell me your order number?"

    Good: `track_order(A-1001)` → shipped, "Your order A-1001 was shipped."
    """
    if not row.results:
        return None
    return [hit for turn in _answers(row) if (hit := _ignoring(turn, row)) is not None]


def _ignoring(turn: Turn, row: Row) -> Hit | None:
    result = row.turns[turn.index - 1]
    text, outcome = turn.text or "", outcome_of(result.text)
    if outcome.failed or not _says_something(result.text, outcome.value) or _uses(text, result):
        return None
    why = _repeats(turn, row) or _asks_again(turn, row) or _denies(text)
    if why is None:
        return None
    message = f"The result answers the request, yet the answer {why}; answer from the result."
    return Hit(turn.at + "/content", message, {"text": text[:80]}, None, result.at)


def _says_something(text: str | None, value: Json) -> bool:
    """Whether a result holds more than an empty list."""
    if not text or len(text) < _SHORT_RESULT:
        return False
    if isinstance(value, dict):
        return any(child not in (None, "", [], {}, 0, False) for child in value.values())
    return value != [] if value is not None else True


def _uses(text: str, result: Turn) -> bool:
    """Whether the answer holds a number or a word that the result brought in."""
    said = text.casefold()
    words = (word.casefold() for word in _WORD.findall(result.text or ""))
    # In the order of the text: a set's own differs from run to run, and only the first of many are looked for.
    brought = list(dict.fromkeys([*words, *sorted(numbers_in(result.text or ""))]))
    before = " ".join(result.row.text_before(result.index)).casefold()
    calls = " ".join(call.text or "" for call in result.row.calls if call.turn.index < result.index).casefold()
    return any(one in said and one not in before and one not in calls for one in brought[:400])


def _repeats(turn: Turn, row: Row) -> str | None:
    text = turn.text or ""
    if len(_WORD.findall(text)) < _FEWEST_WORDS:
        return None
    if any(fuzz.ratio(text.casefold(), asked.casefold()) >= _ALIKE for asked in _questions_before(turn, row)):
        return f"repeats “{text[:60]}”"
    return None


def _questions_before(turn: Turn, row: Row) -> Iterator[str]:
    """What was asked: by the user, or of the user before any result."""
    before = ""
    for earlier in row.turns[: turn.index]:
        is_own_question = earlier.role == "assistant" and before != "tool" and "?" in (earlier.text or "")
        if earlier.text and not earlier.calls and (earlier.role == "user" or is_own_question):
            yield earlier.text
        before = earlier.role


def _asks_again(turn: Turn, row: Row) -> str | None:
    text = turn.text or ""
    last = next((one for one in reversed(re.split(r"(?<=[.!。！])\s*", text.strip())) if one), "")
    asked = _ASKS_FOR.search(last) if last.endswith(("?", "？", ".", "。")) else None
    if asked is None or _ANOTHER.search(last):
        return None
    calls = [result.call for result in row.results if result.turn.index < turn.index and result.call is not None]
    just_made = [call for call in calls if call.turn is calls[-1].turn]
    given = next((name for call in just_made for name in _names_of(call) if _is_named(name, last)), None)
    return f"asks for `{given}`, which the call already gave" if given is not None else None


def _names_of(call: CallView) -> list[str]:
    return [name for name, value in (call.arguments or {}).items() if value not in (None, "")]


def _is_named(name: str, question: str) -> bool:
    """Whether a question asks for an argument: it holds every word of its name, `id` as "number" as well."""
    said = question.casefold()
    words = [word for word in words_of(name) if len(word) > 1]
    return bool(words) and all(any(other in said for other in (word, *_ALSO.get(word, ()))) for word in words)


def _denies(text: str) -> str | None:
    denial = _NO_ACCESS.search(text)
    return f"says “{denial.group()[:60]}”" if denial is not None else None
