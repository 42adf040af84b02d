"""An answer in the playground: read, judged by the one validator, and turned into the turn it stands for.

Whatever a model writes becomes a turn and one sentence: half a megabyte of noise, control characters, JSON a thousand
levels deep and calls of tools that nobody offered among it.
"""

from __future__ import annotations

import msgspec

from curation.formats.router_answer import RouterAbstention, parse_answer
from curation.llm.answers import drop_thoughts
from curation.metrics.answers import Answer
from curation.metrics.given import INVALID, Verdict, read_given
from curation.metrics.markup import read_text_calls
from curation.metrics.offers import offer_tools
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.finding import Judged
from curation.model.values import Arguments, Json
from curation.reading.strict import parse_strict
from curation.services.call_ids import free_call_ids
from curation.services.workspace import Workspace
from curation.services.writing import judge_example

MOST_KEPT = 200_000
"""Characters of an answer that are kept and looked at; no call is so long."""
MOST_WHY = 600
"""Characters of what is said against an answer: people read it, and a model that repairs it does."""
INVALID_VERDICTS = frozenset(one.value for one in INVALID)
CALL, NO_CALL = Verdict.VALID_CALL.value, Verdict.VALID_NO_TOOL.value
VERDICT_WORDS: dict[str, str] = {
    Verdict.UNPARSEABLE.value: "cannot be read",
    Verdict.UNKNOWN_TOOL.value: "unknown tool",
    Verdict.SCHEMA_INVALID.value: "breaks the schema",
    CALL: "valid call",
    NO_CALL: "no call",
}


class ReadAnswer(msgspec.Struct, frozen=True):
    """One answer as it is kept, and what was made of it."""

    text: str
    verdict: str
    why: str
    """One sentence for an invalid one."""
    turn: Message

    @property
    def is_invalid(self) -> bool:
        return self.verdict in INVALID_VERDICTS


def read_answer(text: str, example: Example, *, is_router: bool, message: Message | None = None) -> ReadAnswer:
    """Read what a model wrote, or the message it sent, as the next turn of a conversation."""
    kept, cut = keep_text(text)
    tools = example.tools if isinstance(example.tools, tuple) else ()
    if cut:
        return ReadAnswer(kept, Verdict.UNPARSEABLE.value, cut, Message(role="assistant", content=kept))
    answer = Answer(message=message) if message is not None else Answer(text=kept)
    given = read_given(answer, offer_tools(tools), is_router=is_router)
    turn = _number(message, example) if message is not None else _turn_of(kept, example, tools, is_router=is_router)
    why = given.why or ("The answer cannot be read." if given.verdict in INVALID else "")
    return ReadAnswer(kept, given.verdict.value, shorten_why(why), turn)


def shorten_why(why: str) -> str:
    """A sentence about an answer that names a tool or an argument of the model's own making, however long that is."""
    return why if len(why) <= MOST_WHY else f"{why[: MOST_WHY // 2].rstrip()} … {why[-MOST_WHY // 2 :].lstrip()}"


def keep_text(text: str) -> tuple[str, str]:
    """What is stored of an answer, and a sentence where that is not all of it."""
    whole = text.encode("utf-8", "replace").decode()
    if len(whole) <= MOST_KEPT:
        return whole, ""
    told = f"The answer has {len(whole):,} characters; the first {MOST_KEPT:,} are kept, and nothing in it is run."
    return whole[:MOST_KEPT], told


def findings_of(ws: Workspace, project_id: str, example: Example, turn: int) -> tuple[Judged, ...]:
    """What the checker of examples says about the calls of one turn, errors first."""
    places = tuple(f"/messages/{turn}/tool_calls/{n}/function" for n in range(len(example.messages[turn].calls or ())))
    if not places:
        return ()
    return tuple(one for one in judge_example(ws, project_id, example) if one.finding.at.startswith(places))


def _turn_of(text: str, example: Example, tools: tuple[Definition, ...], *, is_router: bool) -> Message:
    """The turn a text stands for; one that nobody can read stays text."""
    said = drop_thoughts(text)
    found = _router_call(said) if is_router else _text_calls(said, tools)
    if found:
        ids = free_call_ids(example, len(found))
        calls = tuple(
            Call(name=name, arguments=Arguments(arguments), id=call_id, type="function")
            for call_id, (name, arguments) in zip(ids, found, strict=True)
        )
        return Message(role="assistant", content=None, calls=calls)
    parsed = parse_answer(said)
    if isinstance(parsed, RouterAbstention):
        return Message(role="assistant", content=parsed.message, label=Label(reason=parsed.reason))
    return Message(role="assistant", content=said or text)


def _router_call(text: str) -> list[tuple[str, str]]:
    """The call a router's answer makes, a misshapen one too, so that it can be shown and put right."""
    value: Json = parse_strict(text).value
    if not isinstance(value, dict) or not isinstance(value.get("tool"), str) or "arguments" not in value:
        return []
    arguments = value["arguments"]
    if isinstance(arguments, str):
        return [(value["tool"], arguments)]
    return [(value["tool"], _exact_arguments(text) or msgspec.json.encode(arguments).decode())]


class _Slices(msgspec.Struct):
    arguments: msgspec.Raw = msgspec.Raw(b"")


def _exact_arguments(text: str) -> str:
    try:
        return bytes(msgspec.json.decode(text, type=_Slices).arguments).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _text_calls(text: str, tools: tuple[Definition, ...]) -> list[tuple[str, str]]:
    found = read_text_calls(text, frozenset(offer_tools(tools).parameters))
    return found if isinstance(found, list) else []


def _number(message: Message, example: Example) -> Message:
    """A message from a host, with ids that nothing in the conversation has yet."""
    calls = message.calls or ()
    taken = {call.id for turn in example.messages for call in turn.calls or ()}
    ids = [call.id for call in calls]
    is_free = all(isinstance(one, str) and one and one not in taken for one in ids)
    if not calls or (is_free and len(set(ids)) == len(ids)):
        return message
    fresh = free_call_ids(example, len(calls))
    numbered = (msgspec.structs.replace(call, id=name) for call, name in zip(calls, fresh, strict=True))
    return msgspec.structs.replace(message, calls=tuple(numbered))
