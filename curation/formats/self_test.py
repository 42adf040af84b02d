"""Whether what a format wrote reads back as the example, but for what it said it would lose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from curation.formats.contract import Format, Loss, Written
from curation.formats.own_keys import REJECTED
from curation.formats.pairs import read_turns
from curation.model.envelope import encode
from curation.model.example import Example, Message
from curation.model.finding import Finding
from curation.model.reading import Reading
from curation.model.rule_names import RULE_SLUGS
from curation.model.values import Arguments, Exact, Json
from curation.schemas.pointers import escape_step, unescape_step

MOST_DIFFERENCES = 5
_EMPTY_SYSTEM = "empty system turn"
_OURS = frozenset({"label", "tags", "group", "waivers", "acceptable values"})
"""What only our own envelope holds."""
_NO_PARAMETERS: Json = {"type": "object", "properties": {}}
_UNMATCHED = object()
_MOST_DIGITS = 1_000


class _Difference(NamedTuple):
    """A place where the example and what came back are not the same."""

    at: str
    before: Json
    after: Json


def check_export(fmt: Format, example: Example, written: Written | None = None) -> tuple[Finding, ...]:
    """X12 for what the format loses of an example, X10 for what it loses without saying so.

    Args:
        fmt: a format that can be written.
        example: what is exported.
        written: what the format made of it; without one it is written here.
    """
    if written is None:
        written = fmt.write(example) if fmt.write is not None else Written(refused="The format is only read.")
    if written.refused is not None:
        return (_finding("X12", "", f"`{fmt.name}` cannot hold this row: {written.refused}", {"refused": True}),)
    lost = [_lost(fmt, loss) for loss in written.losses]
    return (*lost, *(_changed(fmt, one) for one in _differences(fmt, example, written)))


def _finding(code: str, at: str, message: str, values: dict[str, Json]) -> Finding:
    return Finding(RULE_SLUGS[code], code, at, message, values)


def _lost(fmt: Format, loss: Loss) -> Finding:
    message = f"`{fmt.name}` does not keep this: {loss.what.rstrip('.')}."
    return _finding("X12", loss.at, message, {"what": loss.what, "label": loss.what in _OURS})


def _changed(fmt: Format, one: _Difference) -> Finding:
    message = (
        f"Written as `{fmt.name}` this comes back as {_short(one.after)} instead of {_short(one.before)}; "
        "do not train on the file."
    )
    return _finding("X10", one.at, message, {"format": fmt.name, "at": one.at.rpartition("/")[2]})


def _short(value: Json) -> str:
    if value is _UNMATCHED:
        return "nothing"
    text = json.dumps(value, ensure_ascii=True)
    return f"`{text}`" if len(text) <= 40 else f"`{text[:40]}…`"


def _differences(fmt: Format, example: Example, written: Written) -> list[_Difference]:
    readings = [back for row in written.rows if isinstance(back := fmt.read(row), Reading)]
    if len(readings) < len(written.rows) or not readings:
        return [_Difference("", "a row", _UNMATCHED)]
    before = forget(example, written.losses, is_back=False)
    after = forget(gather(readings), written.losses, is_back=True)
    if before == after:
        return []
    found = list(_compare(before, after, ""))[:MOST_DIFFERENCES]
    return [one._replace(at=_inside_wrapper(example, one.at)) for one in found]


def _inside_wrapper(example: Example, at: str) -> str:
    """The place in the example of one that was found without the wrappers of the definitions."""
    steps = at.split("/")
    if steps[1:2] != ["tools"] or len(steps) < 4 or not isinstance(example.tools, tuple):
        return at
    definition = example.tools[int(steps[2])].view
    if not definition.wrapped or unescape_step(steps[3]) in definition.value:
        return at
    return "/".join([*steps[:3], "function", *steps[3:]])


def _compare(before: Json, after: Json, at: str) -> Iterator[_Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            inner = before.get(key, _UNMATCHED), after.get(key, _UNMATCHED)
            yield from _compare(*inner, f"{at}/{escape_step(key)}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, pair in enumerate(zip(before, after, strict=True)):
            yield from _compare(*pair, f"{at}/{i}")
    elif before != after or type(before) is not type(after):
        yield _Difference(at, before, after)


# -- what a difference may be --------------------------------------------------------------------------------------


def forget(example: Example, losses: Sequence[Loss], *, is_back: bool) -> Json:
    """The example as plain JSON without the places of the losses.

    What only says how a row held something is evened out: text or object arguments, absent or null or empty text
    beside a call, the wrapper of a definition, and parameters that are none.
    """
    row = json.loads(encode(example), parse_int=_whole)
    if not isinstance(row, dict):
        return row
    messages = row["messages"] if isinstance(row.get("messages"), list) else []
    _even_out(messages, example.messages)
    if isinstance(row.get("tools"), list):
        row["tools"] = [_unwrap(tool) for tool in row["tools"]]
    if REJECTED in example.extra:
        rejected = row[REJECTED] if isinstance(row[REJECTED], list) else []
        _even_out(rejected, read_turns(example.extra[REJECTED]))
    if any(loss.what == _EMPTY_SYSTEM for loss in losses):
        messages[: 0 if is_back else 1] = [None]
    for loss in losses:
        _delete(row, loss)
    for message in messages:
        if isinstance(message, dict) and message.get("label") == {}:
            del message["label"]
    return row


def _whole(digits: str) -> Json:
    """A number, or its digits when Python would rather not count so far."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _even_out(plain: Json, messages: Sequence[Message]) -> None:
    for turn, message in zip(plain, messages, strict=False):
        if isinstance(turn, dict) and turn.get("tool_calls") and not turn.get("content"):
            turn.pop("content", None)
        for j, one in enumerate(message.calls or ()):
            if isinstance(one.arguments, Arguments) and one.function is None:
                turn["tool_calls"][j]["function"]["arguments"] = one.arguments.text


def _unwrap(tool: Json) -> Json:
    """A definition without its wrapper; one without parameters takes none, however it says so."""
    if not isinstance(tool, dict):
        return tool
    bare = {key: value for key, value in tool.items() if (key, value) != ("type", "function")}
    inner = bare.get("function")
    if isinstance(inner, dict):
        bare = {key: value for key, value in bare.items() if key != "function"} | inner
    if bare.get("parameters") in (None, _NO_PARAMETERS):
        bare.pop("parameters", None)
    return bare


def gather(readings: Sequence[Reading]) -> Example:
    """What the rows of one example teach together: each turn as the row holds it that learns it."""
    *earlier, last = (reading.example for reading in readings)
    turns = list(last.messages)
    for i, message in enumerate(turns):
        held = [row.messages[i] for row in earlier if i < len(row.messages)]
        turns[i] = next((one for one in held if one.weight != Exact("0")), message)
    return msgspec.structs.replace(last, messages=tuple(turns))


def _delete(row: Json, loss: Loss) -> None:
    """Take out what was said to be lost; a lost turn takes the later ones with it."""
    *steps, last = (unescape_step(step) for step in loss.at.split("/")[1:])
    if steps[:1] == ["tools"] and steps[2:3] == ["function"]:
        del steps[2]
    place = row
    for step in steps:
        try:
            place = place[int(step)] if isinstance(place, list) else place[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return
    if isinstance(place, list):
        if len(steps) == 1 and loss.what != _EMPTY_SYSTEM:
            del place[int(last) :]
    elif isinstance(place, dict):
        place.pop(last, None)
