"""Examples to Mistral rows: one row a decision, because with tools only a row's last answer is learnt there.

What the trainer's validator refuses (version 3 and later) ends the rows: the decisions before it are kept, and the turn
where they end says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.formats.call_numbers import CallNumbers
from curation.formats.context import explain_no_rows, is_learnt
from curation.formats.contract import Loss, Written
from curation.formats.mistral_ids import make_ids, read_id
from curation.formats.shared_tools import Tools, kept_for_tools
from curation.formats.slices import Members, cut_object, paste, text_of, write_list
from curation.formats.turns import UnwritableError, check_turn, list_unknown, need_call, need_tool, refuse, write_bare
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.source import one_line, quote
from curation.model.values import Arguments, Exact, UnsetType

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NO_PARAMETERS = '{"type":"object","properties":{}}'
_FUNCTION_KEYS = ("name", "description", "parameters")
_NOT_LEARNT = '"weight":0}'


def write(example: Example) -> Written:
    """A row for each answer that is to be learnt, with all turns before it."""
    return write_bare(example, lambda bare, losses: _Writer(bare, losses).write())


class _Writer:
    """One pass over the turns of one example."""

    def __init__(self, example: Example, losses: list[Loss]) -> None:
        self.example = example
        self.losses = [*losses, *list_unknown("", example.extra)]
        self.numbers = CallNumbers(example.messages)
        self.ids = make_ids(_list_ids(example, self.numbers))
        self.turns: list[str] = []
        self.rows: list[bytes] = []
        self.written = 0
        self.open: set[str] = set()
        """The calls of the last answer that have no result yet."""

    def write(self) -> Written:
        if "messages" in self.example.extra:
            raise UnwritableError("The row has no list of messages.")
        rest = self.write_tools()
        stopped_by = ""
        for i, message in enumerate(self.example.messages):
            try:
                self.add(i, message, rest)
            except UnwritableError as error:
                stopped_by = f"{error} This turn and the ones after it are not written."
                break
        if not self.rows:
            return Written(refused=stopped_by or explain_no_rows(self.example.messages, "There is nothing to learn."))
        return self.finish(stopped_by)

    def finish(self, stopped_by: str) -> Written:
        kept = [loss for loss in self.losses if _is_before(loss.at, self.written)]
        if self.written < len(self.example.messages):
            kept.append(Loss(f"/messages/{self.written}", stopped_by or "turns after the last answer that is learnt"))
        return Written(rows=tuple(self.rows), losses=tuple(kept))

    def lose(self, at: str, what: str) -> None:
        self.losses.append(Loss(at, what))

    # -- turns ----------------------------------------------------------------------------------------------------

    def add(self, i: int, message: Message, rest: str) -> None:
        turn = paste(self.write_turn(i, message))
        if is_learnt(message):
            self.written = i + 1
            weight = f'{turn[:-1]},"weight":1}}' if message.weight == Exact("1") else turn
            self.rows.append(f'{{"messages":{write_list([*self.turns, weight])}{rest}}}'.encode())
        self.turns.append(f"{turn[:-1]},{_NOT_LEARNT}" if message.role == "assistant" else turn)

    def write_turn(self, i: int, message: Message) -> Members:
        check_turn(i, message, holds_weight=True)
        at = f"/messages/{i}"
        self.losses += list_unknown(at, message.extra)
        if not isinstance(message.weight, UnsetType) and not _is_held(message):
            self.lose(f"{at}/weight", "weight")
        if message.role == "tool":
            return self.write_result(i, message)
        if not isinstance(message.name, UnsetType):
            self.lose(f"{at}/name", "name of the turn")
        if not isinstance(message.tool_call_id, UnsetType):
            self.lose(f"{at}/tool_call_id", "tool_call_id")
        if message.role == "assistant":
            return self.write_answer(i, message)
        if message.calls is not None:
            self.lose(f"{at}/tool_calls", "empty list of calls")
        return self.write_said(i, message)

    def write_said(self, i: int, message: Message) -> Members:
        if message.role == "user":
            self.need_results(i)
        elif i:
            refuse(i, "is a system turn; Mistral holds one, before all other turns")
        elif message.role == "developer":
            self.lose("/messages/0/role", "role developer; it is read back as system")
        return {"role": '"user"' if message.role == "user" else '"system"', "content": _need_text(i, message)}

    def need_results(self, i: int) -> None:
        if self.open:
            refuse(i, "comes before every call has its result")

    def write_result(self, i: int, message: Message) -> Members:
        at = f"/messages/{i}"
        answered, is_new = self.numbers.of_result(i)
        if answered is None or answered not in self.open:
            refuse(i, "is a result that answers no open call right before it")
        self.open.remove(answered)
        self.list_id_loss(f"{at}/tool_call_id", answered, is_new=is_new)
        if message.calls is not None:
            self.lose(f"{at}/tool_calls", "empty list of calls")
        turn = {"role": '"tool"', "content": _need_text(i, message), "tool_call_id": quote(self.ids[answered])}
        if isinstance(message.name, str) and _NAME.fullmatch(message.name):
            turn["name"] = quote(message.name)
        elif not isinstance(message.name, UnsetType):
            self.lose(f"{at}/name", "name of the turn")
        return turn

    # -- answers --------------------------------------------------------------------------------------------------

    def write_answer(self, i: int, message: Message) -> Members:
        at = f"/messages/{i}"
        self.need_results(i)
        if all(turn.role in ("system", "developer") for turn in self.example.messages[:i]):
            refuse(i, "answers nobody; Mistral wants a user's turn before it")
        if message.calls:
            if message.content:
                self.lose(f"{at}/content", "text beside the call")
            return {"role": '"assistant"', "tool_calls": self.write_calls(i, message.calls)}
        if message.calls is not None:
            self.lose(f"{at}/tool_calls", "empty list of calls")
        if message.content == "":
            refuse(i, "says nothing and calls nothing")
        return {"role": '"assistant"', "content": _need_text(i, message)}

    def write_calls(self, i: int, calls: tuple[Call, ...]) -> str:
        sources = [self.write_call(i, j, call) for j, call in enumerate(calls)]
        if len(self.open) < len(calls):
            refuse(i, "makes two calls with the same id")
        return write_list(sources)

    def write_call(self, i: int, j: int, call: Call) -> str:
        at = f"/messages/{i}/tool_calls/{j}"
        if call.whole is not None or call.function is not None:
            refuse(i, "makes a call that is no object")
        name, _ = need_call(i, call)
        if not _NAME.fullmatch(name):
            refuse(i, f"calls `{name}`; Mistral takes letters, digits, _ and -, at most 64")
        if call.extra or call.function_extra:
            self.losses += [*list_unknown(at, call.extra), *list_unknown(f"{at}/function", call.function_extra)]
        if call.type != "function":
            self.lose(f"{at}/type", "type of the call")
        call_id, is_new = self.numbers.of_call(i, j)
        self.list_id_loss(f"{at}/id", call_id, is_new=is_new)
        self.open.add(call_id)
        assert isinstance(call.arguments, Arguments)  # noqa: S101
        function = f'{{"name":{quote(name)},"arguments":{quote(call.arguments.text)}}}'
        return f'{{"id":{quote(self.ids[call_id])},"type":"function","function":{function}}}'

    def list_id_loss(self, at: str, call_id: str, *, is_new: bool) -> None:
        if is_new:
            self.lose(at, "no id of the call; one is made")
        elif read_id(self.ids[call_id]) != call_id:
            self.lose(at, "id of the call; one of nine letters or digits stands for it")

    # -- tools ----------------------------------------------------------------------------------------------------

    def write_tools(self) -> str:
        tools = self.example.tools
        if isinstance(tools, tuple):
            source, changes = _write_tools(tools)
            self.losses += changes
            return f',"tools":{source}'
        if tools is None:
            self.lose("/tools", "tools that are null")
        return ""


@kept_for_tools
def _write_tools(tools: Tools) -> tuple[str, tuple[Loss, ...]]:
    losses: list[Loss] = []
    return write_list([_write_tool(k, tool, losses) for k, tool in enumerate(tools)]), tuple(losses)


def _write_tool(k: int, tool: Definition, losses: list[Loss]) -> str:
    """The definition to the letter where it has what Mistral wants and nothing else."""
    parts = need_tool(k, tool)
    name = text_of(parts.function["name"]) or ""
    if not _NAME.fullmatch(name):
        raise UnwritableError(
            f"Tool {k + 1} has the name `{name}`; Mistral takes letters, digits, _ and -, at most 64."
        )
    written = {key: parts.function[key] for key in _FUNCTION_KEYS if key in parts.function}
    whole = written | _fill_in(parts.at, written, losses)
    losses += list_unknown(parts.at, parts.function, _FUNCTION_KEYS)
    losses += list_unknown(f"/tools/{k}", parts.rest)
    if whole == parts.function and not parts.rest and parts.at.endswith("/function"):
        return one_line(tool.text)
    return paste({"type": '"function"', "function": paste(whole)})


def _fill_in(at: str, function: Members, losses: list[Loss]) -> Members:
    """The parts that Mistral wants and a definition may do without."""
    filled: Members = {}
    if text_of(function.get("description")) is None:
        filled["description"] = '""'
        losses.append(Loss(f"{at}/description", "no description; an empty one is written"))
    if function.get("parameters", "null") == "null":
        filled["parameters"] = _NO_PARAMETERS
    elif cut_object(function["parameters"]) is None:
        raise UnwritableError(f"The parameters of {function['name']} are no object.")
    return filled


def _list_ids(example: Example, numbers: CallNumbers) -> Iterator[str]:
    for i, message in enumerate(example.messages):
        if message.role == "tool":
            answered, _ = numbers.of_result(i)
            yield from () if answered is None else (answered,)
        else:
            yield from (numbers.of_call(i, j)[0] for j in range(len(message.calls or ())))


def _is_held(message: Message) -> bool:
    return message.role == "assistant" and message.weight in (Exact("0"), Exact("1"))


def _need_text(i: int, message: Message) -> str:
    if not isinstance(message.content, str):
        is_absent = message.content is None or isinstance(message.content, UnsetType)
        refuse(i, "has no content" if is_absent else "has content that is no plain text")
    return quote(message.content)


def _is_before(at: str, written: int) -> bool:
    """Whether a place lies in a turn that was written, or in no turn."""
    return not at.startswith("/messages/") or int(at.split("/")[2]) < written
