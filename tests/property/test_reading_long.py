"""A hundred thousand damaged rows: no crash, no silent change."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import pytest

from curation.formats import FORMATS
from curation.model.envelope import encode
from curation.model.reading import Reading
from curation.reading.rows import read_exactly, read_row

DATA = Path(__file__).parents[1] / "data"
PIECES = [
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\u00",
    b"\xff",
    b"NaN",
    b" ",
    b"\n",
    b"1e999",
    b'"role":"x",',
]


def read_seeds() -> list[bytes]:
    suite = map(json.loads, (DATA / "hostile/jsontestsuite.jsonl").read_text().splitlines())
    texts = [base64.b64decode(case["b64"]) for case in suite if "b64" in case]
    rows = [line for file in sorted(DATA.glob("golden/*.jsonl")) for line in file.read_bytes().splitlines()]
    return texts + 5 * rows + 5 * (DATA / "openai_sft/stock_rows.jsonl").read_bytes().splitlines()


def damage(draw: random.Random, text: bytes) -> bytes:
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(text) + 1)
        cut = draw.choice((0, 0, 1, 5))
        text = text[:at] + draw.choice((*PIECES, b"")) + text[at + cut :]
    return text


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(10))
def test_damaged_rows_are_read_or_rejected_and_never_changed(seed: int) -> None:
    draw = random.Random(seed)
    seeds = read_seeds()
    for _ in range(10_000):
        raw = damage(draw, draw.choice(seeds))
        reading = read_row(raw)
        assert reading == read_exactly(raw), raw
        for fmt in FORMATS:
            fmt.recognises(raw)
            fmt.read(raw)
        if isinstance(reading, Reading):
            again = read_row(encode(reading.example))
            assert isinstance(again, Reading), raw
            assert again.example == reading.example, raw
