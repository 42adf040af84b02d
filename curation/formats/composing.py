"""Foreign rows to examples: their slices are put together as an OpenAI-shaped row, and each place is remembered.

A reader says which slice of the row as given stands for which part of a turn; everything else (exact reading, faults
of the text at their inner place, the way back to the row as given) is done here once for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from curation.formats.slices import Members, cut_object, paste, write_list
from curation.model.finding import Finding
from curation.model.reading import Places, Reading, Reject
from curation.model.rule_names import RULE_SLUGS
from curation.model.source import quote
from curation.reading.exact import build_example
from curation.reading.faults import Parsed
from curation.reading.rows import find_fault, find_places, read_row, reject
from curation.reading.strict import parse_strict

_ARGUMENTS = re.compile(r"/messages/\d+/tool_calls/\d+/function/arguments(/|$)")
CALL_PARTS = {
    "": "",
    "/function": "",
    "/function/name": "/name",
    "/function/arguments": "/arguments",
}
"""Where the parts of a call stand when it is an object of a name and its arguments."""


class Composition:
    """An OpenAI-shaped row in the making."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.tools: list[str] | None = None
        self.rest: Members = {}
        """The other members of the row."""
        self.moved: dict[str, str] = {}
        self.findings: list[Finding] = []
        self.hidden: set[str] = set()
        """Pointers of texts in the row as given out of which parts were read."""

    @property
    def next_turn(self) -> str:
        """The inner pointer of the turn that is added next."""
        return f"/messages/{len(self.messages)}"

    def add_turn(self, members: Mapping[str, str], at: str, parts: Mapping[str, str] | None = None) -> None:
        """Add a turn that stands at `at` in the row as given.

        Args:
            members: its members, as sources.
            at: pointer into the row as given.
            parts: pointers inside the turn → pointers into the row as given, where they are not the same under `at`.
        """
        self.moved[self.next_turn] = at
        for inner, outer in (parts or {}).items():
            self.moved[self.next_turn + inner] = outer
        self.messages.append(paste(members))

    def add_as_given(self, source: str, at: str) -> None:
        """Add an element as it is: it has our shape, or none at all."""
        self.moved[self.next_turn] = at
        self.messages.append(source)

    def add_tool(self, source: str, at: str, parts: Mapping[str, str] | None = None) -> None:
        """Add a definition."""
        self.tools = [] if self.tools is None else self.tools
        inner = f"/tools/{len(self.tools)}"
        self.moved[inner] = at
        for part, outer in (parts or {}).items():
            self.moved[inner + part] = outer
        self.tools.append(source)

    def find(self, code: str, at: str, message: str) -> None:
        """Note what the reader saw at an inner pointer."""
        self.findings.append(Finding(RULE_SLUGS[code], code, at, message))

    def source(self) -> str:
        """The row as JSON."""
        row = {"messages": write_list(self.messages)}
        if self.tools is not None:
            row["tools"] = write_list(self.tools)
        return paste(row | {key: source for key, source in self.rest.items() if key not in row})


Compose = Callable[[Members], Composition | None]


def read_composed(
    raw: bytes, compose: Compose, read_plain: Callable[[bytes], Reading | Reject] = read_row
) -> Reading | Reject:
    """Read a row through `compose`; one that it gives back as None is read as the OpenAI shape, by `read_plain`."""
    parsed = parse_strict(raw)
    if rejected := reject(parsed):
        return rejected
    members = cut_object(raw.removeprefix(b"\xef\xbb\xbf").decode())
    composition = None if members is None else compose(members)
    return read_plain(raw) if composition is None else _finish(composition, parsed)


def _finish(composition: Composition, parsed: Parsed) -> Reading:
    example = build_example(composition.source().encode())
    places = Places(composition.moved)
    hidden = composition.hidden.union(places.outer(inner).at for inner in find_places(example).opaque)
    faults = (_shift(find_fault(fault), composition.moved) for fault in parsed.faults)
    return Reading(
        example=example,
        places=msgspec.structs.replace(places, opaque=frozenset(hidden)),
        findings=(
            # What is wrong inside arguments is said by the rules, which read them again.
            *(finding for finding in faults if not _ARGUMENTS.match(finding.at)),
            *composition.findings,
        ),
    )


def _shift(finding: Finding, moved: Mapping[str, str]) -> Finding:
    """A finding of the row as given, at its inner place."""
    best = ("", "")
    for inner, outer in moved.items():
        if len(outer) > len(best[1]) and (finding.at == outer or finding.at.startswith(outer + "/")):
            best = (inner, outer)
    inner, outer = best
    return msgspec.structs.replace(finding, at=inner + finding.at[len(outer) :])


def build_call(
    given: str | None,
    name: str | None,
    arguments: str | None,
    more: Mapping[str, str],
    inner: Mapping[str, str] | None = None,
) -> str:
    """The source of a call from the sources of its parts; `more` and `inner` are keys nobody knows."""
    parts = {key: source for key, source in (("name", name), ("arguments", arguments)) if source is not None}
    head = {} if given is None else {"id": given}
    return paste({**more, **head, "type": '"function"', "function": paste({**(inner or {}), **parts})})


def wrap_tool(function: Mapping[str, str], more: Mapping[str, str]) -> str:
    """The source of a definition in its usual wrapper."""
    return paste({"type": '"function"', "function": paste(function), **more})


def call_id(n: int) -> str:
    """The source of the id a reader gives to the n-th call."""
    return quote(f"call_{n}")


def map_call(n: int, at: str, parts: Mapping[str, str] = CALL_PARTS) -> dict[str, str]:
    """Where the parts of the n-th call of a turn stand, when it stands at `at`."""
    return {f"/tool_calls/{n}{inner}": at + outer for inner, outer in parts.items()}
