"""Anthropic rows to examples: blocks become turns, calls and results; a flagged result says its error in its text."""

from __future__ import annotations

from typing import NamedTuple

from curation.formats.anthropic_errors import with_error
from curation.formats.composing import Composition, build_call, map_call, read_composed, wrap_tool
from curation.formats.slices import Members, cut_list, cut_object, text_of, write_list
from curation.model.reading import Reading, Reject
from curation.model.source import quote

THOUGHTS = ("thinking", "redacted_thinking")
_CALL_PARTS = {"": "", "/function": "", "/function/name": "/name", "/function/arguments": "/input"}


class _Block(NamedTuple):
    """One block of a turn."""

    at: str
    source: str
    members: Members
    kind: str


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    elements = cut_list(row.get("messages"))
    if elements is None:
        return None
    composition = Composition()
    composition.rest = {key: source for key, source in row.items() if key != "messages"}
    _add_system(composition, row.get("system"))
    for i, element in enumerate(elements):
        _add_message(composition, element, f"/messages/{i}")
    tools = cut_list(row.get("tools"))
    if tools is not None:
        composition.tools = []
        for k, tool in enumerate(tools):
            _add_tool(composition, tool, f"/tools/{k}")
    return composition


def _add_system(composition: Composition, source: str | None) -> None:
    if source is not None and source.startswith(('"', "[")):
        del composition.rest["system"]
        composition.add_turn({"role": '"system"', "content": source}, "/system", {"/content": "/system"})


def _add_message(composition: Composition, element: str, at: str) -> None:
    members = cut_object(element) or {}
    blocks = _cut_blocks(members.get("content"), at + "/content")
    role = text_of(members.get("role"))
    if not blocks or role not in ("user", "assistant"):
        composition.add_as_given(element, at)
        return
    more = {key: source for key, source in members.items() if key not in ("role", "content")}
    if role == "assistant":
        _add_answer(composition, blocks, at, more)
    else:
        _add_user(composition, blocks, at, more)


def _cut_blocks(source: str | None, at: str) -> list[_Block]:
    """The blocks of a turn; none when its content is no list of objects."""
    blocks = []
    for b, element in enumerate(cut_list(source) or ()):
        members = cut_object(element)
        if members is None:
            return []
        blocks.append(_Block(f"{at}/{b}", element, members, text_of(members.get("type")) or ""))
    return blocks


# -- what the user's side says -------------------------------------------------------------------------------------


def _add_user(composition: Composition, blocks: list[_Block], at: str, more: Members) -> None:
    """Results become turns of their own, in their order; what stands between them stays a user's turn."""
    said: list[_Block] = []
    for block in blocks:
        if block.kind == "tool_result":
            more = _add_said(composition, said, at, more)
            said = []
            more = _add_result(composition, block, more)
        else:
            said.append(block)
    _add_said(composition, said, at, more)


def _add_said(composition: Composition, blocks: list[_Block], at: str, more: Members) -> Members:
    """Keys of the turn as given go to the first turn it becomes; what is left of them comes back."""
    if not blocks:
        return more
    content, parts = _join(blocks, at)
    composition.add_turn({"role": '"user"', "content": content, **more}, at, parts)
    return {}


def _join(blocks: list[_Block], at: str) -> tuple[str, dict[str, str]]:
    """The content of several blocks, with the places of its parts: plain text where there is nothing else."""
    if len(blocks) == 1 and is_plain(blocks[0].members):
        return blocks[0].members["text"], {"/content": blocks[0].at + "/text"}
    parts = {f"/content/{n}": block.at for n, block in enumerate(blocks)}
    return write_list([block.source for block in blocks]), {"/content": at + "/content"} | parts


def is_plain(members: Members) -> bool:
    """Whether a block is text and nothing else."""
    return members.keys() == {"type", "text"} and members["type"] == '"text"' and members["text"].startswith('"')


def _add_result(composition: Composition, block: _Block, more: Members) -> Members:
    members = dict(block.members)
    content, parts = _join_result(members.pop("content", '""'), block.at + "/content")
    text = text_of(content)
    if text is not None and members.get("is_error") in ("true", "false"):
        content = quote(with_error(text)) if members.pop("is_error") == "true" else content
    turn = {"role": '"tool"', "content": content}
    if "tool_use_id" in members:
        turn["tool_call_id"] = members.pop("tool_use_id")
    del members["type"]
    parts["/tool_call_id"] = block.at + "/tool_use_id"
    composition.add_turn(turn | members | more, block.at, parts)
    return {}


def _join_result(source: str, at: str) -> tuple[str, dict[str, str]]:
    blocks = _cut_blocks(source, at)
    if len(blocks) == 1 and is_plain(blocks[0].members):
        return blocks[0].members["text"], {"/content": blocks[0].at + "/text"}
    return source, {"/content": at}


# -- what the model says -------------------------------------------------------------------------------------------


def _add_answer(composition: Composition, blocks: list[_Block], at: str, more: Members) -> None:
    calls = [block for block in blocks if block.kind == "tool_use"]
    thoughts = [block for block in blocks if block.kind in THOUGHTS]
    said = [block for block in blocks if block not in calls and block not in thoughts]
    content, parts = _join(said, at) if said else ("null", {"/content": at + "/content"})
    turn = {"role": '"assistant"', "content": content}
    if calls:
        turn["tool_calls"] = write_list([_build_call(block) for block in calls])
        parts["/tool_calls"] = at + "/content"
        for n, block in enumerate(calls):
            parts |= map_call(n, block.at, _CALL_PARTS)
    if said and calls and blocks.index(said[-1]) > blocks.index(calls[0]):
        message = "Text stands after a call here; it is read as if it stood before the call."
        composition.find("M08", composition.next_turn + "/content", message)
    composition.add_turn(turn | _keep_thoughts(thoughts) | more, at, parts)


def _build_call(block: _Block) -> str:
    members = dict(block.members)
    del members["type"]
    given, name, arguments = (members.pop(key, None) for key in ("id", "name", "input"))
    return build_call(given, name, arguments, members)


def _keep_thoughts(blocks: list[_Block]) -> Members:
    """What the model thought: as the text that templates know, or as it is when it is hidden or in pieces."""
    if not blocks:
        return {}
    members = blocks[0].members
    is_text = len(blocks) == 1 and members.get("thinking", "").startswith('"')
    if is_text and members.keys() <= {"type", "thinking", "signature"} and blocks[0].kind == "thinking":
        kept = {"reasoning_content": members["thinking"]}
        return kept | {"thinking_signature": members["signature"]} if "signature" in members else kept
    return {"thinking_blocks": write_list([block.source for block in blocks])}


# -- tools ---------------------------------------------------------------------------------------------------------


def is_provided(members: Members) -> bool:
    """Whether a tool is one that the service brings along, such as its web search: it has a type of its own."""
    return text_of(members.get("type")) not in (None, "custom", "function")


def _add_tool(composition: Composition, source: str, at: str) -> None:
    members = cut_object(source) or {}
    if "name" not in members or "function" in members or is_provided(members):
        composition.add_tool(source, at)
        return
    members.pop("type", None)
    names = {"name": "name", "description": "description", "input_schema": "parameters", "strict": "strict"}
    function = {names[key]: members.pop(key) for key in names if key in members}
    parts = {"/function": at, "/function/parameters": at + "/input_schema"}
    composition.add_tool(wrap_tool(function, members), at, parts)
