"""Examples to router rows: one row a decision, what a row cannot hold listed turn by turn."""

from __future__ import annotations

import msgspec

from curation.formats.contract import NO_OBJECT, Loss, Written
from curation.formats.losses import list_row_losses
from curation.formats.router_answer import NO_TOOL, write_abstention, write_call
from curation.formats.router_results import read_result, write_result
from curation.formats.router_system import system_text
from curation.model.envelope import wire_tools
from curation.model.example import Call, Example, Label, Message
from curation.model.source import one_line
from curation.model.values import Arguments, Exact, Field, UnsetType
from curation.model.wire import WireMessage, WireRow, encode_wire
from curation.reading.scan import escape_step
from curation.reading.strict import parse_once

DEFAULT_REASON = "answer_directly"
"""Written for a text turn that no person labelled; listed as a loss."""


_ROW_START = b'{"messages":['


class _UnwritableTurnError(Exception):
    """A turn that no router row can hold: neither as a decision nor as context."""


def write(example: Example) -> Written:
    """One row for each assistant turn that is to be learnt, with all turns before it.

    A turn that cannot be written ends the rows: the decisions before it are kept, the rest is listed.
    """
    return Written(refused=NO_OBJECT) if example.whole is not None else _Writer(example).write()


class _Writer:
    """One pass over the turns of one example."""

    def __init__(self, example: Example) -> None:
        self.example = example
        self.losses = list_row_losses(example)
        self.losses += [
            Loss(f"/{escape_step(key)}", f"unknown key {key}") for key in sorted(example.extra) if key != "messages"
        ]
        self.rest = encode_wire(WireRow([], wire_tools(example.tools))).removeprefix(_ROW_START)
        """What follows the turns in every row."""
        self.turns: list[bytes] = []
        self.rows: list[bytes] = []
        self.written = 0
        self.n_calls = 0
        self.pending: Call | None = None
        self.ids: dict[str, str] = {}

    def write(self) -> Written:
        messages = self.example.messages
        stopped_by = ""
        self.open_system(messages[0] if messages else None)
        for i, message in enumerate(messages):
            try:
                self.write_turn(i, message)
            except _UnwritableTurnError as error:
                stopped_by = f"{error} This turn and the ones after it are not written."
                break
        if not self.rows:
            return Written(refused=stopped_by or _explain_no_rows(messages))
        return self.finish(stopped_by)

    def finish(self, stopped_by: str) -> Written:
        kept = [loss for loss in self.losses if _is_before(loss.at, self.written)]
        if self.written < len(self.example.messages):
            kept.append(Loss(f"/messages/{self.written}", stopped_by or "turns after the last decision"))
        return Written(rows=tuple(self.rows), losses=tuple(kept))

    def lose(self, at: str, what: str) -> None:
        self.losses.append(Loss(at, what))

    # -- turns ----------------------------------------------------------------------------------------------------

    def open_system(self, first: Message | None) -> None:
        """Write the system turn; a first turn that is one lends it its text and role."""
        own, role = None, "system"
        if first and first.role in ("system", "developer") and isinstance(first.content, str):
            own, role = first.content, str(first.role)
            if not own:
                self.lose("/messages/0", "empty system turn")
        tools = self.example.tools
        self.turns.append(_turn(role, system_text(own, tools if isinstance(tools, tuple) else ())))

    def write_turn(self, i: int, message: Message) -> None:
        at = f"/messages/{i}"
        if message.whole is not None:
            raise _UnwritableTurnError(f"Turn {i + 1} is no object.")
        self.list_key_losses(at, message)
        if message.role == "assistant":
            self.write_decision(i, message)
        elif message.calls is not None:
            raise _UnwritableTurnError(f"Turn {i + 1} calls a tool, though its role is not assistant.")
        elif message.role == "tool":
            self.write_tool_turn(i, message)
        else:
            self.write_text_turn(i, message)

    def list_key_losses(self, at: str, message: Message) -> None:
        for key in sorted(message.extra):
            self.lose(f"{at}/{escape_step(key)}", f"unknown key {key}")
        if not isinstance(message.name, UnsetType):
            self.lose(f"{at}/name", "name of the turn")
        if not isinstance(message.weight, UnsetType) and not _is_context(message):
            self.lose(f"{at}/weight", "weight")
        if message.role != "tool" and not isinstance(message.tool_call_id, UnsetType):
            self.lose(f"{at}/tool_call_id", "tool_call_id")
        if message.role != "assistant" and message.label is not None:
            self.lose(f"{at}/label", "label")

    def write_text_turn(self, i: int, message: Message) -> None:
        text = _text(i, message.content)
        role = message.role
        if role not in ("system", "developer", "user"):
            raise _UnwritableTurnError(f"Turn {i + 1} has the role {_name(role)}, which a router row does not know.")
        if i == 0 and role != "user":
            return
        if role == "user":
            if self.pending and (result := read_result(text)) and result.tool == self.pending.name:
                raise _UnwritableTurnError(f"Turn {i + 1} is a user's text that reads as a tool's result.")
            self.pending = None
        self.turns.append(_turn(str(role), text))

    def write_tool_turn(self, i: int, message: Message) -> None:
        pending = self.pending
        answered = message.tool_call_id
        if pending is None or (isinstance(answered, str) and self.ids.get(answered) != f"call_{self.n_calls}"):
            raise _UnwritableTurnError(f"Turn {i + 1} is a result that answers no call right before it.")
        if answered != f"call_{self.n_calls}":
            self.lose(f"/messages/{i}/tool_call_id", "id of the call")
        content = _text(i, message.content)
        text = write_result(str(pending.name), content)
        back = read_result(text)
        if back is None or back.content != content:
            self.lose(f"/messages/{i}/content", "spacing of the error")
        self.turns.append(_turn("user", text))

    # -- decisions ------------------------------------------------------------------------------------------------

    def write_decision(self, i: int, message: Message) -> None:
        self.pending = None
        calls = message.calls or ()
        if len(calls) > 1:
            raise _UnwritableTurnError(f"Turn {i + 1} makes {len(calls)} calls at once; a router answers with one.")
        answer = self.write_call_answer(i, message, calls[0]) if calls else self.write_text_answer(i, message)
        self.turns.append(_turn("assistant", answer))
        if not _is_context(message):
            self.rows.append(self.write_row())
            self.written = i + 1

    def write_call_answer(self, i: int, message: Message, call: Call) -> str:
        at = f"/messages/{i}"
        source = _arguments_source(i, call)
        if message.content:
            self.lose(f"{at}/content", "text beside the call")
        if message.label is not None:
            self.lose(f"{at}/label", "label")
        self.list_call_losses(f"{at}/tool_calls/0", call)
        self.n_calls += 1
        if isinstance(call.id, str):
            self.ids[call.id] = f"call_{self.n_calls}"
        if call.id != f"call_{self.n_calls}":
            self.lose(f"{at}/tool_calls/0/id", "id of the call")
        self.pending = call
        return write_call(str(call.name), source)

    def list_call_losses(self, at: str, call: Call) -> None:
        if call.type != "function":
            self.lose(f"{at}/type", "type of the call")
        for key in sorted(call.extra):
            self.lose(f"{at}/{escape_step(key)}", f"unknown key {key}")
        for key in sorted(call.function_extra):
            self.lose(f"{at}/function/{escape_step(key)}", f"unknown key {key}")
        if isinstance(call.arguments, Arguments) and one_line(call.arguments.text).strip() != call.arguments.text:
            self.lose(f"{at}/function/arguments", "spacing of the arguments")

    def write_text_answer(self, i: int, message: Message) -> str:
        text = _text(i, message.content)
        label = message.label or Label()
        if message.calls is not None:
            self.lose(f"/messages/{i}/tool_calls", "empty list of calls")
        if label.reason is None:
            self.lose(f"/messages/{i}/label/reason", f"no reason was labelled; {DEFAULT_REASON} is written")
        if msgspec.structs.replace(label, reason=None) != Label():
            self.lose(f"/messages/{i}/label", "label beside the reason")
        return write_abstention(label.reason or DEFAULT_REASON, text)

    def write_row(self) -> bytes:
        return _ROW_START + b",".join(self.turns) + self.rest


def _is_context(message: Message) -> bool:
    """An answer nobody learns: it gets no row of its own, and reading the later rows gives it weight 0 again."""
    return message.role == "assistant" and message.weight == Exact("0")


def _turn(role: str, text: str) -> bytes:
    return encode_wire(WireMessage(role, text))


def _text(i: int, content: Field) -> str:
    if isinstance(content, str):
        return content
    what = "no content" if content is None or isinstance(content, UnsetType) else "content that is not plain text"
    raise _UnwritableTurnError(f"Turn {i + 1} has {what}; a router row holds text only.")


def _arguments_source(i: int, call: Call) -> str:
    """The arguments of a call, known to be one object."""
    if not isinstance(call.name, str) or call.name == NO_TOOL:
        raise _UnwritableTurnError(f"Turn {i + 1} calls {_name(call.name)}, which is no name for a tool.")
    text = call.arguments.text if isinstance(call.arguments, Arguments) else ""
    parsed = parse_once(text)
    if not isinstance(parsed.value, dict) or any(fault.code == "J05" for fault in parsed.faults):
        raise _UnwritableTurnError(f"Turn {i + 1} calls `{call.name}` with arguments that are no sound JSON object.")
    return one_line(text).strip()


def _name(value: Field) -> str:
    return f"`{value}`" if isinstance(value, str) else "nothing"


def _is_before(at: str, written: int) -> bool:
    """Whether a place lies in a turn that was written (or in no turn)."""
    if not at.startswith("/messages/"):
        return True
    return int(at.split("/")[2]) < written


def _explain_no_rows(messages: tuple[Message, ...]) -> str:
    if any(message.role == "assistant" for message in messages):
        return "Every assistant turn has weight 0, so there is no decision to write."
    return "The conversation has no assistant turn, so there is no decision to write."
