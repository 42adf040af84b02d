"""Examples to Anthropic rows: results gather in the next user turn, before what the user says there."""

from __future__ import annotations

from collections.abc import Iterator

from curation.formats.anthropic_errors import with_error, without_error
from curation.formats.anthropic_reading import is_plain, is_provided
from curation.formats.call_numbers import CallNumbers
from curation.formats.contract import Loss, Written
from curation.formats.shared_tools import Tools, kept_for_tools
from curation.formats.slices import Members, add_members, cut_list, cut_object, paste, text_of, write_list
from curation.formats.turns import (
    UnwritableError,
    check_turn,
    is_absent,
    list_call_losses,
    list_key_losses,
    list_unknown,
    need_call,
    need_parts,
    need_tool,
    refuse,
    write_bare,
)
from curation.model.definition import Definition
from curation.model.example import Example, Message
from curation.model.source import one_line, quote
from curation.model.values import Exact

_ROW_KEYS = frozenset(
    {
        "model", "max_tokens", "temperature", "top_p", "top_k", "stop_sequences", "tool_choice", "thinking", "metadata",
        "service_tier", "stream", "output_config",
    }
)  # fmt: skip
_TOOL_KEYS = frozenset({"cache_control", "strict", "defer_loading", "input_examples", "allowed_callers"})
_CALL_KEYS = frozenset({"cache_control", "caller"})
_ANSWER_KEYS = frozenset({"reasoning_content", "thinking_signature", "thinking_blocks"})
_PART_TYPES = frozenset({"text", "image", "document", "search_result"})
_NO_PARAMETERS = '{"type":"object","properties":{}}'


def write(example: Example) -> Written:
    """One row, with every turn that Anthropic knows; an example with another turn is refused."""
    return write_bare(example, lambda bare, losses: _Writer(bare, losses).write())


class _Writer:
    """One pass over the turns of one example."""

    def __init__(self, example: Example, losses: list[Loss]) -> None:
        self.example = example
        self.losses = losses
        self.row: Members = {}
        self.numbers = CallNumbers(example.messages)
        self.messages: list[str] = []
        self.results: list[str] = []
        """Blocks of the user turn that is being gathered."""

    def write(self) -> Written:
        example = self.example
        if "messages" in example.extra:
            raise UnwritableError("The row has no list of messages.")
        self.losses += list_unknown("", example.extra, _ROW_KEYS)
        for i, message in enumerate(example.messages):
            self.write_turn(i, message)
        self.close_user_turn()
        self.row["messages"] = write_list(self.messages)
        if isinstance(example.tools, tuple):
            source, changes = _write_tools(example.tools)
            self.row["tools"] = source
            self.losses += changes
        elif example.tools is None:
            self.losses.append(Loss("/tools", "tools that are null"))
        self.row |= {key: source for key, source in example.extra.items() if key in _ROW_KEYS}
        return Written(rows=(paste(self.row).encode(),), losses=tuple(self.losses))

    def lose(self, at: str, what: str) -> None:
        self.losses.append(Loss(at, what))

    # -- turns ----------------------------------------------------------------------------------------------------

    def write_turn(self, i: int, message: Message) -> None:
        check_turn(i, message)
        if message.role == "tool":
            self.add_result(i, message)
            return
        is_answer = message.role == "assistant"
        self.losses += list_key_losses(f"/messages/{i}", message, _ANSWER_KEYS if is_answer else ())
        if message.role in ("system", "developer"):
            self.write_system(i, message)
        elif is_answer:
            self.close_user_turn()
            self.messages.append(f'{{"role":"assistant","content":{self.write_answer(i, message)}}}')
        else:
            self.write_user(i, message)

    def write_system(self, i: int, message: Message) -> None:
        if i:
            refuse(i, "is a system turn; Anthropic holds one, before all other turns")
        if message.role == "developer":
            self.lose("/messages/0/role", "role developer; it is read back as system")
        self.row["system"] = self.write_content(i, message, keep_list=True)

    def write_user(self, i: int, message: Message) -> None:
        if self.results:
            self.results += list(self.write_said(i, message))
            self.close_user_turn()
        else:
            self.messages.append(f'{{"role":"user","content":{self.write_content(i, message)}}}')

    def write_content(self, i: int, message: Message, *, keep_list: bool = False) -> str:
        """A text as it is; a list of parts as blocks."""
        if isinstance(message.content, str):
            return quote(message.content)
        blocks = list(self.write_said(i, message, keep_list=keep_list))
        return one_line(message.content.json) if isinstance(message.content, Exact) else write_list(blocks)

    def write_said(self, i: int, message: Message, *, keep_list: bool = False) -> Iterator[str]:
        """The blocks of what a turn says; a list around one text is not there when it is read back."""
        if isinstance(message.content, str):
            yield f'{{"type":"text","text":{quote(message.content)}}}'
            return
        if is_absent(message.content):
            refuse(i, "has no content")
        assert isinstance(message.content, Exact)  # noqa: S101
        parts = need_parts(i, message.content)
        if len(parts) == 1 and is_plain(parts[0][1]) and not keep_list:
            self.lose(f"/messages/{i}/content", "list around a single text")
        for source, part in parts:
            kind = text_of(part["type"])
            if kind not in _PART_TYPES:
                refuse(i, f"holds a part of the type `{kind}`, which Anthropic does not know")
            yield source

    # -- calls and results ----------------------------------------------------------------------------------------

    def write_answer(self, i: int, message: Message) -> str:
        thoughts = list(_thoughts(message))
        if isinstance(message.content, str) and not message.calls and not thoughts:
            return quote(message.content)
        says_nothing = is_absent(message.content) or message.content == ""
        if says_nothing and not message.calls:
            refuse(i, "neither says anything nor calls a tool")
        said = () if says_nothing else self.write_said(i, message)
        return write_list([*thoughts, *said, *self.write_calls(i, message)])

    def write_calls(self, i: int, message: Message) -> Iterator[str]:
        for j, call in enumerate(message.calls or ()):
            at = f"/messages/{i}/tool_calls/{j}"
            if call.whole is not None or call.function is not None:
                refuse(i, "makes a call that is no object")
            name, source = need_call(i, call)
            self.losses += list_call_losses(at, call, _CALL_KEYS)
            call_id, is_new = self.numbers.of_call(i, j)
            if is_new:
                self.lose(f"{at}/id", f"no id of the call; {call_id} is written")
            block = f'{{"type":"tool_use","id":{quote(call_id)},"name":{quote(name)},"input":{source}}}'
            yield add_members(block, {key: text for key, text in call.extra.items() if key in _CALL_KEYS})

    def add_result(self, i: int, message: Message) -> None:
        at = f"/messages/{i}"
        answered, is_new = self.numbers.of_result(i)
        if answered is None:
            refuse(i, "is a result without the id of its call")
        if is_new:
            self.lose(f"{at}/tool_call_id", f"no id of the call; {answered} is written")
        kept = {"cache_control", "is_error"}
        self.losses += list_key_losses(at, message, kept)
        members = self.write_result(i, message)
        if message.extra:
            members |= {key: source for key, source in message.extra.items() if key in kept}
        self.results.append(add_members(f'{{"type":"tool_result","tool_use_id":{quote(answered)}}}', members))

    def write_result(self, i: int, message: Message) -> Members:
        if isinstance(message.content, str):
            text, failed = without_error(message.content)
            if message.extra.get("is_error") in ("true", "false"):
                return self.write_flagged(i, message.content, message.extra["is_error"])
            return {"content": quote(text)} | ({"is_error": "true"} if failed else {})
        return {"content": self.write_content(i, message)}

    def write_flagged(self, i: int, text: str, flag: str) -> Members:
        """A text with the flag beside it that some rows hold: the flag is inside the text when it is read back."""
        self.lose(f"/messages/{i}/is_error", "flag beside the result; its text says it")
        if flag == "true" and with_error(text) != text:
            self.lose(f"/messages/{i}/content", 'text of a flagged result; it is read back inside {"error": …}')
        return {"content": quote(text)}

    def close_user_turn(self) -> None:
        if self.results:
            self.messages.append(f'{{"role":"user","content":{write_list(self.results)}}}')
            self.results = []


@kept_for_tools
def _write_tools(tools: Tools) -> tuple[str, tuple[Loss, ...]]:
    losses: list[Loss] = []
    return write_list([_write_tool(k, tool, losses) for k, tool in enumerate(tools)]), tuple(losses)


def _write_tool(k: int, tool: Definition, losses: list[Loss]) -> str:
    outer = cut_object(tool.text) or {}
    if is_provided(outer) and "function" not in outer and "name" in outer:
        return tool.text
    parts = need_tool(k, tool)
    function = parts.function
    losses += list_unknown(parts.at, function, {"name", "description", "parameters"} | _TOOL_KEYS)
    losses += list_unknown(f"/tools/{k}", parts.rest, _TOOL_KEYS)
    schema = function.get("parameters", "null")
    written: Members = {key: function[key] for key in ("name", "description") if key in function}
    written["input_schema"] = _NO_PARAMETERS if schema == "null" else schema
    return paste(written | {key: text for key, text in (parts.rest | function).items() if key in _TOOL_KEYS})


def _thoughts(message: Message) -> Iterator[str]:
    """The blocks of what the model thought, where the turn holds it."""
    yield from cut_list(message.extra.get("thinking_blocks")) or ()
    thought = message.extra.get("reasoning_content")
    if thought is not None:
        block = {"type": '"thinking"', "thinking": thought}
        if "thinking_signature" in message.extra:
            block["signature"] = message.extra["thinking_signature"]
        yield paste(block)
