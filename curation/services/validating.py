"""Checking files of rows without a database: every row in order, then what concerns the file as a whole."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

import msgspec

from curation.errors import CurationError
from curation.formats import detect_format, get_format
from curation.formats.files import FileRow, Rows
from curation.formats.self_test import check_export
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.finding import Finding, Fix, Judged, Severity
from curation.model.reading import Place, Reading
from curation.model.rule_names import RULE_SLUGS
from curation.model.values import UNSET, Json
from curation.reading.edits import change_of, edit_source, source_at
from curation.reading.strict import parse_strict
from curation.rendering import ChatRow, TemplateCheck, open_template, read_chat_row
from curation.rules import DatasetFinding, check_all, judge, walk_dataset
from curation.rules.registry import Pass
from curation.services.row_sources import Source
from curation.services.tool_coverage import Coverage
from curation.targets import get_target

COST_NAMES: dict[Pass, str] = {"row": "rules on rows", "language": "rules on wording"}
NO_REASON = "N01"
"""The rule that asks a row without calls for its reason."""
_MOST_NAMED = 10
_MOST_AT_ONCE = 1_000
"""Findings about a whole file that are emitted together; there can be half as many as there are rows."""


class PlacedFix(msgspec.Struct, frozen=True, omit_defaults=True):
    """A repair in terms of the row as given: put `value` at `at`, rename the key there, or remove it."""

    title: str
    at: str
    value: msgspec.Raw | msgspec.UnsetType = UNSET
    rename: str | msgspec.UnsetType = UNSET
    remove: bool = False


class PlacedFinding(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding in terms of the row as given."""

    rule: str
    code: str
    severity: str
    at: str
    message: str
    fix: PlacedFix | msgspec.UnsetType = UNSET
    related: str | msgspec.UnsetType = UNSET


class CheckedRow(msgspec.Struct, frozen=True):
    """One row's findings; `line` is None for those about the whole file."""

    file: str
    line: int | None
    findings: tuple[PlacedFinding, ...]

    @property
    def is_valid(self) -> bool:
        """Whether nothing in it is an error."""
        return not any(one.severity == Severity.ERROR for one in self.findings)


class FileCheck:
    """One file's check. Rows are emitted one by one; of each only what the last findings need is kept."""

    def __init__(
        self,
        name: str,
        stream: Source,
        *,
        format_name: str | None = None,
        target: str | None = None,
        tools: Sequence[Tool] = (),
        template: TemplateCheck | None = None,
        export: str | None = None,
    ) -> None:
        self.name = name
        self.rows = Rows(stream, "standard input" if name == "-" else name)
        self.format = get_format(format_name) if format_name else detect_format(self.rows.head.rows)
        self.target = get_target(target).name if target else None
        self.tools = tuple(tools)
        self.known = {tool.name: tool for tool in tools} or None
        self.template = template
        self.export = get_format(export) if export else None
        self._rendered_before = template.cost.seconds if template else 0.0
        self.costs = dict.fromkeys((*COST_NAMES.values(), "reading and rules on the whole file"), 0.0)
        """Seconds of computing that each pass has taken so far."""
        self._pass_began = 0.0
        self._unlabelled = 0
        self.coverage = Coverage(tools)
        """Which tools the rows have called so far."""

    def run(self, emit: Callable[[CheckedRow], None]) -> None:
        """Emit every row's findings in order, those about the file last."""
        began = time.process_time()
        over_rows = map(_name_rows, walk_dataset(self._pass_rows(emit)))
        found = chain(self._check_file(), over_rows, self._check_labels())
        findings = list(islice(found, _MOST_AT_ONCE))
        self.costs["reading and rules on the whole file"] = time.process_time() - began - sum(self.costs.values())
        if self.template is not None:
            # In wall time: most of it is spent in the process that writes the rows.
            self.costs["the chat template"] = self.template.cost.seconds - self._rendered_before
        while findings:
            judged = judge(findings, self.target)
            if judged:
                emit(CheckedRow(self.name, None, tuple(_place_whole(one) for one in judged)))
            findings = list(islice(found, _MOST_AT_ONCE))

    def _pass_rows(self, emit: Callable[[CheckedRow], None]) -> Iterator[tuple[str, Example]]:
        for row in self.rows.read(self.format):
            emit(CheckedRow(self.name, row.line, self.check_row(row)))
            if isinstance(row.result, Reading):
                self.coverage.add(row.result.example)
                yield str(row.line), row.result.example

    def check_row(self, row: FileRow) -> tuple[PlacedFinding, ...]:
        reading = row.result
        if not isinstance(reading, Reading):
            place = f"line {row.line + reading.line - 1}" if not self.rows.head.is_list else f"row {row.line}"
            message = f"{place.capitalize()}, column {reading.column}: {reading.reason}"
            return (PlacedFinding(reading.rule, reading.code, Severity.ERROR, "", message),)
        given = reading.example.tools
        is_supplied = bool(self.tools) and not given
        if is_supplied:
            reading = self.supply(reading)
        judged = judge(self._check_passes(reading), self.target, reading.example.waivers)
        kept = [one for one in judged if not (is_supplied and one.finding.at.startswith("/tools/"))]
        rendered, places = self._render(row, reading)
        if not kept and not rendered:
            return ()
        value = parse_strict(row.raw).value
        placed = [place_finding(one, reading, row.raw, value) for one in kept]
        shown = judge(rendered, self.target, reading.example.waivers)
        return (*placed, *(place_finding(one, places, row.raw, value) for one in shown))

    def _render(self, row: FileRow, reading: Reading) -> tuple[tuple[Finding, ...], Reading]:
        """What the chat template does to the row, and the reading whose places that speaks of."""
        if self.template is None:
            return (), reading
        if self.format.name == "router":
            as_text = _router_row(row.raw)
            return () if as_text is None else self.template.check(as_text), Reading(reading.example)
        return self.template.check_example(reading.example), reading

    def _check_passes(self, reading: Reading) -> tuple[Finding, ...]:
        """What every pass over this row finds; each pays into its own account."""
        self._pass_began = time.process_time()
        findings = check_all(reading, self.known, self._count_pass)
        exported = check_export(self.export, reading.example) if self.export is not None else ()
        return (*self._without_labels(findings), *exported)

    def _count_pass(self, name: Pass) -> None:
        now = time.process_time()
        self.costs[COST_NAMES[name]] += now - self._pass_began
        self._pass_began = now

    def _without_labels(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """A row whose format has no place for a reason is not asked for one; the file is, once."""
        if self.format.holds_labels:
            return findings
        kept = tuple(one for one in findings if one.code != NO_REASON)
        self._unlabelled += len(kept) < len(findings)
        return kept

    def supply(self, reading: Reading) -> Reading:
        """The row with the definitions given beside the file."""
        definitions = tuple(tool.definition for tool in self.tools)
        return msgspec.structs.replace(reading, example=msgspec.structs.replace(reading.example, tools=definitions))

    def _check_file(self) -> Iterator[Finding]:
        if self.rows.head.is_list and self.name.endswith(".jsonl"):
            message = "The file is one JSON list, not JSON Lines as its name says; write one row on each line."
            yield Finding(RULE_SLUGS["J04"], "J04", "", message)

    def _check_labels(self) -> Iterator[Finding]:
        if self._unlabelled:
            rows = "1 row calls" if self._unlabelled == 1 else f"{self._unlabelled:,} rows call"
            message = (
                f"{rows} nothing without saying why; this format has no place for a reason, so give it after import."
            )
            yield Finding(RULE_SLUGS[NO_REASON], NO_REASON, "", message)


def open_check(path: Path, max_length: int | None = None) -> TemplateCheck:
    """A check through the chat template of a model's folder, or of a file that holds nothing else."""
    return TemplateCheck(open_template(path), max_length=max_length)


def _router_row(raw: bytes) -> ChatRow | None:
    """A router row as it stands: its text is what a template gets, not the calls that the text means."""
    try:
        return read_chat_row(raw.removeprefix(b"\xef\xbb\xbf"), "router")
    except (msgspec.DecodeError, CurationError):
        return None


def place_finding(judged: Judged, reading: Reading, raw: bytes, value: Json) -> PlacedFinding:
    """A finding with its places in the row as given; what is missing is placed where it should stand in."""
    finding = judged.finding
    fix = finding.fix and place_fix(finding.fix, reading, raw)
    return PlacedFinding(
        rule=finding.rule,
        code=finding.code,
        severity=judged.severity,
        at=_existing(value, reading.places.outer(finding.at).at),
        message=finding.message,
        fix=fix or UNSET,
        related=UNSET if finding.related is None else _existing(value, reading.places.outer(finding.related).at),
    )


def _existing(value: Json, at: str) -> str:
    """The longest part of a pointer that reaches something."""
    reached = ""
    for step in at.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            break
        reached += "/" + step
    return reached


def place_fix(fix: Fix, reading: Reading, raw: bytes) -> PlacedFix | None:
    """A repair in terms of the row as given; inside a text the whole new text is given."""
    place = reading.places.outer(fix.at)
    if place.inside:
        value = _change_inside(fix, place, raw)
        return None if value is None else PlacedFix(fix.title, place.at, value=value)
    if fix.rename is not None:
        return PlacedFix(fix.title, place.at, rename=fix.rename)
    if fix.value is None:
        return PlacedFix(fix.title, place.at, remove=True)
    return PlacedFix(fix.title, place.at, value=msgspec.Raw(fix.value.encode()))


def _change_inside(fix: Fix, place: Place, raw: bytes) -> msgspec.Raw | None:
    try:
        changed = edit_source(raw.decode("utf-8-sig"), place.at + place.inside, change_of(fix))
        return msgspec.Raw(source_at(changed, place.at).encode())
    except CurationError:
        return None


def _name_rows(found: DatasetFinding) -> Finding:
    """A finding over several rows, which its sentence names."""
    if not found.examples:
        return found.finding
    rows = ", ".join(found.examples[:_MOST_NAMED]) + (", …" if found.n_examples > _MOST_NAMED else "")
    named = f"Row {rows}" if found.n_examples == 1 else f"Rows {rows}"
    return msgspec.structs.replace(found.finding, message=f"{found.finding.message} ({named}.)")


def _place_whole(judged: Judged) -> PlacedFinding:
    finding = judged.finding
    return PlacedFinding(finding.rule, finding.code, judged.severity, "", finding.message)


def count_row(row: CheckedRow) -> Counter[str]:
    """What a row adds to the figures of a check: itself, whether it is invalid, and its findings by severity."""
    counts = Counter(str(finding.severity) for finding in row.findings)
    counts["rows"] = row.line is not None
    counts["invalid"] = row.line is not None and not row.is_valid
    return counts


def say_valid(counts: Mapping[str, int]) -> str:
    """How many rows are valid, and how many have an error."""
    n, invalid = counts["rows"], counts["invalid"]
    return f"{n - invalid:,} {'row' if n - invalid == 1 else 'rows'} valid, {invalid:,} invalid"


def to_json(row: CheckedRow, coverage: Coverage | None = None) -> bytes:
    """One machine-readable line; that about the whole file may say which tools its rows call."""
    record: dict[str, Json] = {"file": row.file, "line": row.line, "findings": row.findings}
    if coverage is not None:
        record["coverage"] = {"calls": coverage.calls, "never_called": coverage.never_called}
    return msgspec.json.encode(record)
