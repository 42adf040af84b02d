"""Checks of the question in a row that calls nothing because something is missing."""

from __future__ import annotations

import re

from curation.model.finding import Severity
from curation.rules.no_tool import decision_of, is_given, reason_of, request_before
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row, Turn

_ASKS = re.compile(
    r"[?？؟]|\b(?:please|kindly|bitte|veuillez|por favor)\b"
    r"|\b(?:let me know|tell me|send me|give me|share|specify|provide|require|missing"
    r"|need (?:to know|your|the|a|an|more)|nennen|teilen|brauche|benötige|fehlt|geben sie|gib mir|sag mir"
    r"|j['’]ai besoin|il me (?:faut|manque)|necesito|falta)\b"
    r"|请|告诉我|需要|缺少|提供|哪|什么|吗|教えて|ください|알려",
    re.IGNORECASE,
)
_OPENING = r"(?:(?:sure|certainly|of course|okay|ok|sorry|i see|hello|hi|gern(?:e)?|natürlich|好的|当然)\W+)*"
_ASK = (
    r"(?:(?:could|can|would|will) you (?:please |kindly )?|please |kindly )?"
    r"(?:tell|give|provide|share|send|offer|explain|elaborate|clarify|be|describe)(?: me| us)?(?: with)?"
)
_MORE = (
    r"(?: (?:a (?:bit|little) |some |any )?(?:more|further|additional)"
    r"(?: (?:specific|details?|info(?:rmation)?|context))*"
    r"| in more detail| more specific| what you (?:mean|need|want))?"
)
_ABOUT = (
    r"(?: (?:about|on|regarding|concerning) (?:it|this|that|what you (?:need|want|mean)"
    r"|your (?:request|question|issue|problem)))?"
)
_GERMAN = (
    r"(?:können|könnten|kannst|könntest) (?:sie|du) (?:mir )?(?:das |es )?(?:bitte )?(?:etwas |ein wenig )?"
    r"(?:mehr(?: informationen| details| angaben)?|genauer|näher)(?: dazu| darüber)?"
    r" (?:sagen|geben|beschreiben|erklären|erläutern|nennen)"
    r"|was (?:genau )?(?:meinen sie|meinst du|möchten sie|brauchen sie)(?: genau)?"
)
_CHINESE = (
    r"(?:请|能否|能|可以|您能|你能)*(?:再|更)?(?:提供|说|告诉我|描述)(?:得|一下)?(?:更多|更|再)?(?:详细|具体)?(?:的)?"
    r"(?:信息|细节|一点|一些|情况|说明)?吗?"
)
_VAGUE = re.compile(
    rf"{_OPENING}(?:{_ASK}{_MORE}{_ABOUT}(?:,? please)?|what (?:exactly )?do you (?:mean|need|want)"
    rf"|i need more (?:details?|information|context)|{_GERMAN}|{_CHINESE})",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.?!。？！]+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_LONGEST = 400


def _asking(row: Row) -> Turn | None:
    """The answer of a row that calls nothing since something is missing."""
    turn = decision_of(row)
    return turn if turn is not None and turn.text and reason_of(turn) == "missing_information" else None


@rule("N02", scope="language", severity=Severity.WARNING, waivable=True)
def question_missing(row: Row) -> Found:
    """Information is said to be missing, but the answer does not ask for it, or asks for what was given.

    The user does not know what to do next, and the model learns to stop, or to ask again for what it was just told.
    Ask for the missing detail, or change the reason.

    Bad: "I cannot track your order." with the reason `missing_information`

    Good: "Which order is it? Please give me its number."
    """
    turn = _asking(row)
    if turn is None or turn.text is None:
        return None
    at = turn.at + "/content"
    if _ASKS.search(turn.text) is None:
        return Hit(at, "The reason says that information is missing, but the answer asks for nothing.")
    given = _given_already(turn, row)
    if given is not None:
        return Hit(at, f"`{given}` is said to be missing, but the request holds it.", {"parameter": given})
    return None


def _given_already(turn: Turn, row: Row) -> str | None:
    """An argument that the label calls missing although the request holds it."""
    label, request = turn.message.label, request_before(turn, row)
    if label is None or not request:
        return None
    for name in label.missing:
        key = name.rpartition(".")[2]
        schemas = [tool.property(key) for tool in row.offer.tools if key in tool.properties]
        if len(schemas) == 1 and "enum" not in schemas[0] and is_given(schemas[0], request):
            return name[:60]
    return None


@rule("N04", scope="language", severity=Severity.WARNING, waivable=True)
def question_unspecific(row: Row) -> Found:
    """A question asks for "more" and names nothing that is missing.

    The user cannot know what to answer, and the model learns to ask instead of looking what the tool needs. Name the
    missing argument in words that users know.

    Bad: "Could you tell me more?"

    Good: "Which order is it? The number begins with W."
    """
    turn = decision_of(row)
    if turn is None or not turn.text or not row.offer.tools or len(turn.text) > _LONGEST:
        return None
    if reason_of(turn) != "missing_information" and (reason_of(turn) is not None or not _concerns_tool(turn, row)):
        return None
    sentences = [part.strip(" ,;:—-\n\t") for part in _SENTENCE.findall(turn.text)]
    asking = [part for part in sentences if part and _ASKS.search(part + _mark(turn.text, part))]
    if not asking or not all(_VAGUE.fullmatch(part) for part in asking):
        return None
    message = f"“{asking[0][:60]}” names nothing that is missing; ask for the argument that the tool needs."
    return Hit(turn.at + "/content", message, {"question": asking[0][:60]})


def _concerns_tool(turn: Turn, row: Row) -> bool:
    """Whether the request has a word of a tool's name, so that something can be missing for it."""
    words = set(_WORD.findall((request_before(turn, row) or "").lower()))
    return any(not words.isdisjoint(_WORD.findall((tool.name or "").lower())) for tool in row.offer.tools)


def _mark(text: str, part: str) -> str:
    """The mark that ends a sentence of the text."""
    end = text.find(part) + len(part)
    return text[end : end + 1]
