"""The checker over arbitrary input: it never raises, always answers the same, and agrees with the oracle."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.model.example import Example
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import RULES, categories, check, check_dataset, fingerprint, judge
from curation.schemas import compile_schema
from curation.targets import TARGETS

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("role", "content", "tool_calls", "tool_call_id", "name", "weight", "label", "function_call")
ROLES = st.sampled_from(["system", "user", "assistant", "tool", "human", ""])


def sometimes(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(strategy, strategy, strategy, JSON)


SCHEMAS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["object", "string", "integer", "array", "str", None]),
        "properties": st.dictionaries(
            st.sampled_from(["a", "b", "to"]),
            sometimes(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "type": st.sampled_from(["string", "integer", "array"]),
                        "enum": JSON,
                        "description": JSON,
                        "default": JSON,
                        "pattern": st.text(max_size=6),
                    },
                )
            ),
            max_size=3,
        ),
        "required": sometimes(st.lists(st.sampled_from(["a", "b", "zz"]), max_size=3)),
        "additionalProperties": JSON,
        "$ref": st.sampled_from(["#", "#/properties/a", "http://example.com", "#/x"]),
        "anyOf": st.lists(st.just({"$ref": "#"}), max_size=2),
    },
)
TOOLS = st.fixed_dictionaries(
    {
        "type": sometimes(st.just("function")),
        "function": sometimes(
            st.fixed_dictionaries(
                {"name": sometimes(st.sampled_from(["find", "send", "Find", "a b"]))},
                optional={"description": JSON, "parameters": sometimes(SCHEMAS), "strict": st.booleans()},
            )
        ),
    }
)
ARGUMENTS = st.one_of(
    JSON,
    st.text(max_size=20),
    st.dictionaries(st.sampled_from(["a", "b", "to", "orderId"]), JSON, max_size=3).map(json.dumps),
)
CALLS = st.fixed_dictionaries(
    {
        "id": sometimes(st.sampled_from(["1", "2"])),
        "type": sometimes(st.just("function")),
        "function": sometimes(
            st.fixed_dictionaries({"name": sometimes(st.sampled_from(["find", "Send", "x"])), "arguments": ARGUMENTS})
        ),
    }
)
MESSAGES = st.fixed_dictionaries(
    {"role": sometimes(ROLES)},
    optional={
        "content": sometimes(st.sampled_from(["Hello 4711", '{"error":"timeout"}', "I have sent it.", ""])),
        "tool_calls": sometimes(st.lists(CALLS, max_size=3)),
        "tool_call_id": sometimes(st.sampled_from(["1", "2", "3"])),
        "weight": JSON,
        "label": JSON,
        "function_call": JSON,
        "name": JSON,
    },
)
ROWS = st.fixed_dictionaries(
    {"messages": sometimes(st.lists(MESSAGES, max_size=6))},
    optional={
        "tools": sometimes(st.lists(TOOLS, max_size=3)),
        "functions": JSON,
        "parallel_tool_calls": JSON,
        "tags": JSON,
        "extra": JSON,
    },
)
COMMON = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
SLUGS = {rule.slug for rule in RULES}


def read(row: Any) -> Reading | None:
    reading = read_row(json.dumps(row).encode())
    return reading if isinstance(reading, Reading) else None


@COMMON
@given(ROWS | JSON)
def test_any_row_gives_findings_and_never_an_exception(row: Any) -> None:
    reading = read(row)
    if reading is None:
        return
    findings = check(reading)
    assert findings == check(reading)
    assert all(finding.rule in SLUGS for finding in findings)
    assert all(finding.at == "" or finding.at.startswith("/") for finding in findings)
    assert all(len(fingerprint(finding)) == 16 for finding in findings)
    for target in (None, *TARGETS):
        severities = [item.severity for item in judge(findings, target)]
        assert severities == sorted(severities, key=["error", "warning", "info"].index)
    categories(reading.example)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, max_size=4))
def test_any_data_set_gives_findings_and_never_an_exception(rows: list[Any]) -> None:
    examples = [(str(n), reading.example) for n, row in enumerate(rows) if (reading := read(row)) is not None]
    splits = {name: ("train", "test")[int(name) % 2] for name, _ in examples}
    assert check_dataset(examples, splits=splits) == check_dataset(examples, splits=splits)


def test_an_empty_example_is_judged_like_any_other() -> None:
    assert [finding.rule for finding in check(Reading(Example()))] == ["messages-missing"]


VALUES = st.fixed_dictionaries(
    {}, optional={"n": SCALARS, "s": SCALARS, "l": st.lists(SCALARS, max_size=3), "x": SCALARS}
)
ORACLE_SCHEMA = {
    "type": "object",
    "properties": {
        "n": {"type": ["integer", "null"], "minimum": -5, "maximum": 100},
        "s": {"type": "string", "minLength": 2, "enum": ["ab", "cd", "x"]},
        "l": {"type": "array", "items": {"type": "string"}, "maxItems": 2, "uniqueItems": True},
    },
    "required": ["n"],
    "additionalProperties": False,
}


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_errors_agree_with_the_oracle(value: Any) -> None:
    ours = {(error.pointer, error.keyword) for error in compile_schema(json.dumps(ORACLE_SCHEMA)).errors(value)}
    theirs = set()
    for error in jsonschema.Draft202012Validator(ORACLE_SCHEMA).iter_errors(value):
        pointer = "".join(f"/{step}" for step in error.absolute_path)
        if error.validator == "additionalProperties":
            theirs |= {
                (f"{pointer}/{key}", "additionalProperties") for key in value if key not in ORACLE_SCHEMA["properties"]
            }
        else:
            theirs.add((pointer, error.validator))
    assert ours == theirs


@pytest.mark.long
@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS | JSON)
def test_thousands_of_rows_never_raise(row: Any) -> None:
    reading = read(row)
    if reading is not None:
        check(reading)
