"""What is counted over all rows while they pass: decisions, definitions, callers, splits without groups."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

import msgspec

from curation.model.definition import Definition
from curation.model.values import Json
from curation.rules.digest import Digest
from curation.rules.row_names import NO_ROWS, RowNames


class Callers:
    """The rows that call one tool."""

    __slots__ = ("rows", "splits")

    def __init__(self) -> None:
        self.rows = RowNames()
        self.splits: set[str] = set()


class Versions:
    """The definitions that one tool's name stands for."""

    __slots__ = ("by_text", "first_row", "is_in_one_row", "newest")

    def __init__(self, first_row: str) -> None:
        self.by_text: dict[bytes, RowNames] = {}
        self.first_row = first_row
        self.is_in_one_row = True
        self.newest = ""

    def add(self, text: str, identifier: str) -> None:
        if self.is_in_one_row and identifier != self.first_row:
            self.is_in_one_row = False
        self.newest = text
        key = _key(text)
        if key not in self.by_text:
            self.by_text[key] = RowNames()
        self.by_text[key].add(identifier)

    @property
    def rarest(self) -> RowNames:
        return min(self.by_text.values(), key=lambda rows: rows.n)


@lru_cache(maxsize=1024)
def _key(text: str) -> bytes:
    """What two writings of one definition share: neither spaces nor the order of keys tell them apart."""
    return blake2b(_in_order(text), digest_size=16).digest()


def _in_order(text: str) -> bytes:
    try:
        return msgspec.json.encode(msgspec.json.decode(text), order="sorted")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return text.encode("utf-8", "backslashreplace")


class Tallies:
    """Counts one row at a time. What is kept grows with the tools, not with the rows."""

    def __init__(self) -> None:
        self.n_rows = self.n_decisions = self.n_without = self.n_drawn = 0
        self.versions: dict[str, Versions] = {}
        self.splits: set[str] = set()
        self.ungrouped = RowNames()
        self._callers: dict[str, Callers] = {}

    def add(self, one: Digest) -> None:
        self.n_rows += 1
        self.n_decisions += one.n_decisions
        self.n_without += one.n_without
        self._add_split(one)
        for name, text in one.tools:
            if name:
                self._add_tool(name, text, one.id)
        for name in one.called:
            callers = self._callers.get(name)
            if callers is None:
                callers = self._callers[name] = Callers()
            callers.rows.add(one.id)
            if one.split:
                callers.splits.add(one.split)

    def _add_tool(self, name: str, text: str, identifier: str) -> None:
        versions = self.versions.get(name)
        if versions is None:
            versions = self.versions[name] = Versions(identifier)
        versions.add(text, identifier)

    def _add_split(self, one: Digest) -> None:
        if one.split:
            self.n_drawn += 1
            self.splits.add(one.split)
            if one.group is None:
                self.ungrouped.add(one.id)

    def callers(self) -> Iterator[tuple[str, RowNames, set[str]]]:
        """Every tool offered: the rows that call it, and their splits."""
        for name in sorted(self.versions):
            callers = self._callers.get(name)
            yield (name, NO_ROWS, set()) if callers is None else (name, callers.rows, callers.splits)

    def schemas(self) -> dict[str, Json]:
        """The parameters of every tool, by the last definition seen."""
        return {name: Definition(one.newest).view.parameters for name, one in self.versions.items()}
