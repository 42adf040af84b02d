"""Severities, waivers and fingerprints; the tables that never change."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from curation.errors import NotFoundError
from curation.model.definition import Definition, Tool
from curation.model.example import Waiver
from curation.model.finding import Finding, Severity
from curation.model.reading import Reading
from curation.model.values import Json
from curation.reading.rows import read_row
from curation.rules import (
    CATEGORIES,
    CHECKER_VERSION,
    RULES,
    categories,
    check,
    check_dataset,
    check_definition,
    check_tool,
    fingerprint,
    judge,
)
from curation.targets import TARGETS, Target, get_target
from curation.targets.loading import load_targets

DATA = Path(__file__).parents[2] / "data"
TOOL = {
    "type": "function",
    "function": {
        "name": "order",
        "description": "Orders an article.",
        "parameters": {
            "type": "object",
            "properties": {
                "sku": {"type": "string", "description": "Article."},
                "quantity": {"type": "integer", "description": "How many."},
            },
            "required": ["sku"],
        },
    },
}


def read(row: Json) -> Reading:
    reading = read_row(json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def ordering(quantity: Json, *, before: int = 0) -> Reading:
    """A row whose one call has this quantity, with turns of small talk in front."""
    talk = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}] * before
    arguments = json.dumps({"sku": "chair", "quantity": quantity})
    call = {"id": "call_1", "type": "function", "function": {"name": "order", "arguments": arguments}}
    turns = [{"role": "user", "content": "Five chairs"}, {"role": "assistant", "tool_calls": [call]}]
    return read({"messages": [*talk, *turns], "tools": [TOOL]})


def of_rule(reading: Reading, slug: str) -> Finding:
    return next(finding for finding in check(reading) if finding.rule == slug)


def test_errors_come_first() -> None:
    severities = [item.severity for item in judge(check(ordering("five")))]
    assert severities == [Severity.ERROR, Severity.INFO]


def test_fingerprint_survives_a_move_and_dies_with_an_edit() -> None:
    here, moved, edited = ordering("5"), ordering("5", before=2), ordering("6")
    marks = [fingerprint(of_rule(reading, "argument-type")) for reading in (here, moved, edited)]
    assert marks[0] == marks[1]
    assert marks[0] != marks[2]


def test_a_waiver_drops_its_finding_and_no_other() -> None:
    findings = check(ordering("5"))
    mark = fingerprint(of_rule(ordering("5"), "argument-type"))
    kept = judge(findings, None, [Waiver("argument-type", mark, "gold data")])
    assert "argument-type" not in {item.finding.rule for item in kept}
    assert len(kept) == len(judge(findings)) - 1
    other = judge(findings, None, [Waiver("argument-type", "0" * 16, "another value")])
    assert len(other) == len(judge(findings))


def test_what_must_be_put_right_cannot_be_waived() -> None:
    reading = read({"messages": [{"role": "user", "content": "Hi"}]})
    finding = of_rule(reading, "no-assistant-turn")
    judged = judge(check(reading), None, [Waiver(finding.rule, fingerprint(finding), "please")])
    assert finding.rule in {item.finding.rule for item in judged}


def test_call_to_unknown_tool_suggests_closest_name() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "oder", "arguments": '{"sku": "x"}'}}
    row = {
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "tool_calls": [call]}],
        "tools": [TOOL],
    }
    finding = of_rule(read(row), "unknown-tool")
    assert finding.message == "There is no tool `oder` in this row; did you mean `order`?"
    assert finding.fix is not None
    assert finding.fix.value == '"order"'


def test_errors_only_leaves_out_nothing_but_milder_rules() -> None:
    reading = ordering("5")
    errors = [item for item in judge(check(reading)) if item.severity is Severity.ERROR]
    assert errors == list(judge(check(reading, errors_only=True)))


def test_a_mistake_that_is_shown_and_not_learned_is_no_error() -> None:
    wrong = {"id": "a", "type": "function", "function": {"name": "order", "arguments": "{}"}}
    right = {"id": "b", "type": "function", "function": {"name": "order", "arguments": '{"sku": "chair"}'}}
    turns: list[dict[str, Json]] = [
        {"role": "user", "content": "A chair"},
        {"role": "assistant", "tool_calls": [wrong], "weight": 0},
        {"role": "tool", "tool_call_id": "a", "content": '{"error": "sku is missing"}'},
        {"role": "assistant", "tool_calls": [right]},
    ]
    shown = read({"messages": turns, "tools": [TOOL]})
    assert not [item for item in judge(check(shown)) if item.severity is Severity.ERROR]
    turns[1].pop("weight")
    learned = read({"messages": turns, "tools": [TOOL]})
    assert {"argument-missing", "failed-call-trained"} <= {finding.rule for finding in check(learned)}


def test_definition_findings_are_relative_to_the_definition() -> None:
    text = json.dumps({**TOOL, "function": {**TOOL["function"], "description": ""}})  # type: ignore[dict-item]
    assert [finding.at for finding in check_definition(Definition(text))] == ["/function/description"]
    rules = {finding.rule for finding in check_tool(Tool(Definition(text)))}
    assert rules == {"description-missing", "side-effect-unknown"}


def test_categories_are_computed_from_the_shape() -> None:
    assert categories(ordering(5).example) == ("single",)
    assert categories(read({"messages": [{"role": "assistant", "content": "Hi"}]}).example) == ("no_call",)
    assert set(CATEGORIES) == {"single", "parallel", "multi_step", "recovery", "no_call"}


def test_real_gold_rows_hold_no_errors() -> None:
    for line in (DATA / "openai_sft" / "stock_rows.jsonl").read_bytes().splitlines():
        reading = read_row(line)
        assert isinstance(reading, Reading)
        for target in (None, "openai", "azure"):
            assert not [j for j in judge(check(reading), target) if j.severity is Severity.ERROR]


def test_targets_are_dated_and_name_only_rules_there_are() -> None:
    slugs = {rule.slug for rule in RULES}
    for target in TARGETS.values():
        assert set(target.severity) <= slugs
        gradings = [*target.severity.values(), target.arguments_form, target.tool_name_pattern]
        assert all(item is None or (item.source and item.date.startswith("20")) for item in gradings)


def test_a_misspelt_key_in_a_target_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\nabout = "x"\n[tools_mots]\nvalue = 3\nsource = "a"\ndate = "2026"\n'
    )
    with pytest.raises(msgspec.ValidationError):
        load_targets(tmp_path)


def test_unknown_target_suggests_the_nearest() -> None:
    assert isinstance(get_target("openai"), Target)
    with pytest.raises(NotFoundError, match="openai"):
        get_target("opnai")


def test_first_release_rules_are_all_there() -> None:
    promised = (
        "J03 J05 J06 J07 J12 J13 J14 J15 J16 U02 U03 M01 M02 M03 M04 M05 M06 M07 M08 M09 M11 M12 M13 M14 M15 T01 T02 "
        "T03 T04 T05 T06 T07 T08 T09 T10 T19 T20 A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A15 C01 C02 C03 C04 "
        "C05 C06 C07 C08 C09 C10 C12 C13 C15 B01 B02 B03 B04 B05 B06 B10 N01 N03 N05 N07 G01 G03 G06 X05 X06 D01 D02 "
        "D03 D04 D05 D06 S01"
    )
    assert set(promised.split()) <= {rule.code for rule in RULES}


def test_the_version_names_the_verdict() -> None:
    assert CHECKER_VERSION.startswith("1-")
    assert len(CHECKER_VERSION) == 14


def test_a_family_of_near_duplicates_is_one_finding() -> None:
    request = (
        "My parcel with the number {} should have come on Tuesday but nobody rang the bell, where is it now please"
    )
    rows = [read({"messages": [{"role": "user", "content": request.format(1000 + n)}]}).example for n in range(6)]
    found = [item for item in check_dataset((str(n), row) for n, row in enumerate(rows)) if item.finding.code == "D03"]
    assert [item.examples for item in found] == [("0", "1", "2", "3", "4", "5")]


def test_a_costly_schema_is_a_finding_on_the_call() -> None:
    branch = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    node = {"anyOf": [{**branch, "required": [key]} for key in ("q", "z", "p")]}
    parameters = {"type": "object", "properties": {"root": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}}
    value: Json = {}
    for _ in range(16):
        value = {"next": value}
    call = {"id": "a", "type": "function", "function": {"name": "walk", "arguments": json.dumps({"root": value})}}
    tool = {"type": "function", "function": {"name": "walk", "description": "Walks.", "parameters": parameters}}
    row = {
        "messages": [{"role": "user", "content": "Go"}, {"role": "assistant", "tool_calls": [call]}],
        "tools": [tool],
    }
    assert "could not be checked within 250 ms" in of_rule(read(row), "argument-bounds").message
