"""The parameter form: a schema as lines and fields a person edits, every edit one pure step."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import msgspec

from curation.errors import UnreadableError
from curation.model.outline import Outline, compact, lay_out, read_outline, write_outline
from curation.model.values import Json
from curation.reading.strict import parse_strict

KINDS = ("string", "number", "integer", "boolean", "enum", "array", "object")
"""What the form can draw; anything else is `other` and edited as JSON."""

EMPTY = '{"type":"object","properties":{}}'


class Line(msgspec.Struct, frozen=True):
    """One parameter of the table, nested ones included."""

    pointer: str
    """JSON pointer into the schema."""
    label: str
    """As people read it: `lines[].sku`."""
    outline: Outline
    is_required: bool
    is_named: bool
    """False for the element of an array, which has no name and cannot be required."""


def open_form(text: str) -> Outline:
    """The outline of a schema, or one sentence on why only its JSON can be edited."""
    parsed = parse_strict(text)
    if parsed.faults:
        fault = parsed.faults[0]
        raise UnreadableError(f"Line {fault.line}, column {fault.column}: {fault.message}", hint="Mend the JSON first.")
    outline = read_outline(text)
    if outline.whole is not None:
        raise UnreadableError("The parameters are not a JSON object.", hint='Begin with {"type": "object"}.')
    return outline


def place_of_fault(text: str) -> tuple[int, int] | None:
    """The line and column, from 1, where the text of a schema stops being JSON that the form can open."""
    faults = parse_strict(text).faults
    if faults:
        return faults[0].line, faults[0].column
    return (1, 1) if read_outline(text).whole is not None else None


def to_json(outline: Outline) -> str:
    """The schema as the JSON editor shows it when nobody has laid it out otherwise."""
    return lay_out(write_outline(outline))


def same_json(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but white space between tokens."""
    return compact(one) == compact(other)


def list_lines(outline: Outline, pointer: str = "", label: str = "") -> Iterator[Line]:
    """All parameters in order, each followed by what it holds."""
    required = _required(outline)
    for name, inner in (outline.properties or {}).items():
        at, text = f"{pointer}/properties/{_escape(name)}", f"{label}.{name}" if label else name
        yield Line(at, text, inner, is_required=name in required, is_named=True)
        yield from list_lines(inner, at, text)
    if outline.items is not None:
        at, text = f"{pointer}/items", f"{label}[]"
        yield Line(at, text, outline.items, is_required=False, is_named=False)
        yield from list_lines(outline.items, at, text)


def around(line: Line) -> str:
    """The object a new parameter of this line goes into: itself, its items, or the one it stands in; "" for none."""
    if kind_of(line.outline) == "object":
        return line.pointer
    inner = line.outline.items
    if kind_of(line.outline) == "array":
        return f"{line.pointer}/items" if inner is not None and kind_of(inner) == "object" else ""
    return split_pointer(line.pointer)[0] if line.is_named else ""


def find(outline: Outline, pointer: str) -> Outline:
    """The schema at a pointer of a line."""
    for step, name in _steps(pointer):
        inner = outline.items if step == "items" else (outline.properties or {}).get(name)
        if inner is None:
            raise _missing(pointer)
        outline = inner
    return outline


def change(outline: Outline, pointer: str, edit: Callable[[Outline], Outline]) -> Outline:
    """The whole with one schema in it replaced by its edited self."""
    steps = _steps(pointer)
    if not steps:
        return edit(outline)
    (step, name), rest = steps[0], _join(steps[1:])
    if step == "items":
        inner = outline.items or Outline()
        return msgspec.structs.replace(outline, items=change(inner, rest, edit))
    properties = dict(outline.properties or {})
    if name not in properties:
        raise _missing(pointer)
    properties[name] = change(properties[name], rest, edit)
    return msgspec.structs.replace(outline, properties=properties)


def _missing(pointer: str) -> UnreadableError:
    return UnreadableError(f"There is no parameter at {pointer} any more.", hint="Choose it from the table again.")


def set_keyword(outline: Outline, keyword: str, text: str | None) -> Outline:
    """Write one keyword, or remove it with None; its place among the others stays."""
    keywords = dict(outline.keywords)
    if text is None:
        keywords.pop(keyword, None)
    else:
        keywords[keyword] = text
    return msgspec.structs.replace(outline, keywords=keywords)


def value_of(outline: Outline, keyword: str) -> Json:
    """The parsed value of a keyword, None when absent."""
    text = outline.keywords.get(keyword)
    return json.loads(text) if text else None


def kind_of(outline: Outline) -> str:
    """Which of KINDS the form draws for a schema, or `other`; one type or null is that type."""
    if isinstance(value_of(outline, "enum"), list):
        return "enum"
    kind = value_of(outline, "type")
    if isinstance(kind, list) and len(kind) == 2 and "null" in kind:
        kind = next((one for one in kind if one != "null"), None)
    return kind if isinstance(kind, str) and kind in KINDS and kind != "enum" else "other"


def is_nullable(outline: Outline) -> bool:
    """Whether the schema's type allows null beside something else."""
    kind = value_of(outline, "type")
    return isinstance(kind, list) and "null" in kind


def _required(outline: Outline) -> tuple[str, ...]:
    names = value_of(outline, "required")
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def required_text(outline: Outline, names: tuple[str, ...]) -> Outline:
    """The schema with this list of required names; an emptied list is removed."""
    return set_keyword(
        outline, "required", json.dumps(list(names), ensure_ascii=False, separators=(",", ":")) if names else None
    )


def required_names(outline: Outline) -> tuple[str, ...]:
    """The names a schema requires."""
    return _required(outline)


def pointer_to(parent: str, name: str) -> str:
    """The pointer of a parameter of an object."""
    return f"{parent}/properties/{_escape(name)}"


def depth_of(pointer: str) -> int:
    """How many objects and arrays a line stands in."""
    return len(_steps(pointer)) - 1


def split_pointer(pointer: str) -> tuple[str, str]:
    """A line's pointer as its parent's pointer and its own name (empty for an array's element)."""
    steps = _steps(pointer)
    return _join(steps[:-1]), steps[-1][1]


def _steps(pointer: str) -> list[tuple[str, str]]:
    """A pointer as (`properties`, name) and (`items`, "") steps."""
    parts = pointer.split("/")[1:]
    steps: list[tuple[str, str]] = []
    at = 0
    while at < len(parts):
        named = parts[at] == "properties"
        steps.append((parts[at], parts[at + 1].replace("~1", "/").replace("~0", "~") if named else ""))
        at += 2 if named else 1
    return steps


def _join(steps: list[tuple[str, str]]) -> str:
    return "".join(f"/{step}/{_escape(name)}" if step == "properties" else f"/{step}" for step, name in steps)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
