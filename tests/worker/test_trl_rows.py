"""Rows for TRL as `datasets` loads and TRL prepares them: each tool, call, argument, number and character stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import get_format
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Arguments
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools

# In one process with the others that load torch themselves.
pytestmark = [pytest.mark.training, pytest.mark.xdist_group("torch")]

ARGUMENTS = (
    '{"at": 1.10, "n": 9007199254740993, "who": "Zoë — \\u65e5\\u672c"}',
    '{"at": "noon", "deep": {"list": [1, "1", true, null, {"x": -0.5e-3}]}}',
    '{"at": null, "other": []}',
    '{"at": [], "empty": ""}',
    "{}",
)
"""One name with every type, and keys that other rows do not have: what a table would even out."""
SEVERAL_CALLS = ("qwen2_5", "qwen3")
"""Templates that write several calls in one turn."""


def tool(n: int) -> Definition:
    limit = '"maximum": 1.50' if n % 2 else '"enum": ["a", 1, null]'
    return Definition(
        f'{{"type": "function", "function": {{"name": "tool_{n}", "description": "Does {n}.", '
        f'"parameters": {{"type": "object", "properties": {{"at": {{{limit}}}}}}}}}}}'
    )


def make_example(n: int) -> Example:
    """A call that fails, and another in its place."""

    def call(k: int, arguments: str) -> tuple[Call, ...]:
        return (Call(f"tool_{n}", Arguments(arguments), f"call_{k}", "function"),)

    messages = (
        Message("system", "Be kind."),
        Message("user", f"Do {n}."),
        Message("assistant", None, call(1, '{"wrong": true}')),
        Message("tool", '{"error": "wrong"}', tool_call_id="call_1"),
        Message("assistant", None, call(2, ARGUMENTS[n]), label=Label(recovery="corrected_argument")),
        Message("tool", f'{{"done": {n}.50}}', tool_call_id="call_2"),
        Message("assistant", f"Done {n}."),
    )
    return Example(messages=messages, tools=(tool(n), tool(n + 1)))


def write_rows(name: str) -> list[bytes]:
    fmt = get_format(name)
    drafted = get_synthesizer("schema_driven").draft(Order(demo_tools(), 40, seed=7))
    examples = [*map(make_example, range(len(ARGUMENTS))), *(one.example for one in drafted)]
    assert fmt.write is not None
    return [row for example in examples for row in fmt.write(example).rows]


def load(rows: list[bytes], folder: Path) -> list[dict[str, Any]]:
    import datasets

    path = folder / "rows.jsonl"
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    loaded = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(folder / "cache"))
    return list(loaded)


def tokenizer(family: str) -> Any:
    import trl
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    template = Path(trl.__file__).parent / f"chat_templates/{family}.jinja"
    inner = Tokenizer(WordLevel({"x": 0}, unk_token="x"))
    return PreTrainedTokenizerFast(tokenizer_object=inner, chat_template=template.read_text(), bos_token="")


@pytest.mark.parametrize("name", ["trl", "trl_prompt", "trl_preference"])
def test_loading_keeps_every_value(name: str, tmp_path: Path) -> None:
    rows = write_rows(name)
    assert len(rows) >= len(ARGUMENTS)
    assert load(rows, tmp_path) == [json.loads(row) for row in rows]


@pytest.mark.parametrize("family", SEVERAL_CALLS)
def test_prompt_and_completion_make_the_whole_text(family: str, tmp_path: Path) -> None:
    from trl.data_utils import apply_chat_template

    templated = tokenizer(family)
    for row in load(write_rows("trl_prompt"), tmp_path):
        tools = json.loads(row["tools"])
        text = apply_chat_template({"prompt": row["prompt"], "completion": row["completion"]}, templated, tools=tools)
        whole = apply_chat_template({"messages": row["prompt"] + row["completion"]}, templated, tools=tools)["text"]
        assert text["prompt"] + text["completion"] == whole
        assert all(f'"{one["function"]["name"]}"' in text["prompt"] for one in tools)
        assert_said(row["completion"][0], text["completion"])


def assert_said(turn: dict[str, Any], text: str) -> None:
    """The turn's calls or words stand in the text, each argument with its value."""
    for call in turn.get("tool_calls") or ():
        assert call["function"]["name"] in text
        for key, value in call["function"]["arguments"].items():
            assert json.dumps(key) in text
            assert json.dumps(value, ensure_ascii=False) in text
    assert (turn["content"] or "") in text


@pytest.mark.parametrize("family", [*SEVERAL_CALLS, "llama3_1"])
def test_pair_is_prepared_with_both_answers(family: str, tmp_path: Path) -> None:
    from trl.data_utils import apply_chat_template, maybe_extract_prompt

    templated = tokenizer(family)
    for row in load(write_rows("trl_preference"), tmp_path):
        pair = {key: row[key] for key in ("prompt", "chosen", "rejected")}
        assert maybe_extract_prompt(pair) == pair
        text = apply_chat_template(pair, templated, tools=json.loads(row["tools"]))
        assert_said(row["chosen"][0], text["chosen"])
        assert_said(row["rejected"][0], text["rejected"])
        assert text["chosen"] != text["rejected"]


def test_rows_without_a_prompt_are_read_as_trl_reads_them(tmp_path: Path) -> None:
    from trl.data_utils import maybe_extract_prompt

    from curation.model.reading import Reading

    row = load(write_rows("trl_preference"), tmp_path)[0]
    implicit = {key: row["prompt"] + row[key] for key in ("chosen", "rejected")}
    reading = get_format("trl_preference").read(json.dumps(implicit).encode())
    assert isinstance(reading, Reading)
    extracted = maybe_extract_prompt(implicit)
    assert len(reading.example.messages) == len(extracted["prompt"]) + len(extracted["chosen"])
    assert json.loads(reading.example.extra["non_preferred_output"]) == extracted["rejected"]
