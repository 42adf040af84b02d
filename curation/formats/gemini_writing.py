"""Examples to Gemini rows: no ids, results as objects, schemas in the subset that Vertex takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.formats.contract import Loss, Written
from curation.formats.gemini_results import write_response
from curation.formats.gemini_schemas import has_no_property, write_schema
from curation.formats.result_matching import ResultMatcher
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
from curation.model.example import Call, Example, Message
from curation.model.source import quote
from curation.model.values import Exact

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_ROW_KEYS = frozenset(
    {
        "generationConfig", "generation_config", "safetySettings", "safety_settings", "toolConfig", "tool_config",
        "labels", "model", "cachedContent", "cached_content",
    }
)  # fmt: skip
_CALL_KEYS = frozenset({"thoughtSignature", "thought_signature"})
_PROVIDED = frozenset(
    {
        "googleSearch", "google_search", "googleSearchRetrieval", "google_search_retrieval", "codeExecution",
        "code_execution", "retrieval", "urlContext", "url_context", "enterpriseWebSearch", "googleMaps",
    }
)  # fmt: skip
_NO_PARAMETERS = {"type": '"object"', "properties": "{}"}


def write(example: Example) -> Written:
    """One row, with every turn that Gemini knows; an example with another turn is refused."""
    return write_bare(example, lambda bare, losses: _Writer(bare, losses).write())


class _Writer:
    """One pass over the turns of one example."""

    def __init__(self, example: Example, losses: list[Loss]) -> None:
        self.example = example
        self.losses = losses
        self.row: Members = {}
        self.contents: list[str] = []
        self.results: list[str] = []
        """Parts of the content that gathers the results of a turn."""
        self.matcher = ResultMatcher()
        self.ids: dict[str, list[str]] = {}
        """Id as it was → ids it has when it is read back, of the calls that are open."""

    def write(self) -> Written:
        example = self.example
        if "messages" in example.extra:
            raise UnwritableError("The row has no list of messages.")
        self.losses += list_unknown("", example.extra, _ROW_KEYS)
        for i, message in enumerate(example.messages):
            self.write_turn(i, message)
        self.close_results()
        self.row["contents"] = write_list(self.contents)
        if isinstance(example.tools, tuple):
            source, changes = _write_tools(example.tools)
            self.row["tools"] = source
            self.losses += changes
        elif example.tools is None:
            self.lose("/tools", "tools that are null")
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
        self.close_results()
        kept = ("reasoning_content", "thought_parts") if message.role == "assistant" else ()
        self.losses += list_key_losses(f"/messages/{i}", message, kept)
        if message.role in ("system", "developer"):
            self.write_system(i, message)
        elif message.role == "user":
            self.add_content("user", self.write_said(i, message))
        else:
            self.add_content("model", self.write_answer(i, message))

    def add_content(self, role: str, parts: Iterator[str]) -> None:
        self.contents.append(f'{{"role":"{role}","parts":{write_list(list(parts))}}}')

    def write_system(self, i: int, message: Message) -> None:
        if i:
            refuse(i, "is a system turn; Gemini holds one, before all other turns")
        if message.role == "developer":
            self.lose("/messages/0/role", "role developer; it is read back as system")
        self.row["system_instruction"] = paste({"parts": write_list(list(self.write_said(i, message)))})

    def write_said(self, i: int, message: Message) -> Iterator[str]:
        """The parts of what a turn says; a list around one text is not there when it is read back."""
        if isinstance(message.content, str):
            yield f'{{"text":{quote(message.content)}}}'
            return
        if is_absent(message.content):
            refuse(i, "has no content")
        assert isinstance(message.content, Exact)  # noqa: S101
        parts = need_parts(i, message.content)
        if len(parts) == 1:
            self.lose(f"/messages/{i}/content", "list around a single text")
        for _, part in parts:
            if part.keys() != {"type", "text"} or part["type"] != '"text"' or not part["text"].startswith('"'):
                refuse(i, f"holds a part of the type `{text_of(part['type'])}`; of parts Gemini takes plain text alone")
            yield paste({"text": part["text"]})

    # -- calls and results ----------------------------------------------------------------------------------------

    def write_answer(self, i: int, message: Message) -> Iterator[str]:
        self.matcher.start_turn()
        self.ids = {}
        yield from cut_list(message.extra.get("thought_parts")) or ()
        if (thought := message.extra.get("reasoning_content")) is not None:
            yield paste({"text": thought, "thought": "true"})
        says_nothing = is_absent(message.content) or message.content == ""
        if not says_nothing or (message.content == "" and not message.calls):
            yield from self.write_said(i, message)
        elif not message.calls:
            refuse(i, "neither says anything nor calls a tool")
        for j, call in enumerate(message.calls or ()):
            yield self.write_call(i, j, call)

    def write_call(self, i: int, j: int, call: Call) -> str:
        at = f"/messages/{i}/tool_calls/{j}"
        if call.whole is not None or call.function is not None:
            refuse(i, "makes a call that is no object")
        name, source = need_call(i, call)
        if not _NAME.fullmatch(name):
            refuse(i, f"calls `{name[:60]}`, {_BAD_NAME}")
        self.losses += list_call_losses(at, call, _CALL_KEYS)
        call_id = self.matcher.add_call(name)
        if call.id != call_id:
            self.lose(f"{at}/id", "call id")
        if isinstance(call.id, str):
            self.ids.setdefault(call.id, []).append(call_id)
        written = f'{{"functionCall":{{"name":{quote(name)},"args":{source}}}}}'
        return add_members(written, {key: text for key, text in call.extra.items() if key in _CALL_KEYS})

    def add_result(self, i: int, message: Message) -> None:
        at = f"/messages/{i}"
        self.losses += list_key_losses(at, message)
        name, call_id = self.find_call(i, message)
        if message.tool_call_id != call_id:
            self.lose(f"{at}/tool_call_id", "call id")
        if not isinstance(message.content, str):
            refuse(i, "is a result that is no plain text")
        response = f'{{"name":{quote(name)},"response":{write_response(message.content)}}}'
        self.results.append(f'{{"functionResponse":{response}}}')

    def find_call(self, i: int, message: Message) -> tuple[str, str]:
        """The name of the call a result answers and the id it is read back with, where order leads back to it."""
        open_calls = self.matcher.open
        answered = message.tool_call_id
        if isinstance(answered, str):
            mine = [one for one in open_calls if one.call_id in self.ids.get(answered, ())]
        else:
            mine = open_calls[:1]
        if not mine:
            refuse(i, "is a result that answers no open call of the turn before it")
        found = self.matcher.match(mine[0].name)
        if found != mine[0]:
            refuse(i, "answers a call out of order, and Gemini matches results by order")
        return str(found.name), found.call_id

    def close_results(self) -> None:
        if self.results:
            self.add_content("user", iter(self.results))
            self.results = []


_BAD_NAME = (
    "a name that Gemini refuses: it takes letters, digits and `_`, at most 64 of them, and no digit first; rename the "
    "tool"
)


@kept_for_tools
def _write_tools(tools: Tools) -> tuple[str, tuple[Loss, ...]]:
    losses: list[Loss] = []
    return write_list(list(_group_tools(tools, losses))), tuple(losses)


def _group_tools(tools: Tools, losses: list[Loss]) -> Iterator[str]:
    """Functions that follow each other stand together; what the service brings along stands alone."""
    functions: list[str] = []
    for k, tool in enumerate(tools):
        members = cut_object(tool.text) or {}
        if len(members) == 1 and members.keys() <= _PROVIDED:
            yield from _declare(functions)
            functions = []
            yield tool.text
        else:
            functions.append(_write_function(k, tool, losses))
    yield from _declare(functions)


def _write_function(k: int, tool: Definition, losses: list[Loss]) -> str:
    parts = need_tool(k, tool)
    name = text_of(parts.function["name"]) or ""
    if not _NAME.fullmatch(name):
        raise UnwritableError(f"Tool {k + 1} is called `{name[:60]}`, {_BAD_NAME}.")
    losses += list_unknown(parts.at, parts.function, {"name", "description", "parameters"})
    losses += list_unknown(f"/tools/{k}", parts.rest)
    written: Members = {key: parts.function[key] for key in ("name", "description") if key in parts.function}
    schema = parts.function.get("parameters", "null")
    if schema != "null" and cut_object(schema) != _NO_PARAMETERS:
        written |= _write_parameters(schema, f"{parts.at}/parameters", losses)
    return paste(written)


def _write_parameters(schema: str, at: str, losses: list[Loss]) -> Members:
    source, changes = write_schema(schema, at)
    if has_no_property(source):
        losses.append(Loss(at, "parameters without any property"))
        return {}
    losses += changes
    return {"parameters": source}


def _declare(functions: list[str]) -> Iterator[str]:
    if functions:
        yield paste({"functionDeclarations": write_list(functions)})
