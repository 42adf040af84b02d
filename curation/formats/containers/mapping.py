"""Which column of a table stands for which key of a row, and which columns hold JSON written as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from curation.errors import UnreadableError
from curation.model.source import one_line, write_object
from curation.reading.python_literals import literal_to_json

Recognise = Callable[[bytes], bool]
_KEYS: dict[str, tuple[str, ...]] = {
    "messages": ("messages", "message", "chat_messages", "dialog", "dialogue", "turns"),
    "conversations": ("conversations", "conversation"),
    "tools": ("tools", "available_tools", "tool_definitions", "tool_schemas", "functions_list"),
    "query": ("query", "user_query", "instruction", "request"),
    "answers": ("answers", "answer", "tool_calls", "calls", "expected_calls"),
    "system": ("system", "system_prompt"),
    "question": ("question",),
    "function": ("function",),
    "ground_truth": ("ground_truth", "possible_answer", "possible_answers"),
    "contents": ("contents",),
}
"""The keys that formats know, each with the names people give to such a column."""
_NESTED = (frozenset(_KEYS) - {"query", "system"}) | {
    *("prompt", "completion", "chosen", "rejected"),
    *("input", "preferred_output", "non_preferred_output", "functions"),
}
"""Keys whose values are lists or objects, so that text in them is JSON written as text."""
_OF_ONE_REQUEST = frozenset({"query", "answers", "question", "function", "ground_truth"})
"""Keys of rows that are no conversations: where there are turns, a column of such a name is something else."""
_MARKS = {
    "messages": frozenset({"role"}),
    "conversations": frozenset({"from", "value"}),
    "tools": frozenset({"function"}),
}
"""What every object in such a list has."""
_INDEX = re.compile(r"|Unnamed: \d+|__index_level_\d+__")
"""Columns in which pandas leaves the numbers of its rows."""
_decode_row = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str).decode


class ColumnUse(msgspec.Struct, frozen=True):
    """One column: the key it gives in a row (none: it is left out), and whether its text is JSON, set in as such."""

    column: str
    key: str
    is_json: bool = False


class _Cells(NamedTuple):
    """The values of one column in the first rows."""

    sources: list[str]
    """The JSON of each, or what the text says where all are texts."""
    is_text: bool


class Mapping(msgspec.Struct, frozen=True):
    """What becomes of each column of a table."""

    uses: tuple[ColumnUse, ...]

    @property
    def is_identity(self) -> bool:
        return all(use.column == use.key and not use.is_json for use in self.uses)

    def apply(self, raw: bytes) -> tuple[bytes, str]:
        """A row under its keys, and a sentence where text was no JSON but surely meant some."""
        cells = _decode_row(raw)
        members: list[tuple[str, str]] = []
        mended: list[str] = []
        for use in self.uses:
            cell = cells.pop(use.column, None)
            if cell is None or not use.key:
                continue
            source = bytes(cell).decode()
            if use.is_json and source.startswith('"'):
                source, is_mended = _splice(source)
                mended += [use.column] * is_mended
            members.append((use.key, source))
        members += [(key, bytes(cell).decode()) for key, cell in cells.items()]
        return write_object(members).encode(), _say_mended(mended)


def propose(columns: Sequence[str], samples: Sequence[bytes], recognise: Recognise, given: dict[str, str]) -> Mapping:
    """The likeliest mapping: none where the rows look like rows of a format already.

    Args:
        columns: of the table, in order.
        samples: the first rows, with the columns as keys.
        recognise: whether a row looks like one of some format as it stands.
        given: what people said, key → column; it counts before everything else.

    Raises:
        UnreadableError: a column that people named is not there.
    """
    _require_columns(columns, given)
    as_it_is = Mapping(tuple(ColumnUse(name, "" if _INDEX.fullmatch(name) else name) for name in columns))
    if not given and (not samples or sum(map(recognise, samples)) * 2 > len(samples)):
        return as_it_is
    cells = _gather_cells([_decode_row(sample) for sample in samples], columns)
    keys = _name_keys(cells, given)
    found = Mapping(tuple(ColumnUse(name, key, _is_json(key, cells[name])) for name, key in keys.items()))
    return _keep_answers_as_text(found)


def parse_choice(texts: Iterable[str]) -> dict[str, str]:
    """What people typed as `key=column`.

    Raises:
        UnreadableError: a text has no `=` in it.
    """
    pairs = [text.partition("=") for text in texts]
    for key, sign, column in pairs:
        if not (key and sign and column):
            raise UnreadableError(f"`{key}{sign}{column}` names no column.", hint="Write it as `messages=COLUMN`.")
    return {key: column for key, _, column in pairs}


def _require_columns(columns: Sequence[str], given: dict[str, str]) -> None:
    for key, column in given.items():
        if column not in columns:
            there = ", ".join(f"`{name}`" for name in columns[:20]) or "none"
            raise UnreadableError(f"There is no column `{column}` for `{key}`.", hint=f"The columns are: {there}.")


def _name_keys(cells: dict[str, _Cells], given: dict[str, str]) -> dict[str, str]:
    """Column → key: what people gave; else the column of that very name, of that content, or of a name like it."""
    keys = {column: key for key, column in given.items()}
    known = _NESTED | _KEYS.keys()
    taken = set(given) | (known & cells.keys())
    for key, find in [*((key, _find_by_content) for key in _MARKS), *((key, _find_by_name) for key in _KEYS)]:
        free = {column: one for column, one in cells.items() if column not in keys and column not in known}
        is_out = key in taken or (key in _OF_ONE_REQUEST and not taken.isdisjoint(("messages", "conversations")))
        column = None if is_out else find(key, free)
        if column is not None:
            keys[column] = key
            taken.add(key)
    return {column: keys.get(column, _own_key(column, given)) for column in cells}


def _own_key(column: str, given: dict[str, str]) -> str:
    """The key of a column that stands for no other one; a name that was given away gets a mark."""
    if _INDEX.fullmatch(column):
        return ""
    return f"{column} (column)" if column in given else column


def _find_by_content(key: str, free: dict[str, _Cells]) -> str | None:
    return next((column for column, cells in free.items() if _holds(cells, _MARKS[key])), None)


def _find_by_name(key: str, free: dict[str, _Cells]) -> str | None:
    return next((column for name in _KEYS[key] for column in free if _fold(column) == name), None)


def _holds(cells: _Cells, marks: frozenset[str]) -> bool:
    """Whether each value is a list of objects with these keys."""
    full = [source for source in cells.sources if source.strip()]
    return bool(full) and all(_is_list_with(source, marks) for source in full)


def _is_list_with(text: str, marks: frozenset[str]) -> bool:
    try:
        elements = msgspec.json.decode(text, type=list[dict[str, msgspec.Raw]])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return bool(elements) and all(marks <= element.keys() for element in elements)


def _fold(name: str) -> str:
    return re.sub(r"[\s\-.]+", "_", name.strip().casefold())


def _gather_cells(rows: Sequence[dict[str, msgspec.Raw]], columns: Sequence[str]) -> dict[str, _Cells]:
    found: dict[str, _Cells] = {}
    for name in columns:
        sources = [bytes(row[name]) for row in rows if name in row and bytes(row[name]) != b"null"]
        is_text = bool(sources) and all(source.startswith(b'"') for source in sources)
        found[name] = _Cells([_decode_text(one) if is_text else one.decode() for one in sources], is_text)
    return found


def _is_json(key: str, cells: _Cells) -> bool:
    if key not in _NESTED or not cells.is_text:
        return False
    return all(text.lstrip().startswith(("[", "{")) for text in cells.sources if text.strip())


def _keep_answers_as_text(mapping: Mapping) -> Mapping:
    """Rows of a request with its answers hold both lists as text: the format of that name reads them itself."""
    keys = {use.key for use in mapping.uses}
    if not {"query", "answers"} <= keys or keys & {"messages", "conversations"}:
        return mapping
    uses = [
        msgspec.structs.replace(use, is_json=use.is_json and use.key not in ("answers", "tools"))
        for use in mapping.uses
    ]
    return Mapping(tuple(uses))


def _splice(quoted: str) -> tuple[str, bool]:
    """The JSON in a text, and whether it had to be mended; a text that is none stays a text.

    One that nests too deeply is set in as it is: the reader refuses its row and names the place.
    """
    text = _decode_text(quoted)
    if not text.strip():
        return "null", False
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except RecursionError:
        return one_line(text.strip()), False
    except (msgspec.DecodeError, UnicodeEncodeError):
        literal = literal_to_json(text.strip()) if text.lstrip().startswith(("[", "{")) else None
        return (quoted, False) if literal is None else (literal, True)
    return one_line(text.strip()), False


def _say_mended(columns: list[str]) -> str:
    if not columns:
        return ""
    names = ", ".join(f"`{name}`" for name in columns)
    return f"The text in {names} is a Python literal and was read as the JSON it means."
