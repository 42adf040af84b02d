"""From an example to everything stored beside its body: title, shape, findings, search text."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.envelope import encode, hash_body, normal_hash
from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.model.reading import Reading
from curation.rules import categories, fingerprint
from curation.rules.decisions import assistant_turns
from curation.services.judging import UNJUDGED, Bench, check_example, count_severity, is_error, read_body
from db.derived import Decided, Derived, Found, Offered

TITLE_LENGTH = 80
UNTITLED = "(no user turn)"
TEXT_LENGTH = 20_000
"""Search reads this much of a conversation."""


def derive(bench: Bench, example: Example, *, errors_only: bool = False, reading: Reading | None = None) -> Derived:
    """Everything that follows from an example under a bench; the same example gives the same bytes.

    Args:
        errors_only: its warnings are left to a later pass, and its verdict says so.
        reading: what reading its body gives, where that is known without doing it.
    """
    body = encode(example)
    return derive_reading(bench, body, reading or read_body(body), errors_only=errors_only)


def derive_reading(bench: Bench, body: bytes, reading: Reading, *, errors_only: bool = False) -> Derived:
    """The same for a body that is already at hand."""
    example = reading.example
    findings, judged = check_example(bench, reading, errors_only=errors_only)
    if errors_only:
        findings = tuple([one for one in findings if is_error(bench, one)])
    waived = {(one.rule, one.fingerprint) for one in example.waivers}
    return Derived(
        body=body,
        body_hash=hash_body(body),
        normal_hash=normal_hash(example),
        group=example.group,
        title=make_title(example),
        text=search_text(example),
        categories=categories(example),
        tags=example.tags,
        offered=_offered(example),
        decisions=tuple(_decisions(example)),
        found=tuple(_found(one, waived) for one in findings),
        n_calls=sum(len(message.calls or ()) for message in example.messages),
        n_error=count_severity(judged, Severity.ERROR),
        n_warning=count_severity(judged, Severity.WARNING),
        verdict_key=UNJUDGED if errors_only else bench.key,
        n_waivers=len(example.waivers),
    )


def _found(finding: Finding, waived: set[tuple[str, str]]) -> Found:
    mark = fingerprint(finding)
    return Found(finding, mark, waived=(finding.rule, mark) in waived)


def make_title(example: Example) -> str:
    """The first thing the user says, on one line; plain text, whatever it holds."""
    for message in example.messages:
        if message.role == "user" and isinstance(message.content, str) and message.content.strip():
            line = " ".join(message.content[: TITLE_LENGTH * 8].split())
            return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
    return UNTITLED


def search_text(example: Example) -> str:
    """What people and models said, and the names of the tools called."""
    return "\n".join(_spoken(example))[:TEXT_LENGTH]


def _spoken(example: Example) -> Iterator[str]:
    for message in example.messages:
        if isinstance(message.content, str) and message.role != "system":
            yield message.content
        for call in message.calls or ():
            if isinstance(call.name, str):
                yield call.name


def _offered(example: Example) -> tuple[Offered, ...]:
    called: dict[str, int] = {}
    for message in example.messages:
        for call in message.calls or ():
            if isinstance(call.name, str):
                called[call.name] = called.get(call.name, 0) + 1
    tools = example.tools if isinstance(example.tools, tuple) else ()
    return tuple([Offered(definition, called.get(definition.view.name or "", 0)) for definition in tools])


def _decisions(example: Example) -> Iterator[Decided]:
    for turn in assistant_turns(example):
        if turn.is_learnt:
            label = turn.message.label
            yield Decided(turn.place, turn.kind, label.reason if label else None, label.recovery if label else None)
