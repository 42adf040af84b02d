"""Ends an answer that ran out of tokens: the shortest way out of its texts, lists and objects that the grammar knows.

No model is asked for it. A model that would never end, such as a random one, still leaves a valid answer.
"""

from __future__ import annotations

from functools import cached_property
from random import Random
from typing import Any

MOST_BYTES = 4096
"""A grammar without an end, such as a schema that holds itself, is given up here."""
OUTSIDE = b'}],:0123456789"tfn-{['
"""What to write next between values, first what ends something."""


class Closer:
    """Ends the answers that one tokenizer's tokens are written in."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def close(self, matcher: Any, tokens: list[int]) -> str | None:
        """The whole answer whose beginning the matcher has taken in; None where no end is found."""
        text = bytearray(self._tokenizer.decode_bytes(tokens))
        inside = _Inside()
        inside.read(bytes(text))
        longest = len(text) + MOST_BYTES
        dice = Random(0)
        while not matcher.is_accepting():
            allowed = [] if matcher.is_error() or len(text) > longest else self._allowed_bytes(matcher)
            if not allowed:
                return None
            byte = _choose(allowed, is_text=inside.is_text, dice=dice)
            matcher.consume_token(self._token_of[byte])
            text.append(byte)
            inside.read(bytes([byte]))
        return text.decode("utf-8", "replace")

    def _allowed_bytes(self, matcher: Any) -> list[int]:
        mask = matcher.compute_bitmask()
        return [byte for byte, token in self._token_of.items() if mask[token >> 3] >> (token & 7) & 1]

    @cached_property
    def _token_of(self) -> dict[int, int]:
        """Byte → the token that is this byte alone."""
        found: dict[int, int] = {}
        for token in range(self._tokenizer.vocab_size):
            said = b"" if self._tokenizer.is_special_token(token) else self._tokenizer.decode_bytes([token])
            if len(said) == 1:
                found.setdefault(said[0], token)
        return dict(sorted(found.items()))


class _Inside:
    """Whether a JSON text stands inside a string."""

    def __init__(self) -> None:
        self.is_text = False
        self._is_escaped = False

    def read(self, more: bytes) -> None:
        for byte in more:
            if self._is_escaped:
                self._is_escaped = False
            elif byte == 0x5C and self.is_text:
                self._is_escaped = True
            elif byte == 0x22:
                self.is_text = not self.is_text


def _choose(allowed: list[int], *, is_text: bool, dice: Random) -> int:
    """What ends something; where nothing does, anything, so that no pattern leads in a circle for ever."""
    wanted = b'"' if is_text else OUTSIDE
    return next((byte for byte in wanted if byte in allowed), None) or dice.choice(allowed)
