"""Calls and results inside text, in `<tool_call>` and `<tool_response>` as Hermes and templates after it write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from curation.formats.call_values import CallValue, CallValues, read_call_values
from curation.formats.slices import cut_object, text_of
from curation.model.source import quote
from curation.reading.strict import Fault, parse_once

CALL, CALL_END = "<tool_call>", "</tool_call>"
RESULT, RESULT_END = "<tool_response>", "</tool_response>"
_RESULTS = re.compile(rf"\s*+(?:{RESULT}(?:(?!{RESULT_END}).)*+{RESULT_END}\s*+)++", re.DOTALL)
"""Nothing is given back: a text of many results with words behind them would be cut in every way there is."""
_ONE_RESULT = re.compile(rf"{RESULT}\n?(.*?)\n?{RESULT_END}", re.DOTALL)
_WRAPPED = frozenset({"name", "content"})
MARKS = re.compile(r"<(?=/tool_response>|\|im_(?:start|end)\|>)")
"""The first character of what would end a result or its turn."""
_MOST_TRIES = 20
_MOST_BRACKETS = 150
"""A call with fewer never nests too deeply."""


class Answer(NamedTuple):
    """An assistant's text, taken apart."""

    content: str
    calls: tuple[CallValue, ...]
    faults: tuple[Fault, ...] = ()
    is_python: bool = False
    is_broken: bool = False
    """Something in `<tool_call>` is no call, so the text stays as it is."""


def split_answer(text: str) -> Answer:
    """The calls in an assistant's text, and what is said beside them."""
    said: list[str] = []
    calls: list[CallValue] = []
    faults: list[Fault] = []
    is_python = False
    at = 0
    while (start := text.find(CALL, at)) >= 0:
        found = _read_block(text, start + len(CALL))
        if found is None:
            return Answer(text, (), is_broken=True)
        values, end = found
        said.append(text[at:start])
        calls += values.calls
        faults += values.faults
        is_python |= values.is_python
        at = end
    if not calls:
        return Answer(text, ())
    return Answer(_join_said([*said, text[at:]]), tuple(calls), tuple(faults), is_python)


def _read_block(text: str, start: int) -> tuple[CallValues, int] | None:
    """The calls of a block and where it ends; its end tag may also stand inside an argument."""
    end = text.find(CALL_END, start)
    for _ in range(_MOST_TRIES):
        if end < 0:
            return None
        values = read_call_values(text[start:end])
        if values is not None:
            return (values, end + len(CALL_END)) if all(map(_is_plain, values.calls)) else None
        end = text.find(CALL_END, end + 1)
    return None


def _is_plain(call: CallValue) -> bool:
    """Whether nothing but a name, arguments and keys that mean nothing stand in a call."""
    return "function" not in call.rest and call.rest.get("type", '"function"') == '"function"'


def _join_said(pieces: list[str]) -> str:
    """What stands around the calls; one line end before the first is the template's."""
    before, *others = pieces
    around = [before.removesuffix("\n"), *(piece for piece in others if piece.strip())]
    return "\n".join(piece for piece in around if piece)


def write_call(name: str, arguments: str | None) -> str:
    """One call, spaced as templates space it; `arguments` is a source."""
    return f'{{"name": {quote(name)}' + ("}" if arguments is None else f', "arguments": {arguments}}}')


def write_answer(content: str, calls: Sequence[str]) -> str:
    """An assistant's text; each call is a source."""
    blocks = [f"{CALL}\n{call}\n{CALL_END}" for call in calls]
    return "\n".join([content, *blocks] if content else blocks)


def answer_comes_back(text: str, content: str, calls: Sequence[str]) -> bool:
    """Whether the text of an answer is read as what it was made of; each call is the source of a sound object."""
    if not calls and CALL not in text:
        return True
    if calls and CALL not in content and not any(CALL_END in call or _has_many_brackets(call) for call in calls):
        return True
    back = split_answer(text)
    return len(back.calls) == len(calls) and (not calls or back.content == content)


def _has_many_brackets(source: str) -> bool:
    """Whether it might nest too deeply to be read."""
    return source.count("{") + source.count("[") > _MOST_BRACKETS


# -- results -----------------------------------------------------------------------------------------------------------


class Result(NamedTuple):
    """What one `<tool_response>` says, and which of the open calls it answers."""

    content: str
    answers: int | None
    call_id: str | None = None
    """The id that the result gives itself, as source."""


def cut_results(text: str) -> list[str] | None:
    """The bodies of a text that is nothing but results; None for any other."""
    if RESULT not in text or not _RESULTS.fullmatch(text):
        return None
    return [match.group(1) for match in _ONE_RESULT.finditer(text)]


def read_result(body: str, names: Sequence[str]) -> Result:
    """One result; `names` are the tools whose calls are open, in order."""
    members = cut_object(body) if _may_be_named(body) and not parse_once(body).faults else None
    name = text_of(members.get("name")) if members else None
    if members is None or name is None or name not in names or members.keys() - {"tool_call_id"} != _WRAPPED:
        return Result(body, 0 if names else None)
    said = text_of(members["content"])
    return Result(members["content"] if said is None else said, list(names).index(name), members.get("tool_call_id"))


def _may_be_named(body: str) -> bool:
    """Whether an object may have the two keys, which may also be spelled with escapes."""
    return body.startswith("{") and ("\\u" in body or ('"name"' in body and '"content"' in body))


def write_named_result(name: str, content: str) -> str:
    """The body with the tool's name before its result, which is JSON where it can be and a text where not."""
    parsed = parse_once(content)
    is_exact = parsed.is_clean and content == content.strip() and "\n" not in content and "\r" not in content
    is_spliced = is_exact and not isinstance(parsed.value, str) and not MARKS.search(content)
    source = content if is_spliced else MARKS.sub(r"\\u003c", quote(content))
    return f'{{"name": {quote(name)}, "content": {source}}}'


def wrap_results(bodies: Sequence[str]) -> str:
    """The text of a turn of results."""
    return "\n".join(f"{RESULT}\n{body}\n{RESULT_END}" for body in bodies)
