"""Whatever an export is asked to do, it does to any row, of every format, without a surprise."""

from __future__ import annotations

from hypothesis import given, note, settings

from curation.formats import Format
from curation.formats.adapting import write_adapted
from curation.formats.options import Options, SystemTurn
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.reading import Reading
from tests.contract.test_formats import EXAMPLES, WRITTEN


@settings(max_examples=25)
@given(example=EXAMPLES)
def test_options_are_total_pure_and_tell_places_of_the_stored_example(example: Example) -> None:
    for fmt in WRITTEN:
        note(fmt.name)
        check_adapting(fmt, example)


def check_adapting(fmt: Format, example: Example) -> None:
    before = encode(example)
    for failed_calls in ("weight_0", "mask"):
        options = Options(failed_calls=failed_calls, system=SystemTurn(3, "Be kind.", "add"))  # type: ignore[arg-type]
        adapted = write_adapted(fmt, example, options)
        assert write_adapted(fmt, example, options) == adapted
        assert bool(adapted.written.rows) != bool(adapted.written.refused)
        assert not (adapted.changes and adapted.written.refused)
        told = [int(one.at.split("/")[2]) for one in adapted.changes]
        assert all(place < max(len(example.messages), 1) for place in told)
        for row in adapted.written.rows:
            assert isinstance(fmt.read(row), Reading)
    assert encode(example) == before
