"""Faults of the bytes of a row. Reading finds them; here are their names, pages and severities.

Where a place is named, it is that of the row as given; a row whose fault leaves no value becomes a reject.
"""

from __future__ import annotations

from curation.model.finding import Severity
from curation.rules.registry import rule


@rule("J01", scope="reading")
def not_utf8() -> None:
    """The file holds bytes that are not UTF-8.

    Trainers read JSON Lines as UTF-8 and stop, or replace the byte and train on a broken name. Save the file
    as UTF-8.

    Bad: `{"content": "Zürich"}` saved as Latin-1, with the single byte FC for ü.

    Good: the same line saved as UTF-8, with the bytes C3 BC.
    """


@rule("J02", scope="reading", severity=Severity.WARNING)
def byte_order_mark() -> None:
    """The file starts with a byte order mark.

    Most JSON parsers refuse the first line because of three bytes nobody sees. Only Azure's older pages ask for
    the mark; leave it out.

    Bad: the bytes EF BB BF before the first `{`.

    Good: `{` is the first byte of the file.
    """


@rule("J03", scope="reading")
def not_json() -> None:
    """A line is not JSON.

    A trainer stops at the line or skips it without a word, and the row is lost. The finding says line and column
    of the first character that cannot stand there; often the line was cut off.

    Bad: `{"messages": [{"role": "us`

    Good: `{"messages": [{"role": "user", "content": "Hello"}]}`
    """


@rule("J04", scope="reading")
def not_one_row() -> None:
    """A line is not exactly one JSON object.

    JSON Lines means one object on each line. Two on one line, a blank line in the middle or a list spread over
    many lines is read differently by each trainer.

    Bad: `{"messages": [...]} {"messages": [...]}`

    Good: each object on a line of its own.
    """


@rule("J05", scope="reading")
def duplicate_key() -> None:
    """An object holds the same key twice.

    Parsers keep one of the two and drop the other silently, and not all of them keep the same one. Delete the
    wrong one.

    Bad: `{"role": "user", "role": "assistant", "content": "Hello"}`

    Good: `{"role": "user", "content": "Hello"}`
    """


@rule("J11", scope="reading")
def too_large() -> None:
    """The row is nested too deeply or too large.

    Deep nesting crashes parsers, and a row of megabytes never fits a context. It is refused before anything else
    looks at it.

    Bad: 100,000 opening brackets.

    Good: arguments nested a few levels deep.
    """
