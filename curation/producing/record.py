"""`candidates.jsonl`: every candidate that was drafted and what became of it, one line and one write each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from curation.errors import JobError
from curation.files import PRIVATE_MODE, put_whole
from curation.gates.contract import Opinion, Verdict
from curation.model.candidate import Candidate, Deed
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.reading import Reject
from curation.reading.rows import read_row

CANDIDATES = "candidates.jsonl"
_KEY = 16
"""Bytes of a key: enough that two drafts of one order never share one by chance."""


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a gate had against a candidate."""

    gate: str
    reason: str
    told: str = ""

    @classmethod
    def of(cls, gate: str, verdict: Verdict) -> Refusal:
        return cls(gate, verdict.reason, verdict.told)


class Made(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: a candidate as it was kept or refused."""

    key: str
    """Hash of what was drafted, before any repair: by it a later run knows that this draft is done with."""
    row: msgspec.Raw
    """The example in its canonical form."""
    category: str
    kind: str = ""
    tool: str = ""
    deeds: tuple[Deed, ...] | None = None
    strategy: str = ""
    twin: str = ""
    exchanges: tuple[str, ...] = ()
    refused: Refusal | None = None
    """None: it passed every gate."""
    repaired: Refusal | None = None
    """What it was repaired for, once."""
    opinions: tuple[Opinion, ...] = ()
    """What the judges think of it as it stands here, in the order of the gates."""

    @property
    def candidate(self) -> Candidate:
        """The candidate of this line."""
        return Candidate(
            example=_read_example(bytes(self.row)),
            category=self.category,
            kind=self.kind,
            tool=self.tool,
            deeds=self.deeds,
            strategy=self.strategy,
            twin=self.twin,
            exchanges=self.exchanges,
        )


def note_candidate(
    key: str,
    candidate: Candidate,
    *,
    refused: Refusal | None = None,
    repaired: Refusal | None = None,
    opinions: tuple[Opinion, ...] = (),
) -> Made:
    """The line of a candidate."""
    return Made(
        key=key,
        row=msgspec.Raw(encode(candidate.example)),
        category=candidate.category,
        kind=candidate.kind,
        tool=candidate.tool,
        deeds=candidate.deeds,
        strategy=candidate.strategy,
        twin=candidate.twin,
        exchanges=candidate.exchanges,
        refused=refused,
        repaired=repaired,
        opinions=opinions,
    )


def key_of(candidate: Candidate) -> str:
    """What tells one draft from another."""
    told = msgspec.json.encode([candidate.category, candidate.kind, candidate.tool, candidate.strategy, candidate.twin])
    return hashlib.blake2b(told + encode(candidate.example), digest_size=_KEY).hexdigest()


class Record:
    """The file, to read and to go on with; an unfinished last line is cut off when it is opened."""

    def __init__(self, path: Path, write: Callable[[int, bytes], int] = os.write) -> None:
        self.path = path
        self._write = write
        self._mend()
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_MODE)

    def append(self, made: Made) -> None:
        """Add a line."""
        line = msgspec.json.encode(made) + b"\n"
        written = self._write(self._handle, line)
        if written != len(line):
            raise JobError(f"{self.path.name} could not be written: the disk took {written} of {len(line)} bytes.")

    def settle(self) -> None:
        """What was written lasts through a power cut too."""
        os.fsync(self._handle)

    def close(self) -> None:
        os.close(self._handle)

    def _mend(self) -> None:
        """A killed worker leaves at most one unfinished line."""
        if self.path.exists():
            content = self.path.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]
            if whole != content:
                put_whole(self.path, whole, PRIVATE_MODE)


def read_made(path: Path) -> Iterator[Made]:
    """The finished lines, in order; none where nothing has been drafted yet."""
    try:
        with path.open("rb") as stream:
            for line in stream:
                if line.endswith(b"\n"):
                    yield _decode(line, path)
    except FileNotFoundError:
        return


def _decode(line: bytes, path: Path) -> Made:
    try:
        return msgspec.json.decode(line, type=Made)
    except msgspec.DecodeError as error:
        hint = "Somebody else wrote into it; put the file back, or order again."
        raise JobError(f"A line of {path} cannot be read: {error}.", hint=hint) from error


def read_candidates(path: Path) -> Iterator[Made]:
    """The lines of those that passed every gate."""
    return (made for made in read_made(path) if made.refused is None)


def _read_example(row: bytes) -> Example:
    reading = read_row(row)
    if isinstance(reading, Reject):
        raise JobError(f"A line of {CANDIDATES} cannot be read: {reading.reason}")
    return reading.example
