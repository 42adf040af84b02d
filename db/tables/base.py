"""What all tables share: one metadata, and short words for their columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Text, text

metadata = MetaData()


def key(name: str = "id") -> Column[str]:
    """A text primary key."""
    return Column(name, Text, primary_key=True)


def words(name: str, default: str | None = None) -> Column[str]:
    """Text that is always there."""
    return Column(name, Text, nullable=False, server_default=None if default is None else text(f"'{default}'"))


def maybe(name: str) -> Column[Any]:
    """Text that may be missing."""
    return Column(name, Text)


def count(name: str, default: int = 0) -> Column[int]:
    """A whole number, a default when nothing is said."""
    return Column(name, Integer, nullable=False, server_default=text(str(default)))


def link(name: str, target: str, *, primary_key: bool = False, optional: bool = False, cascade: bool = False) -> Any:
    """A foreign key to `table.column`."""
    rule = ForeignKey(target, ondelete="CASCADE" if cascade else None)
    return Column(name, Text, rule, primary_key=primary_key, nullable=optional)
