"""Looks at training rows as the trainer will: does every name, argument and stop token carry loss?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from curation.errors import UnreadableError
from curation.model.values import Json
from curation.rendering.jinja import UnusableTemplateError
from curation.rendering.loss import LossMask, Piece, loss_mask
from curation.rendering.rows import ChatRow
from curation.rendering.template import Template


class CheckedRow(msgspec.Struct, frozen=True):
    """One row, rendered: its pieces, how long it is, and what would go wrong."""

    number: int
    """Position in the file, from 1."""
    tokens: int
    n_trained: int
    pieces: tuple[Piece, ...]
    problems: tuple[str, ...] = ()


def check_rows(template: Template, rows: Iterable[ChatRow], *, max_length: int) -> Iterator[CheckedRow]:
    """Check rows one by one; nothing is cut, a row that is too long is named."""
    for number, row in enumerate(rows, start=1):
        yield check_row(template, row, number, max_length=max_length)


def check_row(template: Template, row: ChatRow, number: int, *, max_length: int) -> CheckedRow:
    """Render one row and list what its loss would miss."""
    try:
        mask = loss_mask(template, row)
    except UnusableTemplateError:
        raise
    except UnreadableError as error:
        return CheckedRow(number, 0, 0, (), (f"Row {number}: {error.message}",))
    problems = [f"Row {number}: {problem}" for problem in _problems(row, mask, max_length)]
    return CheckedRow(number, len(mask.ids), sum(mask.trained), tuple(mask.pieces()), tuple(problems))


def _problems(row: ChatRow, mask: LossMask, max_length: int) -> Iterator[str]:
    if not mask.spans or not any(mask.trained):
        yield "no token carries loss, so the model would learn nothing from it."
        return
    if len(mask.ids) > max_length:
        yield f"it is {len(mask.ids)} tokens long and the limit is {max_length}; its answer would be cut off."
    if not all(span.stops for span in mask.spans):
        yield "no stop token carries loss, so the model would not learn where an answer ends."
    yield from _missing_words(row, mask.trained_text)


def _missing_words(row: ChatRow, trained: str) -> Iterator[str]:
    for turn in row.trained_turns():
        message = row.messages[turn]
        content = message.get("content")
        if isinstance(content, str) and content.strip() and content.strip() not in trained:
            yield "the answer's text carries no loss."
        for call in message.get("tool_calls") or ():
            yield from _missing_call(call, trained)


def _missing_call(call: Json, trained: str) -> Iterator[str]:
    function = call.get("function") if isinstance(call, dict) else None
    function = function if isinstance(function, dict) else {}
    name = function.get("name")
    if not isinstance(name, str) or name not in trained:
        yield f"the tool name `{name}` carries no loss."
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        yield f"the arguments of `{name}` are a string, so the template would write them quoted twice."
    lost = [word for word in _words(arguments) if word not in trained]
    if lost:
        yield f"the argument {lost[0]!r} of `{name}` carries no loss."


def _words(value: Json) -> Iterator[str]:
    """Keys and leaves of arguments as they would stand in JSON text, without quotes."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield _bare(key)
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif value is not None and not isinstance(value, (bool, float)):
        # A template may write None, True or 1e3 in its own way; a lost string or integer is a lost argument.
        yield _bare(value) if isinstance(value, str) else str(value)


def _bare(text: str) -> str:
    return msgspec.json.encode(text).decode()[1:-1]
