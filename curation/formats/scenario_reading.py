"""Scenario records to examples: the request, a turn for each entry of `calls`, its results, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from curation.formats.composing import Composition, build_call, call_id, read_composed
from curation.formats.slices import Members, cut_list, cut_object, text_of
from curation.model.reading import Reading, Reject
from curation.model.source import one_line, quote, write_list

KEYS = ("system", "history", "query", "calls", "responses", "answer", "more")
"""What a record is made of beside its tools, in the order it is written."""
_NAMES = ("name", "tool")
_ARGUMENTS = ("arguments", "args")


class _Given(NamedTuple):
    """One call of a record, with where it stands."""

    source: str
    at: str


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    steps = _cut_steps(row.get("calls"))
    if text_of(row.get("query")) is None or steps is None or "messages" in row:
        return None
    composition = Composition()
    known = {"query", "calls"}
    if text_of(row.get("system")) is not None:
        known.add("system")
        _add_text(composition, "system", row["system"], "/system")
    known |= _add_turns(composition, row, "history")
    n_before = sum(_count_calls(turn) for turn in composition.messages)
    _add_text(composition, "user", row["query"], "/query")
    responses = cut_list(row.get("responses"))
    known |= {"responses"} if responses is not None else set()
    _add_steps(composition, steps, responses or [], n_before)
    if text_of(row.get("answer")) is not None:
        known.add("answer")
        _add_text(composition, "assistant", row["answer"], "/answer")
    known |= _add_turns(composition, row, "more") | _add_tools(composition, row)
    composition.rest = {key: source for key, source in row.items() if key not in known}
    return composition


def _cut_steps(source: str | None) -> list[list[_Given]] | None:
    """The calls, those of one turn together; None where there is no list of them."""
    entries = cut_list(source)
    if entries is None:
        return None
    steps: list[list[_Given]] = []
    for i, entry in enumerate(entries):
        together = cut_list(entry)
        if together is None:
            steps.append([_Given(entry, f"/calls/{i}")])
        elif together:
            steps.append([_Given(one, f"/calls/{i}/{j}") for j, one in enumerate(together)])
    return steps


def _add_text(composition: Composition, role: str, source: str, at: str) -> None:
    composition.add_turn({"role": quote(role), "content": source}, at, {"/content": at})


def _add_turns(composition: Composition, row: Members, key: str) -> set[str]:
    """Add turns that stand in the record as they are."""
    turns = cut_list(row.get(key))
    for i, turn in enumerate(turns or ()):
        composition.add_as_given(turn, f"/{key}/{i}")
    return {key} if turns is not None else set()


def _add_tools(composition: Composition, row: Members) -> set[str]:
    tools = cut_list(row.get("tools"))
    if tools is None:
        return set()
    composition.tools = tools
    composition.moved["/tools"] = "/tools"
    return {"tools"}


def _count_calls(turn: str) -> int:
    return len(cut_list((cut_object(turn) or {}).get("tool_calls")) or ())


def _add_steps(composition: Composition, steps: Sequence[list[_Given]], responses: list[str], n_calls: int) -> None:
    """Each turn of calls with its results; calls that nothing came back for stand in one turn."""
    if not responses:
        steps = [[one for step in steps for one in step]] if steps else []
    n_read = 0
    for step in steps:
        n_results = min(len(step), len(responses) - n_read)
        ids = _add_calls(composition, step, n_calls)
        for answered, n in zip(ids, range(n_read, n_read + n_results), strict=False):
            _add_response(composition, responses[n], answered, n)
        n_calls += len(step)
        n_read += n_results
    for n in range(n_read, len(responses)):
        _add_response(composition, responses[n], None, n)


def _add_calls(composition: Composition, step: Sequence[_Given], n_calls: int) -> list[str]:
    """One turn of calls; the sources of their ids."""
    ids: list[str] = []
    calls: list[str] = []
    parts: dict[str, str] = {"/tool_calls": step[0].at}
    for j, one in enumerate(step):
        members = cut_object(one.source)
        given = members.get("id") if members is not None and text_of(members.get("id")) is not None else None
        ids.append(given or call_id(n_calls + j + 1))
        parts |= {f"/tool_calls/{j}": one.at, f"/tool_calls/{j}/function": one.at}
        calls.append(one.source if members is None else _build(members, ids[-1], f"/tool_calls/{j}", one.at, parts))
    turn = {"role": '"assistant"', "content": "null", "tool_calls": write_list(calls)}
    composition.add_turn(turn, step[0].at, parts)
    return ids


def _build(members: Members, answered: str, inner: str, at: str, parts: dict[str, str]) -> str:
    name = next((key for key in _NAMES if key in members), "name")
    arguments = next((key for key in _ARGUMENTS if key in members), "arguments")
    parts |= {f"{inner}/function/name": f"{at}/{name}", f"{inner}/function/arguments": f"{at}/{arguments}"}
    known = {name, arguments, "type", *(["id"] if members.get("id") == answered else [])}
    more = {key: source for key, source in members.items() if key not in known}
    return build_call(answered, members.get(name), members.get(arguments), more)


def _add_response(composition: Composition, source: str, answered: str | None, n: int) -> None:
    """A result: a text as it is, anything else as the text of its JSON."""
    content = source if text_of(source) is not None else quote(one_line(source))
    link = {} if answered is None else {"tool_call_id": answered}
    at = f"/responses/{n}"
    composition.add_turn({"role": '"tool"', "content": content, **link}, at, {"/content": at})
    if text_of(source) is None:
        composition.hidden.add(at)
