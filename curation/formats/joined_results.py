"""The results of several calls in one text, for forms that hold a single result after a turn of calls.

The text is a JSON list with one element a result: a result that is JSON stands there as it is, any other as a text.
"""

from __future__ import annotations

from collections.abc import Sequence

from curation.formats.slices import cut_list, text_of
from curation.model.source import quote, write_list
from curation.reading.strict import parse_once


def join_results(contents: Sequence[str]) -> str:
    """One text for several results."""
    return write_list([content if _stands_as_it_is(content) else quote(content) for content in contents])


def split_results(text: str, n_calls: int) -> list[str] | None:
    """The results in a text after so many calls; None when it is one result."""
    elements = cut_list(text) if n_calls > 1 else None
    if elements is None or len(elements) != n_calls:
        return None
    said = [text_of(element) for element in elements]
    return [element if text is None else text for element, text in zip(elements, said, strict=True)]


def _stands_as_it_is(content: str) -> bool:
    parsed = parse_once(content)
    is_exact = parsed.is_clean and content == content.strip() and "\n" not in content and "\r" not in content
    return is_exact and not isinstance(parsed.value, str)
