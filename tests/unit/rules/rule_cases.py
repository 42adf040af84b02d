"""The case files of the rules: what they hold and how one case is run."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path

import msgspec

from curation.formats import Written, get_format
from curation.formats.self_test import check_export
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.finding import Finding
from curation.model.reading import Reading, Reject
from curation.model.values import Json
from curation.reading.rows import read_row
from curation.rendering import TemplateCheck, bare_template
from curation.rules import check_all, check_dataset

FOLDER = Path(__file__).parents[2] / "data" / "rules"


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row (or its bytes, or several rows) and what a rule must say about it."""

    name: str
    why: str
    row: Json = None
    bytes: str | None = None
    rows: list[Json] | None = None
    splits: list[str] | None = None
    template: str | None = None
    """A chat template to look at the row through."""
    max_length: int | None = None
    export: str | None = None
    """A format to write the row in."""
    written: list[Json] | None = None
    """What the format is made to have written instead, for the faults it does not have."""
    known: dict[str, dict[str, Json]] = {}
    at: list[str] = []
    reject: bool = False
    severity: dict[str, str | None] = {}
    """Target name, or "" for none → severity of the finding, null where it does not matter."""

    def read(self) -> Reading | Reject:
        if self.bytes is not None:
            return read_row(base64.b64decode(self.bytes))
        return read_row(json.dumps(self.row, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def findings(self) -> tuple[Finding, ...]:
        if self.rows is not None:
            return self._check_rows()
        reading = self.read()
        assert isinstance(reading, Reading), reading
        return self.check(reading, self.tools(reading.example))

    def check(self, reading: Reading, known: dict[str, Tool] | None) -> tuple[Finding, ...]:
        """The findings of a row in the pass that the case is about."""
        if self.template is not None:
            check_row = TemplateCheck(bare_template(self.template), max_length=self.max_length)
            return check_row.check_example(reading.example)
        if self.export is not None:
            rows = None if self.written is None else tuple(json.dumps(one).encode() for one in self.written)
            return check_export(get_format(self.export), reading.example, None if rows is None else Written(rows))
        return check_all(reading, known)

    def _check_rows(self) -> tuple[Finding, ...]:
        readings = [read_row(json.dumps(row).encode()) for row in self.rows or []]
        examples = [(str(n), reading.example) for n, reading in enumerate(readings) if isinstance(reading, Reading)]
        splits = {str(n): split for n, split in enumerate(self.splits or [])}
        return tuple(found.finding for found in check_dataset(examples, splits=splits))

    def tools(self, example: Example) -> dict[str, Tool]:
        by_name = {definition.view.name: definition for definition in example.tools or () if definition.view.name}
        return {
            name: msgspec.convert({**facts, "definition": {"text": by_name[name].text}}, Tool)
            for name, facts in self.known.items()
        }


class CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cases of one rule."""

    passes: list[Case] = msgspec.field(name="pass")
    fails: list[Case] = msgspec.field(name="fail")


@cache
def read_cases(slug: str) -> CaseFile:
    return msgspec.json.decode((FOLDER / f"{slug}.json").read_bytes(), type=CaseFile)
