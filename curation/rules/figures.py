"""What figures about the whole say: one meaning and one sentence, whether a file or a project was counted."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from curation.model.finding import Finding
from curation.model.rule_names import RULE_SLUGS
from curation.model.values import Json
from curation.rules.coverage import ToolCoverage

NO_TOOL_BAND = (0.10, 0.20)
"""The wanted share of decisions that call nothing."""
FEWEST_FOR_SHARE = 20
"""A share of fewer decisions says nothing."""


def whole_finding(code: str, message: str, values: dict[str, Json]) -> Finding:
    """A finding about many rows together; it has no place in any of them."""
    return Finding(RULE_SLUGS[code], code, "", message, values)


def judge_share(n_decisions: int, n_without: int) -> Iterator[Finding]:
    """N07: decisions that call nothing outside the band."""
    if n_decisions < FEWEST_FOR_SHARE:
        return
    share, (low, high) = n_without / n_decisions, NO_TOOL_BAND
    if not low <= share <= high:
        message = (
            f"{n_without:,} of {n_decisions:,} decisions ({share:.0%}) call nothing; "
            f"{low * 100:.0f} to {high * 100:.0f} % is recommended."
        )
        yield whole_finding("N07", message, {"decisions": n_decisions, "without": n_without})


def judge_twins(n_rows: int, splits: Collection[str], normal: str) -> Iterator[Finding]:
    """D02 and D04: rows that are the same, perhaps even in two splits."""
    yield whole_finding("D02", f"{n_rows:,} rows are the same; keep one.", {"normal": normal})
    yield from judge_leak(splits, [normal], "The same conversation")


def judge_leak(splits: Collection[str], normals: Collection[str], what: str) -> Iterator[Finding]:
    """D04: what stands in more than one split."""
    if len(splits) > 1:
        message = f"{what} stands in {' and '.join(sorted(splits))}; put both rows into one group."
        yield whole_finding("D04", message, {"splits": sorted(splits), "normal": sorted(normals)})


def judge_near(n_rows: int, normals: Collection[str], *, is_grouped: bool) -> Iterator[Finding]:
    """D03: rows that are nearly the same and do not share a group."""
    if not is_grouped:
        message = f"{n_rows:,} rows are nearly the same; put them into one group or reword them."
        yield whole_finding("D03", message, {"rows": sorted(normals)})


def judge_conflict(n_rows: int, seen: str) -> Finding:
    """D05: rows that call differently on the same request."""
    message = f"{n_rows:,} rows ask the same and call differently; decide which is right."
    return whole_finding("D05", message, {"request": seen})


def judge_use(tool: str, n_rows: int, splits: Collection[str]) -> Iterator[Finding]:
    """D06: a tool that hardly any row calls; `splits` are those of the rows that do."""
    if state := _rarity(n_rows, splits):
        yield whole_finding("D06", f"`{tool}` is {state}.", {"tool": tool, "rows": n_rows})


def _rarity(n_rows: int, splits: Collection[str]) -> str | None:
    if not n_rows:
        return "never called"
    if set(splits) == {"test"}:
        return "called in the test only"
    return "called in one row only" if n_rows == 1 else None


def judge_coverage(tool: ToolCoverage) -> Iterator[Finding]:
    """D07: parameters and enum values that no call of a tool ever gives."""
    for parameter in tool.parameters if tool.n_calls else ():
        values: dict[str, Json] = {"tool": tool.tool, "parameter": parameter.name}
        if not parameter.n_given:
            yield whole_finding("D07", f"Parameter `{parameter.name}` of `{tool.tool}` is never given.", values)
        elif parameter.unused_values:
            unused = ", ".join(f"`{value}`" for value in parameter.unused_values)
            message = f"Parameter `{parameter.name}` of `{tool.tool}` never has the value {unused}."
            yield whole_finding("D07", message, {**values, "unused": list(parameter.unused_values)})
