"""The tools an example offers to the model, as somebody reads them who judges its calls: the called ones first."""

from __future__ import annotations

import json
from functools import lru_cache

import msgspec

from curation.errors import UnreadableError
from curation.model.definition import Definition
from curation.model.example import Example
from curation.model.outline import Outline, lay_out, write_outline
from curation.services.parameter_entries import FIELDS, hidden_keywords, is_on
from curation.services.parameter_forms import Line, is_nullable, kind_of, list_lines, open_form, value_of
from curation.services.text_fields import field_text

MOST_VALUES = 12
_AS_JSON = "other"
_SAY_NOTHING = frozenset({"title", "$schema", "$id", "$comment"})
"""Keywords that change nothing about a call."""


class Parameter(msgspec.Struct, frozen=True):
    """One parameter in a line: its name as people read it, what it takes, and what it means."""

    name: str
    takes: str
    is_required: bool
    meaning: str


class OfferedTool(msgspec.Struct, frozen=True):
    """One tool as the model sees it."""

    name: str
    description: str
    n_calls: int
    """How often the example calls it."""
    parameters: tuple[Parameter, ...]
    left_out: str
    """What the table leaves out of the schema, each at its place in it; "" where the table says all."""


def list_offered(example: Example) -> tuple[OfferedTool, ...]:
    """Every offered tool, those that are called first, in the order of the example otherwise."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    called = [field_text(call.name) for message in example.messages for call in message.calls or ()]
    tools = [msgspec.structs.replace(_read(one), n_calls=called.count(one.view.name or "")) for one in offered]
    return tuple(sorted(tools, key=lambda one: not one.n_calls))


@lru_cache(maxsize=1024)
def _read(definition: Definition) -> OfferedTool:
    view = definition.view
    text = view.parameters_text or ""
    lines, left_out = _open(text)
    return OfferedTool(
        view.name or "no name",
        view.description or "",
        0,
        tuple(_parameter(one) for one in lines),
        left_out,
    )


def _open(text: str) -> tuple[list[Line], str]:
    """The parameters the table can say, and the text of what it cannot."""
    if not text:
        return [], ""
    try:
        form = open_form(text)
    except UnreadableError:
        return [], text
    left = _left_out(form, is_root=True)
    return list(list_lines(form)), lay_out(write_outline(left)) if left else ""


def _left_out(outline: Outline, *, is_root: bool = False) -> Outline | None:
    """The schema without what the table says of it; None where nothing is left that a call can break."""
    if not is_root and kind_of(outline) == _AS_JSON:
        return outline
    kept = set(hidden_keywords(outline, is_root=is_root)) - _SAY_NOTHING
    if is_root and value_of(outline, "type") not in (None, "object"):
        kept.add("type")
    inside = {name: _left_out(one) for name, one in (outline.properties or {}).items()}
    properties = {name: one for name, one in inside.items() if one is not None}
    items = _left_out(outline.items) if outline.items is not None else None
    kept |= ({"properties"} if properties else set()) | ({"items"} if items else set())
    keywords = {name: text for name, text in outline.keywords.items() if name in kept}
    return Outline(keywords=keywords, properties=properties or None, items=items) if keywords else None


def _parameter(line: Line) -> Parameter:
    meaning = value_of(line.outline, "description")
    return Parameter(line.label, _takes(line.outline), line.is_required, meaning if isinstance(meaning, str) else "")


def _takes(outline: Outline) -> str:
    kind = kind_of(outline)
    words = ["see the schema" if kind == _AS_JSON else _values(outline) if kind == "enum" else kind]
    for spec in FIELDS[kind]:
        value = value_of(outline, spec.keyword)
        if spec.entry == "switch":
            words += [spec.title.lower()] if is_on(spec, outline) else []
        elif value is not None:
            words.append(f"{spec.title.lower()} {value if isinstance(value, str) else json.dumps(value)}")
    return ", ".join([*words, *(["or null"] if is_nullable(outline) else [])])


def _values(outline: Outline) -> str:
    values = value_of(outline, "enum")
    listed = values if isinstance(values, list) else []
    said = [one if isinstance(one, str) else json.dumps(one) for one in listed[:MOST_VALUES]]
    more = f" and {len(listed) - MOST_VALUES:,} more" if len(listed) > MOST_VALUES else ""
    return "one of " + " · ".join(said) + more
