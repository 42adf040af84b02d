"""An edited schema put back into the text it came from: only what was edited changes, every other character stays.

A text that stands exactly as Callwright sets JSON out stays set out that way. Any other layout belongs to the person
who typed it: values, keys and white space are kept, and what is new follows the style around it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from curation.model.outline import Outline, compact, lay_out, write_outline
from curation.model.source import quote
from curation.reading.spans import Span, find_members

_INDENT = re.compile(r"\n([ \t]+)")
_COLON = re.compile(r'"\s*(:\s?)')
_Wanted = str | list[tuple[str, "_Wanted"]]
"""The exact text of a leaf, or the members of an object in order."""


class _Style(NamedTuple):
    """How a text is laid out, for what is added to it."""

    colon: str
    comma: str
    unit: str
    """One step of indentation; empty where everything stands on one line."""


class _Chunk(NamedTuple):
    """A member of an object with the white space around it."""

    span: Span
    lead: str
    trail: str


def weave(text: str, outline: Outline) -> str:
    """The schema's text with everything that the outline says otherwise changed, and nothing else."""
    if text == lay_out(text):
        return lay_out(write_outline(outline))
    core = text.strip()
    start = text.index(core)
    return text[:start] + _weave(core, _wanted(outline), _style_of(core), "") + text[start + len(core) :]


def _wanted(outline: Outline) -> _Wanted:
    if outline.whole is not None:
        return outline.whole
    members: list[tuple[str, _Wanted]] = []
    for name, text in outline.keywords.items():
        if name == "properties" and outline.properties is not None:
            members.append((name, [(key, _wanted(inner)) for key, inner in outline.properties.items()]))
        elif name == "items" and outline.items is not None:
            members.append((name, _wanted(outline.items)))
        else:
            members.append((name, text))
    return members


def _style_of(text: str) -> _Style:
    indent = _INDENT.search(text)
    colon = _COLON.search(text)
    gap = colon.group(1) if colon else ": "
    return _Style(gap, ", " if gap != ":" else ",", indent.group(1) if indent else "")


def _weave(source: str, wanted: _Wanted, style: _Style, indent: str) -> str:
    if compact(source) == _compact(wanted):
        return source
    members = find_members(source) if source.startswith("{") else None
    if isinstance(wanted, str) or not members:
        return source if members == () and wanted == [] else _fresh(_compact(wanted), style, indent)
    return _join(source, _chunks(source, members), wanted, style, indent)


def _chunks(source: str, members: tuple[Span, ...]) -> list[_Chunk]:
    chunks, before = [], 1
    for at, span in enumerate(members):
        after = source.index(",", span.end) if at + 1 < len(members) else len(source) - 1
        chunks.append(_Chunk(span, source[before : span.key_start], source[span.end : after]))
        before = after + 1
    return chunks


def _join(source: str, chunks: list[_Chunk], wanted: list[tuple[str, _Wanted]], style: _Style, indent: str) -> str:
    if not wanted:
        return "{}"
    origins = _origins(chunks, [key for key, _ in wanted])
    first, tail = chunks[0].lead, chunks[-1].trail
    between = chunks[1].lead if len(chunks) > 1 else (first if "\n" in first else style.comma[1:])
    parts = []
    for at, ((key, value), chunk) in enumerate(zip(wanted, origins, strict=True)):
        lead = first if at == 0 else chunk.lead if chunk and chunk is not chunks[0] else between
        own_indent = lead.rpartition("\n")[2] if "\n" in lead else indent
        parts.append(lead + _member(source, chunk, key, value, style, own_indent))
        is_last = at + 1 == len(wanted)
        parts.append(tail if is_last else chunk.trail if chunk and chunk is not chunks[-1] else "")
        parts.append("" if is_last else ",")
    return "{" + "".join(parts) + "}"


def _origins(chunks: list[_Chunk], keys: list[str]) -> list[_Chunk | None]:
    """The chunk each wanted member comes from; a key that stands where another one stood was renamed."""
    known = {str(chunk.span.key): chunk for chunk in chunks}
    here = [known.get(key) for key in keys]
    if len(chunks) == len(keys):
        here = [
            one if one is not None else chunk if str(chunk.span.key) not in keys else None
            for one, chunk in zip(here, chunks, strict=True)
        ]
    return here


def _member(source: str, chunk: _Chunk | None, key: str, value: _Wanted, style: _Style, indent: str) -> str:
    if chunk is None:
        return quote(key) + style.colon + _fresh(_compact(value), style, indent)
    span = chunk.span
    name = source[span.key_start : span.key_end] if str(span.key) == key else quote(key)
    return name + source[span.key_end : span.start] + _weave(source[span.start : span.end], value, style, indent)


def _fresh(text: str, style: _Style, indent: str) -> str:
    """New JSON in the style around it."""
    if style.unit:
        lines = lay_out(text).split("\n")
        return "\n".join([lines[0], *(indent + _reindent(line, style.unit) for line in lines[1:])])
    return text if style.comma == "," else " ".join(line.strip() for line in lay_out(text).split("\n"))


def _reindent(line: str, unit: str) -> str:
    bare = line.lstrip(" ")
    return unit * ((len(line) - len(bare)) // 2) + bare


def _compact(wanted: _Wanted) -> str:
    if isinstance(wanted, str):
        return wanted
    return "{" + ",".join(f"{quote(key)}:{_compact(value)}" for key, value in wanted) + "}"
