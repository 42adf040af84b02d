"""Every format against every other: what is written reads back the same, or differs exactly by what was listed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from curation.formats import FORMATS, Format, get_format
from curation.model.reading import Reading
from tests.format_crossings import Crossing, cross, cross_all, lay_out_table

DATA = Path(__file__).parents[1] / "data"
PAGE = Path(__file__).parents[2] / "docs" / "format-pairs.md"
WRITTEN = tuple(fmt for fmt in FORMATS if fmt.write is not None)
LEAD = """# Every format into every other

Sample rows of the format at the left are read, written in the format at the top, and read again. A cell counts the rows
that come back whole, those that come back less exactly what the format said it would lose, and those it refused with a
sentence. Nothing may change without a word: a test tries all pairs and keeps this page.

"""


@cache
def samples_of(fmt: Format) -> tuple[bytes, ...]:
    """Rows of real files and rows of our own in this format."""
    files = [*sorted((DATA / "formats" / fmt.name).glob("*.jsonl")), DATA / f"golden/{fmt.name}.jsonl"]
    if fmt.name == "openai":
        files += sorted((DATA / "openai_sft").glob("*.jsonl"))
    lines = [line for file in files if file.is_file() for line in file.read_bytes().splitlines() if line.strip()]
    return tuple(line for line in lines if isinstance(fmt.read(line), Reading))


@cache
def all_pairs() -> dict[tuple[str, str], Crossing]:
    return cross_all({fmt.name: samples_of(fmt) for fmt in FORMATS}, FORMATS)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_format_has_sample_rows(fmt: Format) -> None:
    assert samples_of(fmt)


def test_table_holds_every_pair_and_no_damage(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = all_pairs()
    with capsys.disabled():
        print(f"\n{lay_out_table(pairs)}")
    assert len(pairs) == len(FORMATS) * len(WRITTEN)
    assert {pair: one.damaged for pair, one in pairs.items() if one.damaged} == {}


def test_own_form_holds_every_row_whole() -> None:
    own = get_format("callwright")
    for source in FORMATS:
        found = cross(source, samples_of(source), own)
        assert (found.lossy, found.refused) == (0, 0), source.name


@pytest.mark.parametrize("fmt", WRITTEN, ids=lambda fmt: fmt.name)
def test_format_holds_rows_of_its_own(fmt: Format) -> None:
    own = all_pairs()[fmt.name, fmt.name]
    assert own.whole + own.lossy > own.refused


def test_page_shows_the_pairs_as_they_are() -> None:
    assert PAGE.read_text() == write_page(), "run: python -m tests.contract.test_format_pairs"


def write_page() -> str:
    return LEAD + lay_out_table(all_pairs())


if __name__ == "__main__":
    PAGE.write_text(write_page())
