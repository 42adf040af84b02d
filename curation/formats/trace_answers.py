"""What a model answered, as logs hold it: a reply with choices, a message, several, or the pieces of a stream."""

from __future__ import annotations

from typing import NamedTuple

from curation.formats.slices import Members, cut_list, cut_object, paste, text_of, write_list
from curation.model.source import quote


class Answer(NamedTuple):
    """The turns of an answer, each with its place, and what else the reply says."""

    turns: list[tuple[str, str]]
    rest: Members
    n_joined: int | None = None
    """How many calls were put together out of pieces, whose parts have no place of their own; None where none were."""


def find_answer(source: str | None, at: str, *, is_named: bool = False) -> Answer | None:
    """The answer in a value of a log; None where there is none.

    Args:
        source: the value.
        at: pointer to it in the row as given.
        is_named: the value stands where an answer is expected, so a bare text is one.
    """
    members, elements = cut_object(source), cut_list(source)
    if members is not None:
        return _find_in_reply(members, at)
    if elements:
        return _find_in_list(elements, at)
    if is_named and source is not None and text_of(source) is not None:
        return Answer([(paste({"role": '"assistant"', "content": source}), at)], {})
    return None


def _find_in_reply(reply: Members, at: str) -> Answer | None:
    body = cut_object(reply.get("body"))
    if body is not None and "choices" in body:
        found = _find_in_reply(body, at + "/body")
        rest = {key: one for key, one in reply.items() if key != "body"}
        return found and Answer(found.turns, rest | ({"body": paste(found.rest)} if found.rest else {}))
    choices = cut_list(reply.get("choices"))
    first = cut_object(choices[0]) if choices else None
    if choices and first is not None and cut_object(first.get("message")) is not None:
        left = {key: one for key, one in first.items() if key != "message"}
        others = [paste(left), *choices[1:]] if left or len(choices) > 1 else []
        rest = {key: one for key, one in reply.items() if key != "choices"}
        return Answer([(first["message"], at + "/choices/0/message")], rest | _keep("choices", others))
    if "role" in reply and ("content" in reply or "tool_calls" in reply or "function_call" in reply):
        return Answer([(paste(reply), at)], {})
    if cut_object(reply.get("message")) is not None:
        rest = {key: one for key, one in reply.items() if key != "message"}
        return Answer([(reply["message"], at + "/message")], rest)
    return None


def _find_in_list(elements: list[str], at: str) -> Answer | None:
    members = [cut_object(element) or {} for element in elements]
    if all("role" in one for one in members):
        return Answer([(element, f"{at}/{n}") for n, element in enumerate(elements)], {})
    if all("choices" in one for one in members):
        stream = _Stream(members)
        return Answer([(stream.join(), at)], {}, len(stream.calls))
    return None


def _keep(key: str, elements: list[str]) -> Members:
    return {key: write_list(elements)} if elements else {}


class _Stream:
    """The pieces of one streamed answer."""

    def __init__(self, chunks: list[Members]) -> None:
        self.texts: dict[str, list[str]] = {}
        self.calls: dict[str, Members] = {}
        """Index of a call → its parts, as texts."""
        for chunk in chunks:
            for choice in cut_list(chunk.get("choices")) or ():
                members = cut_object(choice) or {}
                if members.get("index", "0") == "0":
                    self.add(cut_object(members.get("delta")) or {})

    def add(self, delta: Members) -> None:
        for key, source in delta.items():
            text = text_of(source)
            if text is not None and key != "role":
                self.texts.setdefault(key, []).append(text)
        for element in cut_list(delta.get("tool_calls")) or ():
            piece = cut_object(element) or {}
            call = self.calls.setdefault(piece.get("index", "0"), {"id": "", "name": "", "arguments": ""})
            for key, source in {**piece, **(cut_object(piece.get("function")) or {})}.items():
                if key in call:
                    call[key] += text_of(source) or ""

    def join(self) -> str:
        """The whole answer."""
        turn = {"role": '"assistant"', "content": "null"}
        turn |= {key: quote("".join(pieces)) for key, pieces in self.texts.items()}
        if self.calls:
            turn["tool_calls"] = write_list([_join_call(call) for call in self.calls.values()])
        return paste(turn)


def _join_call(call: Members) -> str:
    function = {"name": quote(call["name"]), "arguments": quote(call["arguments"])}
    return paste({"id": quote(call["id"]), "type": '"function"', "function": paste(function)})
