"""Says of one row what a template makes of it: every X finding about a row, with the place in the row."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import msgspec

from curation.errors import UnreadableError
from curation.model.example import Example
from curation.model.finding import Finding
from curation.rendering.cutting import find_cut
from curation.rendering.evidence import Evidence, gather
from curation.rendering.jinja import UnusableTemplateError
from curation.rendering.marking import Twin, make_twin
from curation.rendering.refusal import explain_refusal
from curation.rendering.rows import ChatRow, row_of
from curation.rendering.sentences import list_findings
from curation.rendering.template import Template

MOST_KNOWN = 20_000


class RenderCost(msgspec.Struct):
    """What looking at rows through a template has cost so far."""

    rows: int = 0
    shapes: int = 0
    """How many of them had a shape that had to be looked at anew."""
    seconds: float = 0.0


class TemplateCheck:
    """One template, ready to judge rows; what it learns about a shape is kept."""

    def __init__(self, template: Template, *, max_length: int | None = None, by_marks: bool = True) -> None:
        """Prepare.

        Args:
            template: what rows are written with.
            max_length: the most tokens of a row; without one, what the model takes.
            by_marks: believe the template about which words are the model's, where it marks them.
        """
        self.template = template
        self.max_length = max_length or template.limit or None
        self.by_marks = by_marks
        self.cost = RenderCost()
        self._known: dict[bytes, Evidence] = {}

    def check_example(self, example: Example) -> tuple[Finding, ...]:
        """The findings of an example as it stands; none when it is no conversation."""
        row = row_of(example)
        return () if row is None else self.check(row)

    def check(self, row: ChatRow) -> tuple[Finding, ...]:
        """The findings of a row, with inner places.

        Raises:
            UnusableTemplateError: the template itself is at fault, whatever the row.
        """
        began = time.perf_counter()
        try:
            return tuple(self._check(row))
        finally:
            self.cost.rows += 1
            self.cost.seconds += time.perf_counter() - began

    def _check(self, row: ChatRow) -> Iterator[Finding]:
        try:
            text = self.template.render(row)
        except UnusableTemplateError:
            raise
        except UnreadableError as error:
            yield from explain_refusal(self.template, row, _reason(error))
            return
        twin = make_twin(row)
        evidence = self._evidence(twin)
        if not evidence.is_refused:
            yield from list_findings(row, twin, evidence)
        if self.max_length is not None:
            yield from find_cut(self.template, row, text, self.max_length)

    def _evidence(self, twin: Twin) -> Evidence:
        key = hashlib.sha256(twin.key).digest()
        known = self._known.get(key)
        if known is None:
            known = gather(self.template, twin, by_marks=self.by_marks)
            self.cost.shapes += 1
            if len(self._known) >= MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[key] = known
        return known


def _reason(error: UnreadableError) -> str:
    return error.message.removeprefix("The chat template refuses the row: ").rstrip(".")
