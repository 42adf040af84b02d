"""Items of the OpenAI Responses API to turns: a text and the calls right after it are one answer."""

from __future__ import annotations

from curation.formats.composing import Composition, build_call, map_call, wrap_tool
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of, write_list

_TEXTS = frozenset({"input_text", "output_text", "text"})
_EMPTY = {"annotations": "[]", "logprobs": "[]"}
_FUNCTION_KEYS = ("name", "description", "parameters", "strict")


class ItemTurns:
    """Adds the items of a response log to a row in the making."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.answer: Members | None = None
        """The assistant's turn that calls may still join."""
        self.at = ""
        self.moved: dict[str, str] = {}
        self.calls: list[str] = []
        self.joined: list[str] = []
        """The thoughts of that turn: before it, and between its calls."""
        self.thoughts: list[str] = []
        """Those whose turn is not known yet."""

    def add(self, source: str, at: str) -> None:
        members = cut_object(source) or {}
        kind = text_of(members.get("type")) or ("message" if "role" in members else "")
        if kind == "message":
            self.add_message(members, at)
        elif kind == "function_call":
            self.add_call(members, at)
        elif kind == "function_call_output":
            self.add_result(members, at)
        elif kind == "reasoning":
            self.add_thought(source)
        else:
            self.close()
            self.composition.add_as_given(source, at)

    def add_text(self, role: str, source: str, at: str) -> None:
        """A turn of a plain text that stands at `at`."""
        self.close()
        self.composition.add_turn({"role": f'"{role}"', "content": source}, at, {"/content": at})

    def add_message(self, members: Members, at: str) -> None:
        self.close()
        content, moved = _join(members.get("content"), at + "/content")
        turn = {key: text for key, text in members.items() if key != "type"}
        if content is not None:
            turn["content"] = content
        if text_of(members.get("role")) == "assistant":
            self.open(turn, at, moved)
        else:
            self.composition.add_turn(turn, at, moved)

    def add_thought(self, source: str) -> None:
        """A thought begins an answer; behind a call it may lead to one more of the same answer."""
        if not self.calls:
            self.close()
        self.thoughts.append(source)

    def add_call(self, members: Members, at: str) -> None:
        if self.answer is None:
            self.open({"role": '"assistant"', "content": "null"}, at, {})
        self.joined += self.thoughts
        self.thoughts = []
        rest = {key: text for key, text in members.items() if key not in ("type", "call_id", "name", "arguments")}
        if "id" in rest:
            rest["item_id"] = rest.pop("id")
        self.moved |= {"/tool_calls": at} | map_call(len(self.calls), at)
        self.moved[f"/tool_calls/{len(self.calls)}/id"] = at + "/call_id"
        self.calls.append(build_call(members.get("call_id"), members.get("name"), members.get("arguments"), rest))

    def add_result(self, members: Members, at: str) -> None:
        self.close()
        content, moved = _join(members.get("output"), at + "/output")
        rest = {key: text for key, text in members.items() if key not in ("type", "call_id", "output")}
        turn = {"role": '"tool"'} | ({} if content is None else {"content": content})
        if "call_id" in members:
            turn["tool_call_id"] = members["call_id"]
            moved["/tool_call_id"] = at + "/call_id"
        self.composition.add_turn(turn | rest, at, moved)

    def open(self, turn: Members, at: str, moved: dict[str, str]) -> None:
        self.joined, self.thoughts = self.thoughts, []
        self.answer, self.at, self.moved, self.calls = turn, at, moved, []

    def close(self) -> None:
        """The turn is over: what comes next is another one."""
        if self.answer is not None:
            calls = {"tool_calls": write_list(self.calls)} if self.calls else {}
            thoughts = {"reasoning_items": write_list(self.joined)} if self.joined else {}
            self.composition.add_turn(self.answer | thoughts | calls, self.at, self.moved)
            self.answer, self.calls = None, []

    def finish(self) -> None:
        """After the last item; a thought that led to nothing stays as a turn of its own."""
        self.close()
        if self.thoughts:
            self.open({"role": '"assistant"', "content": "null"}, "", {})
            self.close()


def _join(source: str | None, at: str) -> tuple[str | None, dict[str, str]]:
    """A content, with the places of its parts: plain text where there is nothing else."""
    elements = cut_list(source)
    parts = [cut_object(element) or {} for element in elements or ()]
    if len(parts) == 1 and _is_plain(parts[0]):
        return parts[0]["text"], {"/content": at + "/0/text"}
    if not parts:
        return source, {"/content": at}
    written = [
        paste({"type": '"text"', "text": part["text"]}) if _is_plain(part) else element
        for part, element in zip(parts, elements or (), strict=True)
    ]
    return write_list(written), {"/content": at} | {f"/content/{n}": f"{at}/{n}" for n in range(len(parts))}


def _is_plain(part: Members) -> bool:
    """Whether a part is text and nothing else."""
    more = {key: source for key, source in part.items() if key not in ("type", "text")}
    is_text = text_of(part.get("type")) in _TEXTS and text_of(part.get("text")) is not None
    return is_text and more.items() <= _EMPTY.items()


def add_flat_tools(composition: Composition, tools: list[str], at: str) -> None:
    """Add definitions that have their name beside their type; those of the service stay as they are."""
    composition.tools = []
    composition.moved["/tools"] = at
    for k, source in enumerate(tools):
        members, place = cut_object(source) or {}, f"{at}/{k}"
        if members.get("type") != '"function"' or "function" in members or "name" not in members:
            composition.add_tool(source, place)
            continue
        function = {key: members[key] for key in _FUNCTION_KEYS if members.get(key, "null") != "null"}
        rest = {key: text for key, text in members.items() if key not in (*_FUNCTION_KEYS, "type")}
        composition.add_tool(wrap_tool(function, rest), place, {"/function": place})
