"""Tool names that every service takes: letters, digits, `_` and `-`, at most 64, no two alike."""

from __future__ import annotations

import re
import unicodedata

import msgspec
from msgspec import Raw

from curation.model.definition import Definition, Tool
from curation.model.source import one_line, quote, write_object
from curation.toolkits.contract import Note, ReadTool

LONGEST = 64
_FOREIGN = re.compile(r"[^A-Za-z0-9_-]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"}
)
_MARKS = dict.fromkeys(range(768, 880))
"""What a letter in two parts carries: accents, dots and hooks."""
_WORD = re.compile(r"[a-z][a-z0-9]*")
_MOST_WORDS = 3
_LITTLE = "a an and as at be by can for from if in into is it its of on or that the their this to was with you"
_FEW = frozenset(_LITTLE.split())
"""Words that say nothing of what a tool is for."""
_decode_members = msgspec.json.Decoder(dict[str, Raw]).decode


def fit_name(name: str, taken: set[str]) -> str:
    """The name itself where it fits and is free, else the nearest one that does."""
    base = _to_base(name) or "tool"
    base = name if _is_legal(name) else base
    fitted, n = base, 2
    while fitted in taken:
        suffix = f"_{n}"
        fitted, n = base[: LONGEST - len(suffix)] + suffix, n + 1
    return fitted


def _to_base(name: str) -> str:
    """What is left of a name in letters that every service takes."""
    return _FOREIGN.sub("_", _to_latin(name)).strip("_")[:LONGEST].rstrip("_")


def _name_by_content(tool: Tool) -> str:
    """A name out of what a nameless tool says of itself: the words that carry its description, else its parameters."""
    view = tool.definition.view
    words = _WORD.findall(_to_latin(view.description or "").replace("'", "").casefold())
    carrying = [word for word in words if word not in _FEW]
    properties = view.parameters.get("properties") if isinstance(view.parameters, dict) else None
    names = [_to_base(one) for one in properties] if isinstance(properties, dict) else []
    found = carrying[:_MOST_WORDS] or [name for name in ["with", *names][: _MOST_WORDS + 1] if name and names]
    return "_".join(found)


def _to_latin(name: str) -> str:
    """Letters with marks as the letters they are made of; `ß` and its like as people write them without."""
    return unicodedata.normalize("NFKD", name.translate(_LETTERS)).translate(_MARKS)


def _is_legal(name: str) -> bool:
    return 0 < len(name) <= LONGEST and not _FOREIGN.search(name)


def can_be_named(tool: Tool) -> bool:
    """Whether a definition is an object that a name fits into."""
    value = tool.definition.view.value
    return isinstance(value, dict) and isinstance(value.get("function", {}), dict)


def note_name(wanted: str, name: str) -> Note:
    """Why a tool is not called what its source calls it."""
    if not wanted:
        return Note("renamed", f"it has no name, so it is called `{name}`, after what it says of itself")
    why = "that name is taken in this file" if _is_legal(wanted) else "a name is 1 to 64 letters, digits, `_` and `-`"
    return Note("renamed", f"`{wanted}` is called `{name}`: {why}")


def fit_names(tools: tuple[ReadTool, ...]) -> tuple[ReadTool, ...]:
    """The tools under legal names, no two alike; the first tool of a legal name keeps it, every new name is noted."""
    free = {read.tool.name for read in tools if _is_legal(read.tool.name)}
    taken = set(free)
    fitted = []
    for read in tools:
        wanted = read.tool.name
        if wanted in free:
            free.discard(wanted)
            fitted.append(read)
            continue
        name = fit_name(wanted if _to_base(wanted) else _name_by_content(read.tool), taken)
        taken.add(name)
        fitted.append(_rename_read(read, name))
    return tuple(fitted)


def _rename_read(read: ReadTool, name: str) -> ReadTool:
    if not can_be_named(read.tool):
        return read
    note = note_name(read.tool.name, name)
    return msgspec.structs.replace(read, tool=rename_tool(read.tool, name), notes=(note, *read.notes))


def rename_tool(tool: Tool, name: str) -> Tool:
    """The tool under another name; the rest of its definition keeps its exact text."""
    members = _decode_members(tool.definition.text)
    wrapped = "function" in members
    inner = _decode_members(members["function"]) if wrapped else members
    source = _write({**inner, "name": Raw(quote(name).encode())})
    text = _write({**members, "function": Raw(source.encode())}) if wrapped else source
    return msgspec.structs.replace(tool, definition=Definition(text))


def _write(members: dict[str, Raw]) -> str:
    return write_object([(key, one_line(bytes(raw).decode())) for key, raw in members.items()])
