"""The figures of a project's health that are sums: kept behind every change, so that nothing is read to show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from curation.model.states import ExampleState, Split
from curation.model.traits import LONGEST_PART, Trait, trait
from curation.rules import CATEGORIES
from curation.rules.coverage import ParameterCoverage, ToolCoverage, enum_texts
from curation.rules.offer import open_tool
from curation.rules.traits import NO_REASON, PER_MILLE
from curation.services.health_figures import Cell, Combination, Places, RuleCount, Sums, ToolUse
from curation.services.judging import read_bench
from db import traits
from db.traits import Sum

KINDS = (
    *(
        "rows",
        "faulty",
        "uncalled",
        "decisions",
        "no_tool",
        "cell",
        "split",
        "reason",
        "recovery",
        "tag",
        "rule",
        "author",
    ),
    *("origin", "calls", "given", "omitted", "value", "options", "language", "turns", "first_call", "place", "chance"),
    *("use",),
)
NAMED_OPENINGS = 5
Found = Mapping[str, Mapping[str, Sum]]


def read_sums(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> Sums:
    """Everything that is a sum, of the examples in these states."""
    found: Found = defaultdict(dict, traits.sum_traits(connection, project_id, states, KINDS))
    schemas = {name: tool.definition.text for name, tool in read_bench(connection, project_id).tools.items()}
    tools = tuple(sorted({*schemas, *(_parts("cell", name)[0] for name in found["cell"])}))
    cells = {_parts("cell", name): n.n_rows for name, n in found["cell"].items()}
    splits = {name: n.n_rows for name, n in found["split"].items()}
    given = {_parts("given", name): n.n for name, n in found["given"].items()}
    values = {_parts("value", name): n.n for name, n in found["value"].items()}
    return Sums(
        n_rows=_one(found, "rows").n,
        n_with_errors=_one(found, "faulty").n,
        n_no_tool_rows=_one(found, "uncalled").n,
        n_decisions=_one(found, "decisions").n,
        n_no_tool_decisions=_one(found, "no_tool").n,
        reasons=_times(found["reason"], NO_REASON),
        n_unlabelled=found["reason"].get(NO_REASON, Sum()).n,
        recoveries=_times(found["recovery"]),
        hard_cases=_rows(found["tag"]),
        tools=tools,
        categories=tuple(CATEGORIES),
        cells=tuple(Cell(tool, shape, cells.get((tool, shape), 0)) for tool in tools for shape in CATEGORIES),
        splits={split.value: splits.get(split.value, 0) for split in Split},
        n_undrawn=splits.get("", 0),
        uses=_uses(found, tools),
        coverage=tuple(_cover(found, given, values, name, schemas[name]) for name in sorted(schemas)),
        combinations=tuple(_combinations(found)),
        rules=_rules(found["rule"]),
        languages=_rows(found["language"]),
        openings=tuple(
            (Trait("", name).parts[0], n)
            for name, n in traits.list_openings(connection, project_id, states, NAMED_OPENINGS)
        ),
        turns=_rows(found["turns"]),
        first_calls=_rows(found["first_call"]),
        places=_places(found),
        authors=_rows(found["author"]),
        origins=_rows(found["origin"]),
    )


def _one(found: Found, kind: str) -> Sum:
    return found[kind].get("", Sum())


def _parts(kind: str, name: str) -> tuple[str, ...]:
    return Trait(kind, name).parts


def _rows(counted: Mapping[str, Sum]) -> dict[str, int]:
    """Name → examples, the commonest first."""
    ordered = sorted(counted.items(), key=lambda one: (-one[1].n_rows, one[0]))
    return {Trait("", name).parts[0]: n.n_rows for name, n in ordered}


def _times(counted: Mapping[str, Sum], left_out: str = "") -> dict[str, int]:
    """Name → how often, by name."""
    return {Trait("", name).parts[0]: n.n for name, n in sorted(counted.items()) if name != left_out}


def _uses(found: Found, tools: Sequence[str]) -> tuple[ToolUse, ...]:
    splits: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, n in found["use"].items():
        tool, split = _parts("use", name)
        splits[tool][split] = n.n_rows
    return tuple(
        ToolUse(tool, sum(splits[tool].values()), tuple(sorted(one for one in splits[tool] if one))) for tool in tools
    )


def _cover(
    found: Found,
    given: Mapping[tuple[str, ...], int],
    values: Mapping[tuple[str, ...], int],
    name: str,
    text: str,
) -> ToolCoverage:
    tool = open_tool(text)
    return ToolCoverage(
        name,
        found["calls"].get(trait("calls", name[:LONGEST_PART]).name, Sum()).n,
        tuple(
            ParameterCoverage(
                parameter,
                parameter in tool.required,
                given.get((name, parameter), 0),
                {one: values.get((name, parameter, one[:LONGEST_PART]), 0) for one in enum_texts(inner)},
            )
            for parameter, inner in tool.properties.items()
        ),
    )


def _combinations(found: Found) -> Iterator[Combination]:
    for name, n in sorted(found["options"].items(), key=lambda one: (one[0].split("/")[0], -one[1].n)):
        tool, *given = _parts("options", name)
        yield Combination(tool, tuple(given), n.n)


def _rules(counted: Mapping[str, Sum]) -> tuple[RuleCount, ...]:
    ordered = sorted(counted.items(), key=lambda one: (-one[1].n_rows, one[0]))
    return tuple(RuleCount(rule, code, n.n_rows) for name, n in ordered for code, rule in [_parts("rule", name)])


def _places(found: Found) -> Places:
    rows = {name: n.n_rows for name, n in found["place"].items()}
    n_rows = sum(rows.values())
    by_chance = _one(found, "chance").n / PER_MILLE / n_rows if n_rows else 0.0
    return Places(rows.get("first", 0), rows.get("between", 0), rows.get("last", 0), by_chance)
