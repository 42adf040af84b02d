"""What writers of foreign rows ask of a turn, with a sentence where it cannot be written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, NoReturn

from curation.formats.contract import NO_OBJECT, Loss, Written
from curation.formats.losses import take_off_labels
from curation.formats.slices import Members, cut_list, cut_object, text_of
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.source import one_line
from curation.model.values import UNSET, Arguments, Exact, Field, UnsetType
from curation.reading.scan import escape_step
from curation.reading.strict import parse_once, parse_strict

_MOST_BRACKETS = 200
"""Arguments with fewer never nest a row too deeply."""
_LEVELS_AROUND = 12
_NOT_LEARNT = Exact("0")


class UnwritableError(Exception):
    """A turn or a tool that the format cannot hold; the message is one sentence."""


def refuse(i: int, why: str) -> NoReturn:
    """Say that the turn at place `i` cannot be written."""
    raise UnwritableError(f"Turn {i + 1} {why}.")


def write_bare(example: Example, write: Callable[[Example, list[Loss]], Written]) -> Written:
    """Write an example without our labels, whose losses are counted already; what cannot be written is refused."""
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, losses = take_off_labels(example)
    try:
        return write(bare, list(losses))
    except UnwritableError as error:
        return Written(refused=str(error))


def list_key_losses(at: str, message: Message, kept: Collection[str] = ()) -> list[Loss]:
    """What no row of a foreign service holds beside role, content and calls; `kept` are extra keys it does hold."""
    losses = list_unknown(at, message.extra, kept)
    if message.name is UNSET and message.weight is UNSET and message.calls is None and message.tool_call_id is UNSET:
        return losses
    if not isinstance(message.name, UnsetType):
        losses.append(Loss(f"{at}/name", "name of the turn"))
    if not isinstance(message.weight, UnsetType):
        losses.append(Loss(f"{at}/weight", "weight"))
    if message.role != "tool" and not isinstance(message.tool_call_id, UnsetType):
        losses.append(Loss(f"{at}/tool_call_id", "tool_call_id"))
    if message.calls == ():
        losses.append(Loss(f"{at}/tool_calls", "empty list of calls"))
    return losses


def list_call_losses(at: str, call: Call, kept: Collection[str] = ()) -> list[Loss]:
    """What no foreign service holds beside the id, name and arguments of a call."""
    losses = list_unknown(at, call.extra, kept)
    if call.function_extra:
        losses += list_unknown(f"{at}/function", call.function_extra)
    if call.type != "function":
        losses.append(Loss(f"{at}/type", "type of the call"))
    text = call.arguments.text if isinstance(call.arguments, Arguments) else ""
    if one_line(text).strip() != text:
        losses.append(Loss(f"{at}/function/arguments", "spacing of the arguments"))
    return losses


def list_unknown(at: str, extra: Mapping[str, str], kept: Collection[str] = ()) -> list[Loss]:
    """A loss for each key that is not held."""
    if not extra:
        return []
    return [Loss(f"{at}/{escape_step(key)}", f"unknown key {key}") for key in sorted(extra) if key not in kept]


def check_turn(i: int, message: Message, *, holds_weight: bool = False) -> None:
    """Refuse what is no turn at all, calls where nobody makes calls, and what is not learnt where no row can say so."""
    if message.whole is not None:
        refuse(i, "is no object")
    if "tool_calls" in message.extra:
        refuse(i, "has calls that are no list")
    if message.calls and message.role != "assistant":
        refuse(i, "calls a tool, though its role is not assistant")
    if message.role == "assistant" and message.weight == _NOT_LEARNT and not holds_weight:
        refuse(i, "has weight 0, and in this format it would be learnt")
    if message.role not in ("system", "developer", "user", "assistant", "tool"):
        refuse(i, f"has the role {_name(message.role)}, which this format does not know")


def need_call(i: int, call: Call) -> tuple[str, str]:
    """The name of a call, and its arguments as the source of one sound object on one line."""
    if not isinstance(call.name, str):
        refuse(i, "makes a call without a name")
    text = call.arguments.text if isinstance(call.arguments, Arguments) else ""
    parsed = parse_once(text)
    if not isinstance(parsed.value, dict) or (parsed.faults and any(fault.code == "J05" for fault in parsed.faults)):
        refuse(i, f"calls `{call.name}` with arguments that are no sound JSON object")
    if len(text) > _MOST_BRACKETS and text.count("{") + text.count("[") > _MOST_BRACKETS and not _fits(text):
        refuse(i, f"calls `{call.name}` with arguments that are nested too deeply")
    return call.name, one_line(text).strip()


def _fits(text: str) -> bool:
    return parse_strict("[" * _LEVELS_AROUND + text + "]" * _LEVELS_AROUND).is_clean


def need_parts(i: int, content: Exact) -> list[tuple[str, Members]]:
    """The parts of a content that is a list of typed objects: the source of each, and its members."""
    sources = cut_list(content.json) or []
    parts = [(source, cut_object(source) or {}) for source in sources]
    sound = [part for part in parts if text_of(part[1].get("type")) is not None]
    if not sound or len(sound) != len(parts):
        refuse(i, "has content that is neither text nor a list of parts")
    return sound


def is_absent(content: Field) -> bool:
    """Whether a turn has no content at all."""
    return content is None or isinstance(content, UnsetType)


def _name(value: Field) -> str:
    return f"`{value}`" if isinstance(value, str) else "nothing"


class ToolParts(NamedTuple):
    """A definition, taken apart; each part is a source."""

    at: str
    """Inner pointer of the object with the name."""
    function: Members
    rest: Members
    """What stands beside the function in its wrapper, but for the usual type."""


def need_tool(k: int, definition: Definition) -> ToolParts:
    """The parts of a definition that has a name, wrapped or bare."""
    outer = cut_object(definition.text) or {}
    inner = cut_object(outer.get("function"))
    rest = {key: source for key, source in outer.items() if (key, source) != ("type", '"function"')}
    if inner is not None:
        del rest["function"]
    parts = ToolParts(f"/tools/{k}", rest, {}) if inner is None else ToolParts(f"/tools/{k}/function", inner, rest)
    if text_of(parts.function.get("name")) is None or "function" in parts.function:
        raise UnwritableError(f"Tool {k + 1} is no definition with a name.")
    return parts
