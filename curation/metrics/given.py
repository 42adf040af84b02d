"""What an answer says: its calls, its abstention, or why it says nothing that can be read."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from curation.formats.router_answer import Broken, RouterAbstention, RouterCall, parse_answer
from curation.llm.answers import drop_thoughts
from curation.metrics.answers import Answer
from curation.metrics.markup import is_ambiguous, read_text_calls
from curation.metrics.messages import said_in_refusal
from curation.metrics.offers import Offer
from curation.model.example import Call, Example, Message
from curation.model.values import UNSET, Arguments, Exact, Json
from curation.reading.strict import parse_strict

NO_TOOL = "no_tool"


class Verdict(StrEnum):
    """The class of an answer, worst first."""

    UNPARSEABLE = "unparseable"
    UNKNOWN_TOOL = "unknown_tool"
    SCHEMA_INVALID = "schema_invalid"
    VALID_CALL = "valid_call"
    VALID_NO_TOOL = "valid_no_tool"


INVALID = (Verdict.UNPARSEABLE, Verdict.UNKNOWN_TOOL, Verdict.SCHEMA_INVALID)
_ORDER = tuple(Verdict)


class GivenCall(msgspec.Struct, frozen=True):
    """One call an answer makes."""

    name: str
    arguments: dict[str, Json] = {}


class Given(msgspec.Struct, frozen=True):
    """One answer, read and judged."""

    verdict: Verdict
    calls: tuple[GivenCall, ...] = ()
    names: tuple[str, ...] | None = None
    """The tools called, in order; empty: the answer chose none; None: no choice could be read."""
    why: str = ""
    """One sentence about an invalid answer, or a valid one that seems to claim too much."""
    reason: str | None = None
    """The no-tool reason, where the answer names one."""
    said: str = ""
    """The words of an answer without a call."""

    @property
    def has_calls(self) -> bool:
        return bool(self.calls)

    @property
    def abstains(self) -> bool:
        """Whether the answer chose no tool, well formed or not."""
        return self.names == ()


def _abstention(said: str, reason: str | None = None) -> Given:
    return Given(Verdict.VALID_NO_TOOL, names=(), reason=reason, said=said)


def _calling(verdict: Verdict, calls: tuple[GivenCall, ...], why: str) -> Given:
    return Given(verdict, calls, tuple(call.name for call in calls), why)


def read_given(answer: Answer, offer: Offer, *, is_router: bool) -> Given:
    """Read one answer to a row and put it into its class; what the model thought before it is no part of it."""
    if says_nothing(answer):
        return Given(Verdict.UNPARSEABLE, why="The model said nothing: neither words nor a call.")
    if answer.message is None:
        text = drop_thoughts(answer.text or "")
        return _read_router(text, offer) if is_router else _read_text(text, offer)
    calls = _calls_of(answer.message)
    if calls:
        return _read_calls(calls, offer)
    text = drop_thoughts(_text_of(answer.message))
    return _read_router(text, offer) if is_router and _names_tool(text) else _read_text(text, offer)


def says_nothing(answer: Answer) -> bool:
    """Whether there are neither words nor a call, wherever the answer comes from; thoughts are said to nobody."""
    if answer.is_empty:
        return True
    if answer.message is None:
        return not drop_thoughts(answer.text or "").strip()
    return not _calls_of(answer.message) and not drop_thoughts(_text_of(answer.message)).strip()


def said_at_last(example: Example) -> str:
    """The words of a row's last assistant turn."""
    last = next((one for one in reversed(example.messages) if one.role == "assistant"), None)
    text = "" if last is None else _text_of(last)
    parsed = parse_answer(text)
    return parsed.message if isinstance(parsed, RouterAbstention) else text


def _read_router(text: str, offer: Offer) -> Given:
    parsed = parse_answer(text)
    if isinstance(parsed, RouterCall):
        return _judge([_open_call(parsed.tool, parsed.arguments_text)], offer)
    if isinstance(parsed, RouterAbstention):
        return _abstention(parsed.message, parsed.reason)
    if parsed.kind == "schema_invalid":
        return _read_misshapen(text, parsed.why, offer)
    return Given(Verdict.UNPARSEABLE, why=parsed.why)


def _names_tool(text: str) -> bool:
    """Whether a message's text is a router answer, well formed or not; any other text is judged as native text."""
    value: Json = parse_strict(text).value
    is_readable = not isinstance(parsed := parse_answer(text), Broken) or parsed.kind == "schema_invalid"
    return is_readable and isinstance(value, dict) and isinstance(value.get("tool"), str)


def _read_misshapen(text: str, why: str, offer: Offer) -> Given:
    """A router object with wrong keys may still name a tool, which may be unknown."""
    value: Json = parse_strict(text).value
    name = value.get("tool") if isinstance(value, dict) else None
    if not isinstance(name, str):
        return Given(Verdict.SCHEMA_INVALID, why=why)
    if name == NO_TOOL:
        return Given(Verdict.SCHEMA_INVALID, names=(), why=why)
    arguments = value.get("arguments")
    call = GivenCall(name, arguments if isinstance(arguments, dict) else {})
    if not offer.has(name):
        return _calling(Verdict.UNKNOWN_TOOL, (call,), _unknown(name))
    return _calling(Verdict.SCHEMA_INVALID, (call,), why)


def _read_text(text: str, offer: Offer) -> Given:
    """Native text: an abstention unless it holds a call, whole or broken."""
    routed = parse_answer(text)
    if isinstance(routed, RouterAbstention):
        return _abstention(routed.message, routed.reason)
    found = read_text_calls(text, frozenset(offer.parameters))
    if found is None:
        return _abstention(text)
    if isinstance(found, str):
        return Given(Verdict.UNPARSEABLE, why=found)
    return _judge([_open_call(name, arguments) for name, arguments in found], offer)


def _read_calls(calls: tuple[Call, ...], offer: Offer) -> Given:
    return _judge([_open_native(call) for call in calls], offer)


def _calls_of(message: Message) -> tuple[Call, ...]:
    """The calls of a message; something that is no list of calls counts as one that cannot be read."""
    if "tool_calls" in message.extra or "function_call" in message.extra:
        return _legacy_calls(message)
    return message.calls or ()


def _legacy_calls(message: Message) -> tuple[Call, ...]:
    """The single call of the old `function_call` key; an unreadable one stays a call without a name."""
    value: Json = parse_strict(message.extra.get("function_call", "null")).value
    if "tool_calls" in message.extra or not isinstance(value, dict):
        is_empty = message.extra.get("tool_calls", message.extra.get("function_call")) in ("null", "[]")
        return () if is_empty else (Call(),)
    name, arguments = value.get("name"), value.get("arguments")
    text = Arguments(arguments) if isinstance(arguments, str) else UNSET
    return (Call(name=name if isinstance(name, str) else None, arguments=text),)


def _text_of(message: Message) -> str:
    """The text of a message; content parts are searched for call markup as they stand.

    Words of refusal, which some hosts put beside an empty content, are words.
    """
    content = message.content
    text = content if isinstance(content, str) else _joined_parts(content.json) if isinstance(content, Exact) else ""
    return text if text.strip() else said_in_refusal(message)


def _joined_parts(json: str) -> str:
    value: Json = parse_strict(json).value
    parts = value if isinstance(value, list) else []
    texts = [part.get("text", part.get("refusal")) if isinstance(part, dict) else part for part in parts]
    return "\n".join(text for text in texts if isinstance(text, str))


def _open_native(call: Call) -> GivenCall | str:
    if not isinstance(call.name, str) or isinstance(call.arguments, msgspec.UnsetType):
        return "A call names no tool or has no arguments."
    return _open_call(call.name, call.arguments.text)


def _open_call(name: str, arguments_text: str) -> GivenCall | str:
    """The call with its arguments parsed, or one sentence why they cannot be."""
    parsed = parse_strict(arguments_text)
    if is_ambiguous(parsed):
        return f"The arguments of `{name}` cannot be read: {parsed.faults[0].message}"
    if not isinstance(parsed.value, dict):
        return f"The arguments of `{name}` are not a JSON object."
    return GivenCall(name, parsed.value)


def _judge(found: list[GivenCall | str], offer: Offer) -> Given:
    """The worst class among the calls; one unreadable call makes the whole answer unreadable."""
    broken = next((call for call in found if isinstance(call, str)), None)
    if broken is not None:
        return Given(Verdict.UNPARSEABLE, why=broken)
    calls = tuple(call for call in found if not isinstance(call, str))
    verdict, why = min((_judge_call(call, offer) for call in calls), key=lambda judged: _ORDER.index(judged[0]))
    return _calling(verdict, calls, why)


def _judge_call(call: GivenCall, offer: Offer) -> tuple[Verdict, str]:
    if not offer.has(call.name):
        return Verdict.UNKNOWN_TOOL, _unknown(call.name)
    fault = offer.fault(call.name, call.arguments)
    if fault is not None:
        return Verdict.SCHEMA_INVALID, f"The arguments of `{call.name}` break its schema: {fault}."
    return Verdict.VALID_CALL, ""


def _unknown(name: str) -> str:
    return f"`{name}` is not a tool of this row."
