"""One walk over a row calls every rule with what it reads; the same walk serves every caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from curation.model.definition import Definition, Tool
from curation.model.finding import Finding
from curation.model.reading import Reading
from curation.rules.offer import OfferedTool, open_tool
from curation.rules.pairing import link
from curation.rules.registry import OTHER_ROLES, Found, Hit, Pass, Rule, rules_of
from curation.rules.row import CallView, Row, Turn

_Step = tuple[Callable[..., Found], Rule]
_JUDGES_CONTENT = frozenset("AG")
"""Groups of rules that leave a call alone which is shown as a mistake and not learned."""
_ROLES = ("system", "developer", "user", "assistant", "tool")


class Walk:
    """The rules laid out by scope, so that a walk only ever iterates over tuples."""

    def __init__(self, *, errors_only: bool = False) -> None:
        def steps(scope: Any) -> tuple[_Step, ...]:
            return tuple((rule.function, rule) for rule in rules_of(scope, errors_only=errors_only))

        self.row = steps("row")
        self.call = steps("call")
        self.mistaken_call = tuple(step for step in self.call if step[1].code[0] not in _JUDGES_CONTENT)
        self.unclean = steps("unclean")
        self.violation = steps("violation")
        self.result = steps("result")
        self.text = steps("text")
        self.tool = steps("tool")
        self.known_tool = steps("known_tool")
        self.language = steps("language")
        messages = rules_of("message", errors_only=errors_only)
        self.other_role = tuple((r.function, r) for r in messages if not r.roles or OTHER_ROLES in r.roles)
        self.by_role: dict[str, tuple[_Step, ...]] = {
            role: tuple((r.function, r) for r in messages if not r.roles or role in r.roles) for role in _ROLES
        }

    def check(self, row: Row, out: list[Finding]) -> None:
        """Every finding of one row, in walk order."""
        for function, rule in self.row:
            found = function(row)
            if found:
                _stamp(out, rule, found)
        self._check_tools(row, out)
        for turn in row.turns:
            for function, rule in self.by_role.get(turn.role, self.other_role):
                found = function(turn, row)
                if found:
                    _stamp(out, rule, found)
            if self.text and turn.text:
                self._check_text(turn, row, out)
        self._check_calls(row, out)
        for result in row.results:
            for function, rule in self.result:
                found = function(result, row)
                if found:
                    _stamp(out, rule, found)

    def _check_text(self, turn: Turn, row: Row, out: list[Finding]) -> None:
        for function, rule in self.text:
            found = function(turn.text, turn, row)
            if found:
                _stamp(out, rule, found)

    def _check_calls(self, row: Row, out: list[Finding]) -> None:
        for call in row.calls:
            is_mistake = call.is_shown_mistake
            for function, rule in self.mistaken_call if is_mistake else self.call:
                found = function(call, row)
                if found:
                    _stamp(out, rule, found)
            if call.argument_faults:
                for function, rule in self.unclean:
                    found = function(call, row)
                    if found:
                        _stamp(out, rule, found)
            if call.errors and not is_mistake:
                self._check_violations(call, row, out)

    def _check_violations(self, call: CallView, row: Row, out: list[Finding]) -> None:
        for error in call.errors:
            for function, rule in self.violation:
                found = function(error, call, row)
                if found:
                    _stamp(out, rule, found)

    def _check_tools(self, row: Row, out: list[Finding]) -> None:
        for index, tool in enumerate(row.offer.tools):
            findings = definition_findings(tool.definition.text)
            if findings:
                out.extend(_moved(finding, f"/tools/{index}") for finding in findings)
            known = row.known.get(tool.name) if row.known and tool.name else None
            if known is not None:
                out.extend(_moved(finding, f"/tools/{index}") for finding in self.check_known(known))

    def check_known(self, tool: Tool) -> list[Finding]:
        """Findings about what a team knows of a tool, relative to the definition."""
        out: list[Finding] = []
        for function, rule in self.known_tool:
            found = function(tool)
            if found:
                _stamp(out, rule, found)
        return out

    def check_offered(self, tool: OfferedTool) -> list[Finding]:
        """Findings about one definition, relative to it."""
        out: list[Finding] = []
        for function, rule in self.tool:
            found = function(tool)
            if found:
                _stamp(out, rule, found)
        return out


def _stamp(out: list[Finding], rule: Rule, found: Hit | list[Hit]) -> None:
    for hit in found if type(found) is list else (found,):
        out.append(
            Finding(
                rule=rule.slug,
                code=rule.code,
                at=hit.at,  # type: ignore[union-attr]
                message=hit.message,  # type: ignore[union-attr]
                values=hit.values,  # type: ignore[union-attr]
                fix=hit.fix,  # type: ignore[union-attr]
                related=hit.related,  # type: ignore[union-attr]
            )
        )


def _moved(finding: Finding, prefix: str) -> Finding:
    fix = finding.fix
    return Finding(
        rule=finding.rule,
        code=finding.code,
        at=prefix + finding.at,
        message=finding.message,
        values=finding.values,
        fix=None if fix is None else type(fix)(fix.title, prefix + fix.at, fix.value, fix.rename),
        related=finding.related,
    )


@lru_cache(maxsize=2)
def _walk(*, errors_only: bool = False) -> Walk:
    return Walk(errors_only=errors_only)


@lru_cache(maxsize=4096)
def definition_findings(text: str) -> tuple[Finding, ...]:
    """Findings about one definition's text, kept: rows share their tools."""
    return tuple(_walk().check_offered(open_tool(text)))


def check(
    reading: Reading, tools: Mapping[str, Tool] | None = None, *, errors_only: bool = False
) -> tuple[Finding, ...]:
    """Every finding of one row: those of reading first, then those of the walk.

    Pure, total and deterministic: any example gives findings, never an exception.

    Args:
        reading: the row as read.
        tools: by name, what the team knows beyond the definitions (side effects, idempotency, result schemas).
        errors_only: leave out the rules that can only warn, for bulk work whose warnings follow later.
    """
    row = _lay_out(reading, tools)
    found = _check_row(row, reading, _walk(errors_only=errors_only))
    row.release()
    return found


def check_language(reading: Reading, tools: Mapping[str, Tool] | None = None) -> tuple[Finding, ...]:
    """What the slower rules on wording find; warnings and information only. Pure, total and deterministic."""
    row = _lay_out(reading, tools)
    found = _check_wording(row)
    row.release()
    return found


def check_all(
    reading: Reading, tools: Mapping[str, Tool] | None = None, ended: Callable[[Pass], None] | None = None
) -> tuple[Finding, ...]:
    """The findings of `check` and then of `check_language`, of a row laid out and validated once for both.

    Args:
        reading: the row as read.
        tools: by name, what the team knows beyond the definitions.
        ended: told the name of each pass when it is done, for those who count its cost.
    """
    row = _lay_out(reading, tools)
    found = _check_row(row, reading, _walk())
    if ended is not None:
        ended("row")
    worded = _check_wording(row)
    row.release()
    if ended is not None:
        ended("language")
    return (*found, *worded)


def _lay_out(reading: Reading, tools: Mapping[str, Tool] | None) -> Row:
    row = Row(reading.example, tools)
    link(row)
    return row


def _check_row(row: Row, reading: Reading, walk: Walk) -> tuple[Finding, ...]:
    out: list[Finding] = list(reading.findings)
    walk.check(row, out)
    return tuple(out) if len(out) < 2 else _without_repeats(out)


def _check_wording(row: Row) -> tuple[Finding, ...]:
    out: list[Finding] = []
    for function, rule in _walk().language:
        found = function(row)
        if found:
            _stamp(out, rule, found)
    return tuple(out)


def _without_repeats(findings: list[Finding]) -> tuple[Finding, ...]:
    """Reading and rules may see the same fault of the same place."""
    seen: set[tuple[str, str, str]] = set()
    kept = []
    for finding in findings:
        key = (finding.rule, finding.at, finding.message)
        if key not in seen:
            seen.add(key)
            kept.append(finding)
    return tuple(kept)


def check_definition(definition: Definition) -> tuple[Finding, ...]:
    """The findings of one tool on its own; `at` is relative to the definition."""
    return definition_findings(definition.text)


def check_tool(tool: Tool) -> tuple[Finding, ...]:
    """The findings of a tool and of what the team says about it; `at` is relative to the definition."""
    return (*check_definition(tool.definition), *_walk().check_known(tool))
