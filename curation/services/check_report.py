"""One check as a page for people: self-contained HTML, written while the check runs.

Rows go to a spool beside the page as they come, so memory stays flat; the head, which counts them, is written last.
Whatever a row says is escaped, and the page may run no script and load nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from html import escape
from types import TracebackType
from typing import IO, BinaryIO

from curation.rules import CHECKER_VERSION
from curation.rules.registry import REGISTRY
from curation.services.html_pages import END, open_page, write_table
from curation.services.tool_coverage import Coverage
from curation.services.validating import CheckedRow, PlacedFinding, count_row, say_valid

MOST_ROWS = 5_000
"""A page with more rows than this opens slowly; the rest is counted, and `--json` has it."""
LONGEST_MESSAGE = 600
_SEVERITIES = ("error", "warning", "info")
_WORDS = {"error": "errors", "warning": "warnings", "info": "notes"}


class HtmlReport:
    """Takes rows one by one and writes the page when it is left without an error."""

    def __init__(self, page: BinaryIO) -> None:
        self._page = page
        self._spool: IO[str] = tempfile.TemporaryFile(  # noqa: SIM115 - closed on leaving
            "w+", encoding="utf-8", errors="backslashreplace"
        )
        self._counts: Counter[str] = Counter()
        self._rules: Counter[tuple[str, str, str]] = Counter()
        self._first: dict[tuple[str, str, str], str] = {}
        self._shown = 0
        self._costs: Mapping[str, float] = {}
        self._coverages: list[tuple[str, Coverage]] = []

    def __enter__(self) -> HtmlReport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._spool:
            if kind is None:
                self._write()

    def add(self, row: CheckedRow) -> None:
        """Count a row; write it down when it has findings and there is room."""
        self._counts.update(count_row(row))
        if not row.findings:
            return
        place = _place(row)
        self._counts["rows with findings"] += row.line is not None
        for finding in row.findings:
            key = (finding.severity, finding.code, finding.rule)
            self._rules[key] += 1
            self._first.setdefault(key, place)
        # What is found about a whole file comes last, and is always shown.
        if row.line is None or self._shown < MOST_ROWS:
            self._shown += row.line is not None
            self._spool.write(_section(place, row.findings))

    def add_costs(self, costs: Mapping[str, float]) -> None:
        """What each pass took, in seconds."""
        self._costs = {name: self._costs.get(name, 0.0) + seconds for name, seconds in costs.items()}

    def add_coverage(self, file: str, coverage: Coverage) -> None:
        """Which tools the rows of a file call."""
        if coverage:
            self._coverages.append((file, coverage))

    def _write(self) -> None:
        self._spool.seek(0)
        self._page.write(self._head().encode("utf-8", "backslashreplace"))
        shutil.copyfileobj(_Encoded(self._spool), self._page)
        self._page.write(self._foot().encode())

    def _head(self) -> str:
        counted = ", ".join(f"{self._counts[name]:,} {_WORDS[name]}" for name in _SEVERITIES)
        costs = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in self._costs.items())
        return open_page(f"Check of {self._counts['rows']:,} rows") + (
            f"<h1>{self._counts['rows']:,} rows checked: {counted}</h1>\n"
            f"<p>{say_valid(self._counts)}.</p>\n"
            f'<p class="soft">{self._counts["rows with findings"]:,} rows have findings. '
            f"Rules {escape(CHECKER_VERSION)}. Time by pass: {escape(costs) or 'not measured'}.</p>\n"
            f"{self._table()}{self._called()}<h2>Rows</h2>\n"
        )

    def _called(self) -> str:
        """Calls by tool, file by file; a tool that is never called has a zero."""
        rows = ((file, name, n) for file, coverage in self._coverages for name, n in coverage.calls.items())
        table = write_table(("file", "tool", "calls"), rows)
        return f"<h2>Calls by tool</h2>\n{table}" if table else ""

    def _table(self) -> str:
        if not self._rules:
            return "<p>Nothing was found.</p>\n"
        order = sorted(self._rules, key=lambda key: (_SEVERITIES.index(key[0]), -self._rules[key], key[1]))
        lines = "".join(self._line(key) for key in order)
        head = "<tr><th>Rule</th><th>What it finds</th><th>Severity</th><th>Findings</th><th>First at</th></tr>"
        return f"<h2>By rule</h2>\n<table><thead>{head}</thead><tbody>\n{lines}</tbody></table>\n"

    def _line(self, key: tuple[str, str, str]) -> str:
        severity, code, slug = key
        title = REGISTRY[slug].title if slug in REGISTRY else ""
        return (
            f"<tr><td><code>{escape(code)}</code> {escape(slug)}</td><td>{escape(title)}</td>"
            f'<td class="{severity}">{severity}</td><td class="number">{self._rules[key]:,}</td>'
            f"<td>{escape(self._first[key])}</td></tr>\n"
        )

    def _foot(self) -> str:
        hidden = self._counts["rows with findings"] - self._shown
        note = f'<p class="soft">{hidden:,} more rows have findings; the JSON lines hold all of them.</p>\n'
        return (note if hidden > 0 else "") + END


class _Encoded:
    """A text stream read as bytes, a block at a time."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size).encode("utf-8", "backslashreplace")


def _place(row: CheckedRow) -> str:
    return row.file if row.line is None else f"{row.file}:{row.line}"


def _section(place: str, findings: tuple[PlacedFinding, ...]) -> str:
    return f"<section><h3>{escape(place)}</h3>\n{''.join(_finding(one) for one in findings)}</section>\n"


def _finding(finding: PlacedFinding) -> str:
    at = f" <code>{escape(finding.at)}</code>" if finding.at else ""
    fix = f' <span class="soft">Remedy: {escape(finding.fix.title)}.</span>' if finding.fix else ""
    said = finding.message if len(finding.message) <= LONGEST_MESSAGE else finding.message[:LONGEST_MESSAGE] + "…"
    return f'<p><b class="{finding.severity}">{escape(finding.code)}</b> {escape(said)}{at}{fix}</p>\n'
