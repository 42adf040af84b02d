"""Examples to the lines that Azure's file check lets pass."""

from __future__ import annotations

import msgspec

from curation.formats.call_numbers import CallNumbers
from curation.formats.composing import wrap_tool
from curation.formats.contract import NO_OBJECT, Loss, Written
from curation.formats.losses import take_off_labels
from curation.formats.openai import with_text_arguments
from curation.formats.slices import cut_object, text_of
from curation.formats.turns import UnwritableError, check_turn, is_absent, list_unknown, need_parts, need_tool, refuse
from curation.model.definition import Definition
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.values import UNSET, Arguments, Exact, Field, UnsetType

_ROW_KEYS = frozenset({"parallel_tool_calls"})
_FUNCTION_KEYS = frozenset({"name", "description", "parameters", "strict"})
_WEIGHTS = (Exact("0"), Exact("1"))
_PARTS = {
    "user": frozenset({"text", "image_url", "input_audio", "file"}),
    "assistant": frozenset({"text", "refusal"}),
    "system": frozenset({"text"}),
    "developer": frozenset({"text"}),
    "tool": frozenset({"text"}),
}
"""The types of parts by role."""
_STARTS = {"description": ('"',), "parameters": ("{",), "strict": ("true", "false")}
"""How the value of a key of a function begins."""
_OLD_FORM = "the form of 2023, which the file check no longer takes; save it in today's form first"


def write(example: Example) -> Written:
    """The row, with nothing in it that Azure does not know."""
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, losses = take_off_labels(example)
    try:
        return _Writer(bare, list(losses)).write()
    except UnwritableError as error:
        return Written(refused=str(error))


class _Writer:
    """One pass over the turns of one example."""

    def __init__(self, example: Example, losses: list[Loss]) -> None:
        self.example = example
        self.losses = losses
        self.numbers = CallNumbers(example.messages)

    def write(self) -> Written:
        example = self.example
        if not example.messages:
            raise UnwritableError("The row has no list of messages, or an empty one.")
        if {"functions", "function_call"} & example.extra.keys():
            raise UnwritableError(f"The row holds `functions`, {_OLD_FORM}.")
        kept = _ROW_KEYS if example.extra.get("parallel_tool_calls") in ("true", "false") else frozenset[str]()
        self.losses += list_unknown("", example.extra, kept)
        written = msgspec.structs.replace(
            example,
            messages=tuple(self.write_turn(i, message) for i, message in enumerate(example.messages)),
            tools=self.write_tools(),
            extra=_keep(example.extra, kept),
        )
        return Written(rows=(encode(written),), losses=tuple(self.losses))

    def lose(self, at: str, what: str) -> None:
        self.losses.append(Loss(at, what))

    # -- turns ----------------------------------------------------------------------------------------------------

    def write_turn(self, i: int, message: Message) -> Message:
        check_turn(i, message, holds_weight=True)
        if "function_call" in message.extra:
            refuse(i, f"holds `function_call`, {_OLD_FORM}")
        kept = frozenset({"refusal"}) if self.may_refuse(message) else frozenset[str]()
        self.losses += list_unknown(f"/messages/{i}", message.extra, kept)
        return msgspec.structs.replace(
            with_text_arguments(message),
            content=self.write_content(i, message),
            calls=self.write_calls(i, message),
            tool_call_id=self.write_answered(i, message),
            name=self.write_name(i, message),
            weight=self.write_weight(i, message),
            extra=_keep(message.extra, kept),
        )

    def write_content(self, i: int, message: Message) -> Field:
        """Text or parts; a result is text alone, because the check has refused parts there."""
        content = message.content
        if isinstance(content, str) or (is_absent(content) and self.may_be_silent(message)):
            return content
        if is_absent(content):
            refuse(i, "has no content")
        assert isinstance(content, Exact)  # noqa: S101
        parts = [part for _, part in need_parts(i, content)]
        known = _PARTS.get(str(message.role), frozenset())
        said = [text for part in parts if (text := text_of(part.get("text"))) is not None]
        for part in parts:
            kind = text_of(part["type"])
            if kind not in known or (kind == "text" and not part.get("text", "").startswith('"')):
                refuse(i, f"holds a part of the type `{kind}`, which stands there for nothing that Azure knows")
        if message.role != "tool":
            return content
        self.lose(f"/messages/{i}/content", "parts of the result; they are written as one text")
        return "\n".join(said)

    @staticmethod
    def may_refuse(message: Message) -> bool:
        """Whether a turn holds a refusal, or says that it is none."""
        return message.role == "assistant" and message.extra.get("refusal", "").startswith(('"', "null"))

    @staticmethod
    def may_be_silent(message: Message) -> bool:
        """Whether a turn needs no content: it calls, or refuses in its own key."""
        refuses = message.extra.get("refusal", "").startswith('"')
        return message.role == "assistant" and (bool(message.calls) or refuses)

    def write_name(self, i: int, message: Message) -> Field:
        """A name, where it is text and the turn is no result."""
        if message.role != "tool" and isinstance(message.name, str):
            return message.name
        if not isinstance(message.name, UnsetType):
            self.lose(f"/messages/{i}/name", "name of the turn")
        return UNSET

    def write_weight(self, i: int, message: Message) -> Field:
        if message.role == "assistant" and message.weight in _WEIGHTS:
            return message.weight
        if not isinstance(message.weight, UnsetType):
            self.lose(f"/messages/{i}/weight", "weight that is not 0 or 1 on an assistant turn")
        return UNSET

    # -- calls and results ----------------------------------------------------------------------------------------

    def write_calls(self, i: int, message: Message) -> tuple[Call, ...] | None:
        if message.calls == ():
            self.lose(f"/messages/{i}/tool_calls", "empty list of calls")
        turn = with_text_arguments(message)
        return tuple(self.write_call(i, j, call) for j, call in enumerate(turn.calls or ())) or None

    def write_call(self, i: int, j: int, call: Call) -> Call:
        at = f"/messages/{i}/tool_calls/{j}"
        if call.whole is not None or call.function is not None or not isinstance(call.name, str):
            refuse(i, "makes a call that is no object with a name")
        if isinstance(call.arguments, UnsetType):
            refuse(i, f"calls `{call.name}` without arguments; write `{{}}`")
        self.losses += list_unknown(at, call.extra) + list_unknown(f"{at}/function", call.function_extra)
        call_id, is_new = self.numbers.of_call(i, j)
        if is_new:
            self.lose(f"{at}/id", f"no id of the call; {call_id} is written")
        if call.type != "function":
            self.lose(f"{at}/type", "type of the call; function is written")
        arguments = Arguments(call.arguments.text, "string")
        return Call(call.name, arguments, call_id, "function")

    def write_answered(self, i: int, message: Message) -> Field:
        at = f"/messages/{i}/tool_call_id"
        if message.role != "tool":
            if not isinstance(message.tool_call_id, UnsetType):
                self.lose(at, "tool_call_id")
            return UNSET
        answered, is_new = self.numbers.of_result(i)
        if answered is None:
            refuse(i, "is a result without the id of its call")
        if is_new:
            self.lose(at, f"no id of the call; {answered} is written")
        return answered

    # -- tools ----------------------------------------------------------------------------------------------------

    def write_tools(self) -> tuple[Definition, ...] | UnsetType:
        """The definitions in their wrapper; no list at all where there is none."""
        tools = self.example.tools
        if isinstance(tools, UnsetType):
            return UNSET
        if not tools:
            self.lose("/tools", "tools that are none")
            return UNSET
        return tuple(self.write_tool(k, tool) for k, tool in enumerate(tools))

    def write_tool(self, k: int, tool: Definition) -> Definition:
        parts = need_tool(k, tool)
        losses = list_unknown(f"/tools/{k}", parts.rest) + list_unknown(parts.at, parts.function, _FUNCTION_KEYS)
        odd = [key for key, starts in _STARTS.items() if not parts.function.get(key, starts[0]).startswith(starts)]
        losses += [Loss(f"{parts.at}/{key}", f"{key} of the wrong kind") for key in odd]
        self.losses += losses
        if not losses and parts.at.endswith("/function") and (cut_object(tool.text) or {}).get("type"):
            return tool
        kept = {key: text for key, text in _keep(parts.function, _FUNCTION_KEYS).items() if key not in odd}
        return Definition(wrap_tool(kept, {}))


def _keep(extra: dict[str, str], keys: frozenset[str]) -> dict[str, str]:
    return {key: source for key, source in extra.items() if key in keys}
