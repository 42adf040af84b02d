"""Examples as turns of text with Hermes tags; each text is read again before it is taken, so none is misread later."""

from __future__ import annotations

from typing import NamedTuple

from curation.formats.contract import Loss
from curation.formats.hermes_system import comes_back, write_system
from curation.formats.hermes_turns import (
    CALL_END,
    MARKS,
    RESULT_END,
    answer_comes_back,
    cut_results,
    read_result,
    wrap_results,
    write_answer,
    write_call,
    write_named_result,
)
from curation.formats.slices import cut_object
from curation.formats.turns import UnwritableError, check_turn, list_unknown, refuse
from curation.model.example import Call, Example, Message
from curation.model.source import one_line
from curation.model.values import Field, UnsetType
from curation.reading.strict import parse_once


class TextTurn(NamedTuple):
    """A turn of text; `source` is the turn whose other keys it carries."""

    role: str
    text: str
    source: Message | None = None


class OpenCall(NamedTuple):
    """A call that waits for its result."""

    name: str
    id: Field
    made: str
    """The id that a reader gives it."""


class HermesWriter:
    """One pass over the turns of an example."""

    def __init__(self, example: Example, losses: tuple[Loss, ...], *, names_results: bool) -> None:
        self.example = example
        self.losses = list(losses)
        self.names_results = names_results
        """Whether a result says which tool it comes from, or only where it must."""
        self.turns: list[TextTurn] = []
        self.results: list[str] = []
        """Bodies of the turn of results that is being gathered."""
        self.open: list[OpenCall] = []
        self.n_calls = 0

    def write(self) -> list[TextTurn]:
        """The turns.

        Raises:
            UnwritableError: text cannot hold one of them.
        """
        if "messages" in self.example.extra:
            raise UnwritableError("The row has no list of messages.")
        messages = self.example.messages
        n_written = self.write_opening(messages[0] if messages else None)
        for i, message in enumerate(messages[n_written:], start=n_written):
            self.write_turn(i, message)
        self.close_results()
        if not self.turns:
            raise UnwritableError("The conversation has no turns.")
        return self.turns

    def lose(self, at: str, what: str) -> None:
        self.losses.append(Loss(at, what))

    # -- the first turn -------------------------------------------------------------------------------------------

    def write_opening(self, first: Message | None) -> int:
        """Write the system turn with the definitions; how many turns of the example that is."""
        tools = self.example.tools
        sources = tuple([one_line(tool.text) for tool in tools]) if isinstance(tools, tuple) else ()
        if not sources and not isinstance(tools, UnsetType):
            self.lose("/tools", "tools that are none")
        is_system = first is not None and first.role in ("system", "developer") and isinstance(first.content, str)
        own = str(first.content) if first is not None and is_system else ""
        if not is_system and not sources:
            return 0
        text = write_system(own, sources)
        if not comes_back(own, sources):
            raise UnwritableError("The definitions or the system text cannot be told apart once they are one text.")
        if first is None or not is_system:
            self.turns.append(TextTurn("system", text))
            return 0
        self.write_first(first, text, has_tools=bool(sources))
        return 1

    def write_first(self, first: Message, text: str, *, has_tools: bool) -> None:
        check_turn(0, first)
        self.list_losses(0, first)
        if first.role == "developer":
            self.lose("/messages/0/role", "role developer; it is read back as system")
        if not first.content and has_tools:
            self.lose("/messages/0", "empty system turn")
            first = Message("system")
        self.turns.append(TextTurn("system", text, first))

    # -- the other turns ------------------------------------------------------------------------------------------

    def write_turn(self, i: int, message: Message) -> None:
        check_turn(i, message)
        if message.role == "tool":
            self.add_result(i, message)
            return
        self.close_results()
        self.list_losses(i, message)
        if message.role == "assistant":
            self.turns.append(TextTurn("assistant", self.write_answer(i, message), message))
            return
        text = _need_text(i, message)
        if message.role == "developer":
            refuse(i, "is a developer turn; Hermes rows know one system turn, the first")
        if message.role == "user" and self.open and cut_results(text):
            refuse(i, "is a user's text that reads as a tool's result")
        self.turns.append(TextTurn(str(message.role), text, message))

    def list_losses(self, i: int, message: Message) -> None:
        at = f"/messages/{i}"
        if not isinstance(message.name, UnsetType):
            self.lose(f"{at}/name", "name of the turn")
        if message.role != "tool" and not isinstance(message.tool_call_id, UnsetType):
            self.lose(f"{at}/tool_call_id", "tool_call_id")
        if message.calls == ():
            self.lose(f"{at}/tool_calls", "empty list of calls")

    def write_answer(self, i: int, message: Message) -> str:
        self.open = []
        calls = [self.write_call(i, j, call) for j, call in enumerate(message.calls or ())]
        content = (message.content or "") if calls and not isinstance(message.content, UnsetType) else ""
        if not isinstance(content, str):
            refuse(i, "has content that is no plain text")
        text = write_answer(content, calls) if calls else _need_text(i, message)
        if not answer_comes_back(text, content, calls):
            refuse(i, f"says something that reads as a call, such as {CALL_END}")
        return text

    def write_call(self, i: int, j: int, call: Call) -> str:
        at = f"/messages/{i}/tool_calls/{j}"
        if call.whole is not None or call.function is not None or not isinstance(call.name, str):
            refuse(i, "makes a call without a name")
        if call.extra or call.function_extra:
            self.losses += [*list_unknown(at, call.extra), *list_unknown(f"{at}/function", call.function_extra)]
        if call.type != "function":
            self.lose(f"{at}/type", "type of the call")
        self.n_calls += 1
        if call.id != f"call_{self.n_calls}":
            self.lose(f"{at}/id", "id of the call")
        self.open.append(OpenCall(call.name, call.id, f"call_{self.n_calls}"))
        return write_call(call.name, self.write_arguments(i, at, call))

    def write_arguments(self, i: int, at: str, call: Call) -> str | None:
        if isinstance(call.arguments, UnsetType):
            return None
        source = one_line(call.arguments.text).strip()
        if not isinstance(parse_once(source).value, dict) or cut_object(source) is None:
            refuse(i, f"calls `{call.name}` with arguments that are no sound JSON object")
        if source != call.arguments.text:
            self.lose(f"{at}/function/arguments", "spacing of the arguments")
        return source

    # -- results --------------------------------------------------------------------------------------------------

    def add_result(self, i: int, message: Message) -> None:
        content = _need_text(i, message)
        place = self.find_call(i, message)
        self.results.append(self.write_body(i, place, content))
        if message.tool_call_id != self.open.pop(place).made:
            self.lose(f"/messages/{i}/tool_call_id", "id of the call")
        self.list_losses(i, message)
        self.losses += list_unknown(f"/messages/{i}", message.extra)
        if not isinstance(message.weight, UnsetType):
            self.lose(f"/messages/{i}/weight", "weight")

    def find_call(self, i: int, message: Message) -> int:
        """Which of the open calls a result answers."""
        ids = [call.id for call in self.open]
        if message.tool_call_id in ids:
            return ids.index(message.tool_call_id)
        if not ids or not isinstance(message.tool_call_id, UnsetType):
            refuse(i, "is a result that answers no open call right before it")
        return 0

    def write_body(self, i: int, place: int, content: str) -> str:
        """The result as it is or with its name, whichever is read back as what it is."""
        names = [call.name for call in self.open]
        named = write_named_result(names[place], content)
        for body in [named] if self.names_results or MARKS.search(content) else [content, named]:
            back = read_result(body, names)
            if cut_results(wrap_results([body])) == [body] and (back.content, back.answers) == (content, place):
                break
        else:
            refuse(i, f"is a result that text cannot tell from another, or holds {RESULT_END}")
        return body

    def close_results(self) -> None:
        if self.results:
            self.turns.append(TextTurn("tool", wrap_results(self.results)))
            self.results = []


def _need_text(i: int, message: Message) -> str:
    if not isinstance(message.content, str):
        is_absent = message.content is None or isinstance(message.content, UnsetType)
        refuse(i, "has no content" if is_absent else "has content that is no plain text")
    return message.content
