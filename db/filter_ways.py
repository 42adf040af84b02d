"""The filters of a list, each as an index to walk in the order of the list and as a test of one row.

Fragments of SQL with bound values; nothing that people typed is ever part of one.
"""

# ruff: noqa: S608

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from curation.model.filters import UNDRAWN, ExampleFilter, Level, Special, Use
from curation.model.states import GONE, ExampleState
from db.tables.examples import CATEGORIES

SPARSE = 2_000
"""A filter without an order of its own leads only below this many rows: they are sorted."""


@dataclass(frozen=True)
class Way:
    """One filter: a list to walk, and the test of one row of another list."""

    source: str
    """What follows FROM."""
    number: str
    """The column with the number of the example."""
    where: str
    test: str
    """The same on `example`; `{number}` is the number of the row at hand."""
    values: dict[str, Any] = field(default_factory=dict)
    repeats: bool = False
    """Whether one example may stand in the list more than once."""
    is_sorted: bool = True
    """Whether the index gives the order of the list; one that does not leads only when it is rare."""
    can_lead: bool = True
    """Whether walking it finds rows at once; what nearly all rows may lack is only ever a test beside another."""
    counted: str | None = None
    """The state it walks, whose count is kept."""


def standing_ways(wanted: ExampleFilter) -> list[Way]:
    """The states; one walk each, as a list of states in one statement would sort everything."""
    if not wanted.states:
        where = "example.project_id = :project AND example.staged = 0"
        gone = f"example.state NOT IN ({', '.join(repr(one.value) for one in GONE)})"
        source = "example INDEXED BY example_by_number"
        return [Way(source, "example.number", f"{where} AND {gone}", gone)]
    return [_state(state) for state in dict.fromkeys(wanted.states)]


def _state(state: ExampleState) -> Way:
    is_so = f"example.state = '{state.value}'"
    where = f"example.project_id = :project AND example.staged = 0 AND {is_so}"
    return Way("example INDEXED BY example_by_state", "example.number", where, is_so, counted=state.value)


def filter_ways(wanted: ExampleFilter, words: str) -> Iterator[Way]:
    if words:
        yield _search(words)
    for name, make in _MAKERS.items():
        if value := getattr(wanted, name):
            yield make(wanted, value)


def _search(words: str) -> Way:
    # A search inside a walk along another filter is read once as a list, not once a row; `+` keeps it out of the lead.
    found = "SELECT rowid FROM example_search WHERE example_search MATCH :words"
    where = "example_search MATCH :words"
    return Way("example_search", "example_search.rowid", where, f"+example.number IN ({found})", {"words": words})


def _tool(wanted: ExampleFilter, value: str) -> Way:
    index, called = "example_tool_by_name", ""
    if wanted.use is Use.CALLED:
        index, called = "example_tool_called", " AND {table}.called > 0"
    where = "example_tool.name = :tool" + called.format(table="example_tool")
    test = (
        f"EXISTS (SELECT 1 FROM example_tool AS t INDEXED BY {index} WHERE t.name = :tool"
        f"{called.format(table='t')} AND t.number = {{number}})"
    )
    source = f"example_tool INDEXED BY {index}"
    return Way(source, "example_tool.number", where, test, {"tool": value}, repeats=True)


def _rule(_: ExampleFilter, value: str) -> Way:
    where = "finding.rule = :rule AND finding.waived = 0"
    test = "EXISTS (SELECT 1 FROM finding AS f WHERE f.rule = :rule AND f.waived = 0 AND f.number = {number})"
    return Way("finding INDEXED BY finding_by_rule", "finding.number", where, test, {"rule": value}, repeats=True)


def _tag(_: ExampleFilter, value: str) -> Way:
    test = "EXISTS (SELECT 1 FROM example_tag AS g WHERE g.tag = :tag AND g.number = {number})"
    source = "example_tag INDEXED BY example_tag_by_tag"
    return Way(source, "example_tag.number", "example_tag.tag = :tag", test, {"tag": value})


def _trait(_: ExampleFilter, value: str) -> Way:
    kind, name = value.split(":", 1)
    one = "(SELECT id FROM trait WHERE project_id = :project AND kind = :trait_kind AND name = :trait_name)"
    test = f"EXISTS (SELECT 1 FROM trait_row AS r WHERE r.trait_id = {one} AND r.number = {{number}})"
    values = {"trait_kind": kind, "trait_name": name}
    return Way("trait_row", "trait_row.number", f"trait_row.trait_id = {one}", test, values)


def _alike(_: ExampleFilter, value: str) -> Way:
    kind, name = value.split(":", 1)
    if kind == "same":
        return _along("example_by_twin", "example.normal_hash = :same", {"same": name})
    if kind == "family":
        # Said twice, so that SQLite sees that its index of those in families will do.
        where = "near_text.family = :family AND near_text.family IS NOT NULL"
        test = "EXISTS (SELECT 1 FROM near_text AS m WHERE m.number = {number} AND m.family = :family)"
        return Way("near_text INDEXED BY near_text_by_family", "near_text.number", where, test, {"family": int(name)})
    test = "EXISTS (SELECT 1 FROM near_conflict AS c WHERE c.seen = :seen AND c.number = {number})"
    seen = {"seen": bytes.fromhex(name)}
    return Way("near_conflict", "near_conflict.number", "near_conflict.seen = :seen", test, seen)


def _longer(_: ExampleFilter, value: str) -> Way:
    base, n = value.rsplit(":", 1)
    inner = (
        "SELECT example.number AS number FROM token_count AS l INDEXED BY token_count_by_n"
        " CROSS JOIN example INDEXED BY example_by_body ON example.head_hash = l.body_hash"
        f" WHERE l.base = :base AND l.n > :tokens AND {_HERE} LIMIT {SPARSE}"
    )
    test = (
        "EXISTS (SELECT 1 FROM token_count AS l"
        " WHERE l.base = :base AND l.body_hash = example.head_hash AND l.n > :tokens)"
    )
    return _listed(inner, test, {"base": base, "tokens": int(n)})


def _along(index: str, is_so: str, values: dict[str, Any] | None = None) -> Way:
    where = f"example.project_id = :project AND {is_so}"
    return Way(f"example INDEXED BY {index}", "example.number", where, is_so, values or {})


def _category(_: ExampleFilter, value: str) -> Way:
    if value not in CATEGORIES:
        return _along("example_by_number", "0")
    return _along(f"example_{value}", f"instr(example.categories, '{value}') > 0")


def _level(_: ExampleFilter, value: Level) -> Way:
    if value is Level.ERROR:
        # Without `staged` first the planner may not use this index, which has it.
        return Way(
            "example INDEXED BY example_with_errors",
            "example.number",
            "example.project_id = :project AND example.staged = 0 AND example.n_error > 0",
            "example.n_error > 0",
        )
    if value is Level.WARNING:
        return _along("example_with_warnings", "example.n_warning > 0")
    return _along("example_without_findings", "example.n_error = 0 AND example.n_warning = 0")


def _author(_: ExampleFilter, value: str) -> Way:
    return _along("example_by_author", "example.author = :author", {"author": value})


def _origin(_: ExampleFilter, value: str) -> Way:
    return _along("example_by_origin", "example.origin = :origin", {"origin": value})


def _batch(_: ExampleFilter, value: str) -> Way:
    return _along("example_by_batch", "example.batch_id = :batch", {"batch": value})


def _listed(inner: str, test: str, values: dict[str, Any] | None = None) -> Way:
    """A short list in no order of ours; it is sorted when it leads."""
    return Way(f"({inner}) AS listed", "listed.number", "1", test, values or {}, is_sorted=False)


def _split(_: ExampleFilter, value: str) -> Way:
    if value == UNDRAWN:
        where = f"{_HERE} AND example.drawn = 0"
        return Way("example INDEXED BY example_undrawn", "example.number", where, "example.drawn = 0")
    same = "s.project_id = :project AND s.group_key = example.group_key"
    inner = (
        "SELECT example.number AS number FROM split_group AS s INDEXED BY split_group_by_split"
        " CROSS JOIN example INDEXED BY example_by_group"
        " ON example.project_id = s.project_id AND example.group_key = s.group_key"
        f" WHERE s.project_id = :project AND s.split = :split LIMIT {SPARSE}"
    )
    test = f"EXISTS (SELECT 1 FROM split_group AS s WHERE {same} AND s.split = :split)"
    return _listed(inner, test, {"split": value})


_HERE = "example.project_id = :project AND example.staged = 0"


def _special(_: ExampleFilter, value: Special) -> Way:
    if value is Special.REPAIR:
        inner = (
            "SELECT DISTINCT example.number AS number FROM repair INDEXED BY repair_open"
            " CROSS JOIN example ON example.id = repair.example_id"
            f" WHERE repair.project_id = :project AND repair.done_at IS NULL LIMIT {SPARSE}"
        )
        test = "EXISTS (SELECT 1 FROM repair AS r WHERE r.example_id = example.id AND r.done_at IS NULL)"
        return _listed(inner, test)
    state = "differ" if value is Special.DIFFER else "open"
    about = f"k.rev = example.head_rev AND k.state = '{state}'"
    inner = (
        "SELECT example.number AS number FROM second_look AS k INDEXED BY second_look_by_state"
        " CROSS JOIN example ON example.id = k.example_id"
        f" WHERE k.project_id = :project AND {about} LIMIT {SPARSE}"
    )
    test = f"EXISTS (SELECT 1 FROM second_look AS k WHERE k.example_id = example.id AND {about})"
    return _listed(inner, test)


def _judge(wanted: ExampleFilter, _: str) -> Way:
    test = "example.look NOT IN (SELECT value FROM json_each(:left_out))"
    source = "example INDEXED BY example_by_number"
    values = {"left_out": json.dumps(wanted.left_out)}
    return Way(source, "example.number", f"{_HERE} AND {test}", test, values, can_lead=False)


MOST_WALKS = 60
"""Walks that are merged into one list; beyond it rows are tested one by one."""


def judge_ways(wanted: ExampleFilter) -> list[Way]:
    """For a judge, and nothing else asked: a walk for each state and each look that is theirs to go on with.

    What is for others is never read, however much of it is newer.
    """
    states = wanted.states or tuple(one for one in ExampleState if one not in GONE)
    pairs = [(state, n) for state in dict.fromkeys(states) for n in range(len(wanted.left_in))]
    if len(pairs) > MOST_WALKS:
        return []
    source = "example INDEXED BY example_by_look"
    return [
        Way(
            source,
            "example.number",
            f"{_HERE} AND example.state = '{state.value}' AND example.look = :look{n}",
            "1",
            {f"look{n}": wanted.left_in[n]},
        )
        for state, n in pairs
    ]


_MAKERS: dict[str, Callable[[ExampleFilter, Any], Way]] = {
    "special": _special,
    "batch": _batch,
    "trait": _trait,
    "alike": _alike,
    "longer": _longer,
    "tool": _tool,
    "rule": _rule,
    "tag": _tag,
    "category": _category,
    "level": _level,
    "author": _author,
    "origin": _origin,
    "split": _split,
    "judge": _judge,
}
