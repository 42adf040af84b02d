"""A tool's result as an object, as Gemini wants it: what is no object stands under `output`."""

from __future__ import annotations

from curation.formats.slices import cut_object, text_of
from curation.model.source import quote
from curation.reading.strict import parse_once

_WRAPPER = "output"


def write_response(content: str) -> str:
    """The content of a result as the source of an object; `read_response` gives the content back."""
    parsed = parse_once(content)
    is_exact = parsed.is_clean and content == content.strip() and "\n" not in content and "\r" not in content
    if is_exact and isinstance(parsed.value, dict) and list(parsed.value) != [_WRAPPER]:
        return content
    is_spliced = is_exact and not isinstance(parsed.value, str)
    return f'{{"{_WRAPPER}":{content if is_spliced else quote(content)}}}'


def read_response(source: str) -> str:
    """The source of the content of a result, from the response as given."""
    members = cut_object(source)
    inner = members[_WRAPPER] if members is not None and list(members) == [_WRAPPER] else source
    return inner if text_of(inner) is not None else quote(inner)
