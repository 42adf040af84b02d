"""Nearest names for "did you mean", and values as JSON source for fixes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from rapidfuzz import fuzz, process

from curation.model.values import Json

_MOST = 500
_LONGEST = 200
_PREFIX = re.compile(r"^(?:functions?|tools?|default_api)[.:/]")
_SEPARATORS = re.compile(r"[\s_.\-/:]+")


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name most like this one; None when none is near."""
    return _nearest(name[:_LONGEST], tuple(islice(names, _MOST)))


@lru_cache(maxsize=1024)
def _nearest(name: str, names: tuple[str, ...]) -> str | None:
    found = process.extractOne(name, names, scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
    return found[0] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The end of a sentence that offers the nearest name, or nothing."""
    found = nearest(name, names)
    return f"; did you mean `{found}`?" if found else ""


def fold_name(name: str) -> str:
    """A name without case, separators and namespace prefix."""
    return _SEPARATORS.sub("", _PREFIX.sub("", name.strip())).casefold()


def list_names(names: Iterable[str], most: int = 6) -> str:
    """Names for a sentence, the first few of many."""
    listed = [f"`{name}`" for name in names]
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def quote(value: Json) -> str:
    """A value as JSON source text, for a fix."""
    return json.dumps(value, ensure_ascii=False)


def name_kind(source: str) -> str:
    """What JSON source is, in words: `a list`, `text`, `the number 5`."""
    first = source.lstrip()[:1]
    if first in _KINDS:
        return _KINDS[first]
    return source.strip()[:40] if first in "tfn" else f"the number {source.strip()[:40]}"


_KINDS = {"[": "a list", '"': "text", "{": "an object"}
