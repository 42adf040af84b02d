"""Texts in the form in which values are compared, and the words in them that may be ids."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from curation.rules.numerals import in_our_digits

_NOT_ALNUM = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"[A-Za-z0-9#_@.+-]{4,64}")
_LONGEST_READ = 20_000


def fold(text: str) -> str:
    """A text without case, width and everything that is no letter or digit; the digits of every script are ours."""
    return _NOT_ALNUM.sub("", plain_letters(text))


def fold_words(text: str) -> list[str]:
    """The pieces that the folded text is put together from."""
    return _NOT_ALNUM.split(plain_letters(text))


def plain_letters(text: str) -> str:
    """A text without case and width, with the digits of every script as ours."""
    return in_our_digits(unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=512)
def id_tokens(text: str) -> list[str]:
    """The words of a text that may be ids or addresses."""
    tokens = (token.strip(".") for token in _TOKEN.findall(text[:_LONGEST_READ]))
    return [token for token in tokens if not token.isalpha()]
