"""The elements of one long JSON list, cut out of a stream of chunks without holding the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\[\]{},]', re.DOTALL)
"""A whole string (or its start, when the chunk ends inside it) or one character of structure."""
_STRING_REST = re.compile(rb'(?:[^"\\]++|\\.)*+"', re.DOTALL)
_QUOTE, _COMMA, _BACKSLASH = b'",\\'
_OPENING = frozenset(b"[{")


def split_elements(chunks: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """The source of each element; what follows the list comes as a last element.

    Elements are cut at commas outside brackets and strings, so a faulty element spoils no other one unless its
    brackets or quotes do not match. An element longer than `most_bytes` comes cut to one byte more.

    Raises:
        EOFError: after the last element of a list that never ends.
    """
    splitter = _Splitter(most_bytes)
    for chunk in chunks:
        yield from splitter.feed(chunk)
    yield from splitter.finish()


class _Splitter:
    """Where in the list the stream stands."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.buffer = bytearray()
        self.start = 0
        self.position = 0
        self.depth = 0
        self.in_string = False
        self.is_closed = False
        self.n_elements = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self.buffer += chunk
        yield from self.walk()
        self.forget()

    def walk(self) -> Iterator[bytes]:
        if self.in_string and not self.end_string():
            return
        depth = self.depth
        for match in _MARK.finditer(self.buffer, self.position):
            start = match.start()
            mark = self.buffer[start]
            if mark == _QUOTE:
                self.in_string = not match.group(1)
            elif mark in _OPENING:
                depth += 1
                if depth == 1 and not self.is_closed:
                    self.start = match.end()
            elif depth == 1 and not self.is_closed:
                self.position = match.end()
                yield from self.end_element(start, is_last=mark != _COMMA)
                depth -= mark != _COMMA
            elif mark != _COMMA:
                depth -= 1
        self.depth = depth
        self.position = len(self.buffer)
        if self.in_string:
            self.hold_escape()

    def end_element(self, at: int, *, is_last: bool) -> Iterator[bytes]:
        if is_last:
            yield from self.close(at)
        else:
            yield self.cut(at)
            self.start = self.position

    def close(self, at: int) -> Iterator[bytes]:
        """The list ends; an empty last element is none when the list is empty."""
        last = self.cut(at)
        if last or self.n_elements > 1:
            yield last
        self.is_closed = True
        self.start = self.position

    def cut(self, end: int) -> bytes:
        self.n_elements += 1
        return bytes(self.buffer[self.start : end]).strip(b" \t\r\n")[: self.most_bytes + 1]

    def end_string(self) -> bool:
        """Pass the rest of a string; False when it goes on in the next chunk."""
        match = _STRING_REST.match(self.buffer, self.position)
        if match is None:
            self.position = len(self.buffer)
            self.hold_escape()
            return False
        self.position = match.end()
        self.in_string = False
        return True

    def hold_escape(self) -> None:
        """Never stand between a backslash and its character."""
        slashes = 0
        while slashes < self.position and self.buffer[self.position - slashes - 1] == _BACKSLASH:
            slashes += 1
        self.position -= slashes % 2

    def forget(self) -> None:
        """Drop what was cut out, and the middle of an element that is too long anyway."""
        if self.start:
            del self.buffer[: self.start]
            self.position -= self.start
            self.start = 0
        surplus = self.position - self.most_bytes - 1
        if surplus > 0:
            del self.buffer[self.position - surplus : self.position]
            self.position -= surplus

    def finish(self) -> Iterator[bytes]:
        rest = bytes(self.buffer[self.start :]).strip(b" \t\r\n")[: self.most_bytes + 1]
        if rest:
            yield rest
        if not self.is_closed:
            raise EOFError
