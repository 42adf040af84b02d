"""jsonschema-rs against jsonschema: on the official samples, and on calls damaged in every way people damage them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from curation.execution.drawing import draw
from curation.model.values import Json
from curation.schemas import SchemaError, compile_schema
from curation.schemas.drafts import DraftName, draft_of
from curation.synthesizers.shop import demo_tools
from curation.toolkits import read_tools
from tests.two_validators import Broken, ask_oracle, ask_ours, last_keyword

DATA = Path(__file__).parents[1] / "data"
QUICK, MANY = 500, 12_000


class Sample(NamedTuple):
    """One instance of the official samples."""

    draft: DraftName
    file: str
    group: str
    schema: Json
    value: Json
    is_valid: bool


@cache
def samples() -> tuple[Sample, ...]:
    found = []
    for line in (DATA / "hostile" / "jsonschema.jsonl").read_text().splitlines():
        row = json.loads(line)
        if not row["remote"]:
            draft = row["draft"].removeprefix("draft") if "2020" in row["draft"] else row["draft"]
            place = (draft, row["file"], row["group"], row["schema"])
            found += [Sample(*place, value, is_valid) for value, is_valid in row["tests"]]
    return tuple(found)


def judges_formats(sample: Sample) -> bool:
    """The oracle lacks the packages for most formats, and the suite leaves them unjudged."""
    return "format" in sample.file


def table() -> dict[tuple[str, str, str], dict[str, str]]:
    """The known differences by file, group (`*`: all) and kind."""
    rows = json.loads((DATA / "hostile" / "validators_differ.json").read_text())
    return {(row["file"], row["group"], row["what"]): row for row in rows}


def difference_of(sample: Sample) -> str | None:
    """How the two disagree about a sample: on the `verdict`, on the `place`, or not at all."""
    ours = ask_ours(sample.schema, sample.draft, sample.value)
    theirs = ask_oracle(sample.schema, sample.draft, sample.value)
    if theirs is None or bool(ours) != bool(theirs):
        return "verdict"
    return "place" if ours != theirs else None


def test_each_difference_on_the_samples_stands_in_the_table() -> None:
    known, met = table(), set()
    for sample in samples():
        what = None if judges_formats(sample) else difference_of(sample)
        if what is None:
            continue
        key = next((k for k in ((sample.file, g, what) for g in (sample.group, "*")) if k in known), None)
        assert key is not None, (what, sample)
        met.add(key)
        if what == "verdict" and known[key]["right"] == "jsonschema-rs":
            assert bool(ask_ours(sample.schema, sample.draft, sample.value)) is not sample.is_valid
    assert met == set(known), "the table names differences that are no more"


def test_the_validator_in_use_is_right_on_every_sample_but_unjudged_formats() -> None:
    wrong = [
        sample for sample in samples() if bool(ask_ours(sample.schema, sample.draft, sample.value)) is sample.is_valid
    ]
    assert {sample.file for sample in wrong} == {"format.json"}, "there formats are notes; here they are rules"
    assert all(sample.is_valid for sample in wrong)
    assert len(samples()) > 2_300


def test_our_own_verdict_is_that_of_the_samples() -> None:
    """Through every cap, count and sandbox of ours; a schema we refuse says why and judges nothing."""
    refused: Counter[str] = Counter()
    for sample in samples():
        schema = sample.schema
        if sample.draft != "2020-12" and isinstance(schema, dict) and "$schema" not in schema:
            address = {"draft7": "http://json-schema.org/draft-07/schema#"}.get(sample.draft)
            schema = {"$schema": address or "http://json-schema.org/draft-04/schema#", **schema}
        compiled = compile_schema(json.dumps(schema))
        if compiled.fault:
            refused[f"{sample.file}: {sample.group}"] += 1
            assert compiled.errors(sample.value) == ()
        elif sample.file != "format.json":
            assert (not compiled.errors(sample.value)) is sample.is_valid, sample
    assert sum(refused.values()) <= REFUSED_AT_MOST, refused


REFUSED_AT_MOST = 0


def test_multiples_of_large_numbers_are_counted_exactly() -> None:
    """The oracle divides floats, where 10^300 passes for a multiple of 3."""
    schema: Json = {"multipleOf": 3}
    assert ask_oracle(schema, "2020-12", 1e300) == set()
    assert ask_ours(schema, "2020-12", 1e300) == {("multipleOf", ())}
    assert pow(10, 300, 3) == 1


# --- damaged calls ----------------------------------------------------------------------------------------------------
def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


LINE = {
    "type": "object",
    "properties": {"sku": text(pattern="^[A-Z]{2}-[0-9]{4}$"), "qty": {"type": "integer", "minimum": 1, "maximum": 99}},
    "required": ["sku", "qty"],
    "additionalProperties": False,
}
OWN_SCHEMAS: tuple[dict[str, Any], ...] = (
    {
        "type": "object",
        "properties": {
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "minItems": 1, "maxItems": 3},
            "speed": {"enum": ["normal", "fast", 3, None, True]},
            "note": {"type": ["string", "null"], "maxLength": 12, "minLength": 1},
            "price": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 100, "multipleOf": 0.5},
        },
        "required": ["lines", "speed"],
        "additionalProperties": False,
        "$defs": {"line": LINE},
    },
    {
        "type": "object",
        "properties": {
            "pair": {"type": "array", "prefixItems": [text(), {"type": "integer"}], "items": {"type": "boolean"}},
            "tags": {"type": "array", "items": text(), "uniqueItems": True, "contains": {"const": "a"}},
            "mode": {"const": "strict"},
            "card": text(),
            "bill": text(),
            "x_1": {"type": "integer"},
        },
        "required": ["mode"],
        "dependentRequired": {"card": ["bill"]},
        "patternProperties": {"^x_": {"type": "integer"}},
        "propertyNames": {"maxLength": 8},
        "minProperties": 1,
        "maxProperties": 6,
    },
    {
        "type": "object",
        "properties": {
            "who": {"anyOf": [text(minLength=3), {"type": "integer", "minimum": 5}, {"type": "null"}]},
            "when": {"oneOf": [text(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), {"type": "integer"}]},
            "not_this": {"not": {"enum": ["root", 0]}},
            "where": {"allOf": [text(), {"minLength": 2}, {"maxLength": 30}]},
        },
        "if": {"properties": {"who": {"type": "integer"}}, "required": ["who"]},
        "then": {"required": ["when"]},
        "else": {"required": ["where"]},
        "additionalProperties": {"type": ["string", "number"]},
    },
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {
            "pair": {"type": "array", "items": [text(), {"type": "integer"}], "additionalItems": {"type": "boolean"}},
            "line": {"$ref": "#/definitions/line"},
            "n": {"type": "integer", "multipleOf": 3},
        },
        "dependencies": {"n": ["pair"]},
        "required": ["line"],
        "definitions": {"line": LINE},
    },
)


@cache
def call_schemas() -> tuple[dict[str, Any], ...]:
    """Parameters of real and of made-up tools."""
    texts = [tool.definition.view.parameters_text for tool in demo_tools()]
    for file in sorted((DATA / "tool_sources").glob("*.[jy]*")):
        texts += [one.tool.definition.view.parameters_text for one in read_tools(file.read_bytes()).tools]
    row = (DATA / "openai_sft" / "stock_rows.jsonl").read_text().splitlines()[0]
    texts += [one.tool.definition.view.parameters_text for one in read_tools(row.encode()).tools]
    return (*(json.loads(one) for one in texts if one), *OWN_SCHEMAS)


ODD: tuple[Json, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    5.0,
    2.5,
    101,
    2**53,
    10**20,
    1e15,
    "",
    "5",
    " ",
    "a",
    "ÄÖÜ ß",
    [],
)
ODD += ({}, ["a"], ["a", "a"], [1, 1.0], [True, 1], {"a": None}, "x" * 300, "2024-02-30", "\x00", "\U0001f600")


def places(value: Json) -> Iterator[tuple[Any, Any]]:
    """Every container with a key or index in it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(pairs):
        yield value, key
        yield from places(child)


def _replace(holder: Any, key: Any, rng: Random) -> None:
    holder[key] = json.loads(json.dumps(rng.choice(ODD)))


def _drop(holder: Any, key: Any, _: Random) -> None:
    del holder[key]


def _add(holder: Any, key: Any, rng: Random) -> None:
    if isinstance(holder, dict):
        holder[rng.choice(["verbose", "x_9", "a_very_long_key", "é", ""])] = rng.choice(ODD)
    else:
        holder.append(holder[key])


def _retype(holder: Any, key: Any, rng: Random) -> None:
    value = holder[key]
    if isinstance(value, str):
        holder[key] = rng.choice([value.upper(), value + " ", [value], len(value), value[:-1]])
    elif isinstance(value, bool):
        holder[key] = rng.choice([int(value), str(value), None])
    elif isinstance(value, int | float):
        holder[key] = rng.choice([str(value), float(value), -value, value * 1000, value + 0.5, bool(value)])
    else:
        holder[key] = rng.choice([json.dumps(value), [value], None])


MUTATIONS: tuple[Callable[[Any, Any, Random], None], ...] = (_replace, _drop, _add, _retype)


def damaged_calls(count: int, seed: int) -> Iterator[tuple[dict[str, Any], Json]]:
    """A schema and arguments with none to three damages, drawn anew each time."""
    rng = Random(seed)
    for number in range(count):
        schema = call_schemas()[number % len(call_schemas())]
        value: Any = draw(schema, rng)
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            where = list(places(value))
            if where:
                rng.choice(MUTATIONS)(*rng.choice(where), rng)
        yield schema, rng.choice(ODD) if rng.random() < 0.01 else value


def without_formats(broken: Broken) -> Broken:
    return {one for one in broken if one[0] != "format"}


def without_empty_keys(broken: Broken) -> Broken:
    """jsonschema-rs leaves empty keys out of its paths; ours are put back and compared with the oracle's below."""
    return {(keyword, tuple(step for step in path if step != "")) for keyword, path in without_formats(broken)}


def own(errors: tuple[SchemaError, ...]) -> set[tuple[str, str]]:
    """Our own errors in the same terms: an extra key is a fault of its object."""
    found = set()
    for error in errors:
        keyword = last_keyword([step for step in error.schema_pointer.split("/") if not step.isdecimal()])
        on_object = error.keyword in ("additionalProperties", "unevaluatedProperties", "propertyNames")
        found.add((keyword, error.pointer.rpartition("/")[0] if on_object else error.pointer))
    return {one for one in found if one[0] != "format"}


def compare_calls(count: int, seed: int) -> Counter[str]:
    met: Counter[str] = Counter()
    for schema, value in damaged_calls(count, seed):
        draft = draft_of(schema)
        ours, theirs = ask_ours(schema, draft, value), ask_oracle(schema, draft, value)
        assert theirs is not None
        assert without_empty_keys(ours) == without_empty_keys(theirs), (schema, value)
        found = compile_schema(json.dumps(schema)).errors(value)
        assert bool(found) is bool(ours), (schema, value)
        if not {"anyOf", "oneOf"} & {keyword for keyword, _ in ours}:
            flat = {(keyword, "".join(f"/{step}" for step in path)) for keyword, path in without_formats(theirs)}
            assert own(found) == flat, (schema, value)
        met.update({keyword for keyword, _ in ours} or {"right"})
    return met


def test_both_find_the_same_in_damaged_calls() -> None:
    met = compare_calls(QUICK, seed=1)
    assert {"right", "type", "required", "enum", "additionalProperties"} <= set(met)


@pytest.mark.long
def test_both_find_the_same_in_thousands_of_damaged_calls() -> None:
    met = compare_calls(MANY, seed=20_261_120)
    assert len(met) >= 20, met
    assert MANY / 10 < met["right"] < MANY / 2, met
