"""What must not leave a log: credentials in headers and settings, taken out before the rest of the log is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.formats.composing import Composition
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of, write_list
from curation.reading.scan import escape_step
from curation.rules.credential_forms import find_credential, is_credential_name, is_placeholder, is_setting
from curation.rules.secrets import find_secrets

_SCHEME = re.compile(r"\s*(?:bearer|basic)\s+(\S+)\s*", re.IGNORECASE)
_PARAMETER = re.compile(
    r"(?:^|[?&])(?:api[-_]?key|key|access_token|token|sig|signature|(?:client_)?secret|password|passwd|pwd)=([^&\s]+)",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(r"^[ \t]{0,9}([\w.-]{1,60}):[ \t]{0,9}(\S.*)", re.MULTILINE)
_HEADER_WORDS = re.compile(r"(?:bearer|basic|digest|negotiate|token|apikey|aws4-\S{1,30})\s|[^\s=]{1,200}=|\S+\s*$", re.IGNORECASE)  # fmt: skip  # noqa: E501
"""How the value of a header begins, told from a sentence behind a colon."""
_LISTS_OF_NAMES = ("required", "enum")
"""Keys under which a schema lists names: a pair there is no header and its value."""
_WHOLE = ("cookie", "cookies", "credential", "credentials")
"""Names whose whole object is left behind."""


def drop_secrets(source: str, at: str, composition: Composition) -> str:
    """The source without its credentials, with a finding where each of them stood; other members stay to the letter.

    Args:
        source: what is kept of a log.
        at: its inner pointer.
        composition: the row in the making, which takes the findings.
    """
    return _Cleaner(composition).clean(source, at)


class _Cleaner:
    """One walk through what is kept of a log."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition

    def clean(self, source: str, at: str) -> str:
        members = cut_object(source)
        if members is not None:
            kept = dict(self.clean_members(members, at))
            return source if kept == members else paste(kept)
        elements = cut_list(source)
        if elements is None:
            return source
        left = list(self.clean_elements(elements, at))
        return source if left == elements else write_list(left)

    def clean_members(self, members: Members, at: str) -> Iterator[tuple[str, str]]:
        name = text_of(members.get("name")) or text_of(members.get("key")) or ""
        for key, value in members.items():
            place = f"{at}/{escape_step(key)}"
            if _is_secret(key, value) or (key == "value" and _is_under_name(name, value, is_pair=True)):
                self.note(place, key)
            else:
                yield key, self.clean(value, place)

    def clean_elements(self, elements: list[str], at: str) -> Iterator[str]:
        """The elements; of a pair that begins with the name of a credential nothing stays."""
        key = at.rpartition("/")[2].lower()
        first = (text_of(elements[0]) or "") if len(elements) == 2 and key not in _LISTS_OF_NAMES else ""
        if first and _is_under_name(first, elements[1], is_pair=True):
            self.note(at, first)
            return
        for n, element in enumerate(elements):
            place = f"{at}/{n}"
            name = (text_of(elements[n - 1]) or "") if n % 2 and key.endswith("headers") else ""
            if _is_secret("", element) or _is_under_name(name, element):
                self.note(place, name or "a list")
            else:
                yield self.clean(element, place)

    def note(self, at: str, key: str) -> None:
        message = (
            f"The log holds a credential under `{key[:60]}`; it was not taken over. Revoke it if it is a real one."
        )
        self.composition.find("S01", at, message)


_LEAST_TOKEN = 20
"""A member called `token` may be a piece of text that a model read; a credential is longer."""


def _is_secret(key: str, value: str) -> bool:
    """Whether a member is a credential, by its name or by its text."""
    text = text_of(value)
    return _is_under_name(key, value) or (text is not None and _holds_secret(text))


def _is_under_name(name: str, value: str, *, is_pair: bool = False) -> bool:
    """Whether a name says that its value is a credential; what only stands in for one is none.

    Args:
        name: what it goes by.
        value: its source.
        is_pair: whether the name stands beside the value, where no settings are: an object is the credential then.
    """
    text = text_of(value)
    if text is None:
        is_whole = is_pair or name.lower() in _WHOLE
        return bool(cut_list(value) or (is_whole and cut_object(value))) and is_credential_name(name)
    is_named = is_credential_name(name) or (name.lower() == "token" and len(text) >= _LEAST_TOKEN)
    return is_named and not is_placeholder(text) and not is_setting(text)


def _holds_secret(text: str) -> bool:
    """Whether a credential stands somewhere in a text: in a header, an address, a form or JSON inside it."""
    return (
        _is_scheme(text)
        or any(not is_placeholder(found[1]) for found in _PARAMETER.finditer(text))
        or _has_header(text)
        or find_credential(text) is not None
        or (text.lstrip()[:1] in ("{", "[") and any(find_secrets(text)))
    )


def _is_scheme(text: str) -> bool:
    """Whether a text is the whole value of a header: `Bearer` or `Basic` and one word that no sentence has there."""
    found = _SCHEME.fullmatch(text)
    is_word = found is not None and found[1].isalpha() and (found[1].islower() or found[1].istitle())
    return found is not None and not is_word and not is_placeholder(text)


def _has_header(text: str) -> bool:
    for line in _HEADER_LINE.finditer(text):
        name, value = line.groups()
        if is_credential_name(name) and _HEADER_WORDS.match(value) and not (is_placeholder(value) or is_setting(value)):
            return True
    return False
