"""What a project judges its examples by (tools, target, checker), and the judgement of one example."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from curation.errors import UnreadableError
from curation.model.definition import Tool
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.finding import Finding, Judged, Severity
from curation.model.reading import Reading, Reject
from curation.reading.rows import read_row
from curation.rules import CHECKER_VERSION, check, check_all, judge
from curation.rules.judging import severity_of
from curation.targets import get_target
from db import catalogues, people

UNJUDGED = ""
"""The key of a verdict that tells the errors only; the rest follows."""


class Bench(msgspec.Struct, frozen=True):
    """What everything in a project is judged by; `key` says when nothing needs judging anew."""

    target: str | None
    tools: Mapping[str, Tool]
    key: str

    def offered_to(self, example: Example) -> dict[str, Tool]:
        """What is known about the tools an example offers: no other tool can change its verdict."""
        offered = example.tools if isinstance(example.tools, tuple) else ()
        names = (definition.view.name for definition in offered)
        return {name: self.tools[name] for name in names if name and name in self.tools}


def read_bench(connection: Connection, project_id: str) -> Bench:
    """The project's working target and the tools of its current catalogue."""
    project = people.find_project(connection, project_id)
    current = catalogues.newest_catalogue(connection, project_id)
    return bench_of(connection, project.working_target if project else None, current.id if current else None)


def bench_of(connection: Connection, target: str | None, catalogue_id: str | None) -> Bench:
    """A target and the tools of one catalogue, as a frozen version names them."""
    published = catalogues.find_catalogue(connection, catalogue_id) if catalogue_id else None
    items = catalogues.list_items(connection, published.id) if published else []
    key = key_of(target, published.hash if published else "")
    return Bench(target, {item.tool.name: item.tool for item in items}, key)


def key_of(target: str | None, catalogue_hash: str) -> str:
    """Names a checker, a target and a catalogue together: a verdict under the same key still holds."""
    basis = "\n".join((CHECKER_VERSION, target or "", catalogue_hash))
    return hashlib.sha256(basis.encode()).hexdigest()[:16]


def read_body(body: bytes) -> Reading:
    """A stored body back as what reading makes of it."""
    reading = read_row(body)
    if isinstance(reading, Reject):
        raise UnreadableError(f"This example cannot be read back: {reading.reason}")
    return reading


def check_example(
    bench: Bench, reading: Reading, *, errors_only: bool = False
) -> tuple[tuple[Finding, ...], tuple[Judged, ...]]:
    """All findings, and those that count for the bench's target once waivers are taken off; errors first."""
    known = bench.offered_to(reading.example)
    findings = check(reading, known, errors_only=True) if errors_only else check_all(reading, known)
    return findings, judge(findings, bench.target, waivers=reading.example.waivers)


def is_error(bench: Bench, finding: Finding) -> bool:
    """Whether a finding is an error for the bench's target, waived or not."""
    return severity_of(finding, get_target(bench.target) if bench.target else None) is Severity.ERROR


def reread(example: Example) -> tuple[bytes, Reading]:
    """An example's body, and the body read back: what is judged is what is stored."""
    body = encode(example)
    return body, read_body(body)


def count_severity(judged: tuple[Judged, ...], severity: Severity) -> int:
    return sum(one.severity is severity for one in judged)
