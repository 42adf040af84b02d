"""Mocked results: what a tool would answer, by a declared sample or drawn from its result schema."""

from __future__ import annotations

import json
from random import Random

import msgspec

from curation.execution.drawing import draw, draw_object, type_of
from curation.model.definition import Sample, Tool
from curation.model.values import Json
from curation.schemas import compile_schema

_DRAWS = 12


class Mocked(msgspec.Struct, frozen=True):
    """One answer of a mock."""

    name: str
    """`sample_0`, `drawn_3`: the same name gives the same text again."""
    title: str
    text: str
    is_match: bool = False
    """Whether a sample is about exactly these arguments."""


def list_answers(tool: Tool, arguments: Json, draws: int = 2) -> tuple[Mocked, ...]:
    """What a mock may answer: samples about these very arguments first, then the others, then seeded draws."""
    samples = [
        Mocked(f"sample_{at}", sample.name, _sampled(sample), _is_about(sample, arguments))
        for at, sample in enumerate(tool.samples)
        if sample.result is not None or sample.error is not None
    ]
    drawn = [draw_answer(tool, arguments, seed) for seed in range(draws)] if tool.result_schema else []
    return (*sorted(samples, key=lambda one: not one.is_match), *drawn)


def draw_answer(tool: Tool, arguments: Json, seed: int) -> Mocked:
    """A result drawn from the result schema; what the call named keeps the value that it gave."""
    result = mock_result(tool, Random(seed))
    said = arguments if isinstance(arguments, dict) else {}
    echoed = {
        key: said[key] if key in said and type(said[key]) is type(value) else value for key, value in result.items()
    }
    if compile_schema(tool.result_schema or "{}").errors(echoed):
        echoed = result
    return Mocked(
        f"drawn_{seed}", f"Drawn from the result schema, no. {seed + 1}", json.dumps(echoed, ensure_ascii=False)
    )


def find_answer(tool: Tool, arguments: Json, name: str) -> Mocked | None:
    """The answer of a name."""
    kind, _, number = name.partition("_")
    if kind == "drawn" and number.isdigit():
        return draw_answer(tool, arguments, int(number))
    return next((one for one in list_answers(tool, arguments, 0) if one.name == name), None)


def mock_result(tool: Tool, rng: Random) -> dict[str, Json]:
    """A result that fits the tool's result schema; `{"ok": true}` when it declares none or none fits."""
    for _ in range(_DRAWS if tool.result_schema else 0):
        result = draw_object(_schema_of(tool), rng)
        if result and not compile_schema(tool.result_schema or "{}").errors(result):
            return result
    return {"ok": True}


def mock_value(tool: Tool, rng: Random) -> Json:
    """The same for results of any shape: a list, a text, an object without declared members."""
    schema = _schema_of(tool)
    compiled = compile_schema(tool.result_schema or "{}")
    for _ in range(_DRAWS if schema else 0):
        value = draw_object(schema, rng) if type_of(schema) == "object" else draw(schema, rng)
        if not compiled.errors(value):
            return value
    return mock_result(tool, rng)


def _sampled(sample: Sample) -> str:
    return sample.result if sample.result is not None else json.dumps({"error": sample.error}, ensure_ascii=False)


def _is_about(sample: Sample, arguments: Json) -> bool:
    try:
        return bool(json.loads(sample.arguments) == arguments)
    except (ValueError, RecursionError):
        return False


def _schema_of(tool: Tool) -> dict[str, Json]:
    try:
        schema = msgspec.json.decode(tool.result_schema or "{}")
    except msgspec.DecodeError:
        return {}
    return schema if isinstance(schema, dict) else {}
