"""What must not leave a log: credentials in headers and settings, taken out before the rest of the log is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.formats.composing import Composition
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of, write_list
from curation.reading.scan import escape_step
from curation.rules.secrets import find_token

_NAME = re.compile(
    r"(?:^|[-_.])(?:authorization|api[-_]?key|apikey|secret|password|passwd|passphrase|cookie|credentials?|private[-_]?key"
    r"|(?:access|auth|refresh|session|security|id|bearer|client)[-_]?token)(?:$|[-_.](?:id|key|value|2)$)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\s*(?:bearer|basic)\s+\S|.*[?&](?:api[-_]?key|key|access_token|token|sig|signature)=", re.IGNORECASE | re.DOTALL)  # fmt: skip  # noqa: E501


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
        is_named = _NAME.search(text_of(members.get("name")) or text_of(members.get("key")) or "")
        for key, value in members.items():
            place = f"{at}/{escape_step(key)}"
            if _is_secret(key, value) or (is_named and key == "value"):
                self.note(place, key)
            else:
                yield key, self.clean(value, place)

    def clean_elements(self, elements: list[str], at: str) -> Iterator[str]:
        """The elements; of a pair that begins with the name of a credential nothing stays."""
        if len(elements) == 2 and _NAME.search(text_of(elements[0]) or ""):
            self.note(at, text_of(elements[0]) or "")
            return
        for n, element in enumerate(elements):
            place = f"{at}/{n}"
            if _is_secret("", element):
                self.note(place, "a list")
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
    if text is not None:
        is_token = key.lower() == "token" and len(text) >= _LEAST_TOKEN
        return is_token or bool(_NAME.search(key) or _VALUE.match(text) or find_token(text))
    return bool(_NAME.search(key)) and cut_list(value) is not None
