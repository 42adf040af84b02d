"""BFCL rows: `question`, `function` and, where it stands beside them, `ground_truth` with the acceptable values."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.formats.bfcl_truth import Truth, read_truth
from curation.formats.composing import Composition, build_call, call_id, map_call, read_composed, wrap_tool
from curation.formats.contract import Format
from curation.formats.foreign_types import TypeMender, note_types
from curation.formats.recognising import decoded
from curation.formats.slices import Members, cut_list, cut_object, text_of
from curation.model.reading import Reading, Reject
from curation.model.source import quote, write_list


class _Row(msgspec.Struct):
    question: list[msgspec.Raw] | str
    function: list[dict[str, msgspec.Raw]] | dict[str, msgspec.Raw]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A question beside the functions that may answer it."""
    return decoded(_decode, raw) is not None


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    turns = _cut_turns(row.get("question"))
    functions = cut_list(row.get("function"))
    if turns is None or "messages" in row:
        return None
    composition = Composition()
    for at, source in turns:
        composition.add_as_given(source, at)
    known = {"question"}
    if functions is not None or cut_object(row.get("function")) is not None:
        known.add("function")
        composition.tools = []
        for k, function in enumerate([row["function"]] if functions is None else functions):
            _add_function(composition, function, "/function" if functions is None else f"/function/{k}")
    truth = read_truth(row.get("ground_truth"), _list_required(functions or ()))
    if truth is not None:
        known.add("ground_truth")
        _add_truth(composition, truth)
    composition.rest |= {key: source for key, source in row.items() if key not in known}
    return composition


def _cut_turns(source: str | None) -> list[tuple[str, str]] | None:
    """The messages of a question with their places: a list of turns that are lists of messages, one list, or a text."""
    if source is not None and text_of(source) is not None:
        return [("/question", f'{{"role":"user","content":{source}}}')]
    elements = cut_list(source)
    if elements is None:
        return None
    found: list[tuple[str, str]] = []
    for i, element in enumerate(elements):
        messages = cut_list(element)
        if messages is None:
            found.append((f"/question/{i}", element))
        else:
            found += [(f"/question/{i}/{j}", message) for j, message in enumerate(messages)]
    return found


def _add_function(composition: Composition, source: str, at: str) -> None:
    members = cut_object(source)
    if members is None or text_of(members.get("name")) is None:
        composition.add_tool(source, at)
        return
    mender = TypeMender()
    if "parameters" in members:
        members["parameters"] = mender.mend_schema(members["parameters"])
    note_types(composition, mender, len(composition.tools or ()))
    composition.add_tool(wrap_tool(members, {}), at, {"/function": at})


def _list_required(functions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Tool → the arguments it needs."""
    found: dict[str, tuple[str, ...]] = {}
    for function in functions:
        members = cut_object(function) or {}
        parameters = cut_object(members.get("parameters")) or {}
        names = map(text_of, cut_list(parameters.get("required")) or ())
        found[text_of(members.get("name")) or ""] = tuple(name for name in names if name is not None)
    return found


def _add_truth(composition: Composition, truth: Truth) -> None:
    """The turn with the first acceptable values, and all of them beside it."""
    turn = composition.next_turn
    if not truth.calls:
        composition.add_turn({"role": '"assistant"', "content": "null"}, "/ground_truth")
        return
    calls = [build_call(call_id(n), quote(one.name), one.arguments, {}) for n, one in enumerate(truth.calls, start=1)]
    parts = {"/tool_calls": "/ground_truth"}
    for n, one in enumerate(truth.calls):
        at = f"/ground_truth/{n}"
        parts |= map_call(n, at, {"": "", "/function": "", "/function/name": "", "/function/arguments": one.step})
    members = {"role": '"assistant"', "content": "null", "tool_calls": write_list(calls)}
    composition.add_turn(members, "/ground_truth", parts)
    composition.rest["acceptable"] = truth.acceptable
    composition.moved["/acceptable"] = "/ground_truth"
    if truth.is_cut:
        note = "More values are acceptable than are listed: those inside an object were too many to spell out."
        composition.find("X12", f"{turn}/tool_calls", note)


FORMAT = Format(
    name="bfcl",
    title="BFCL: question, function and acceptable answers",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
)
