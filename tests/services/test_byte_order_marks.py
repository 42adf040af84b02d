"""A byte order mark stands at the start of an export only where somebody asked for it and a reader wants it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from curation.errors import UnwritableError
from curation.formats.files import BYTE_ORDER_MARK
from curation.formats.options import Options
from curation.model.states import Split
from curation.services import exporting
from curation.services.freezing import DatasetView
from tests.services.test_freezing import freeze
from tests.shop_rows import Desk, make_no_tool_example

MARKED = Options(byte_order_mark=True)


@pytest.fixture
def small(desk: Desk) -> DatasetView:
    desk.bring_in([make_no_tool_example(f"Thanks {i}!", group=f"thanks {i}") for i in range(12)])
    desk.accept_candidates()
    return freeze(desk)


def test_mark_stands_before_the_rows_and_in_the_digest(desk: Desk, small: DatasetView, tmp_path: Path) -> None:
    ws, actor = desk.ws, desk.actor
    exporting.export_dataset(ws, actor, small.id, "azure", tmp_path / "plain")
    marked = exporting.export_dataset(ws, actor, small.id, "azure", tmp_path / "marked", options=MARKED)
    for file in marked.files:
        content = (tmp_path / "marked" / file.name).read_bytes()
        assert content == BYTE_ORDER_MARK + (tmp_path / "plain" / file.name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file.sha256, file.size_bytes)


def test_mark_stands_at_the_start_of_a_stream(desk: Desk, small: DatasetView) -> None:
    out = io.BytesIO()
    exporting.stream_split(desk.ws, desk.actor, small.id, "azure", Split.TRAIN, out, options=MARKED)
    assert out.getvalue().startswith(BYTE_ORDER_MARK + b'{"messages"')


def test_mark_is_refused_where_readers_stop_at_it(desk: Desk, small: DatasetView, tmp_path: Path) -> None:
    with pytest.raises(UnwritableError, match="byte order mark") as refused:
        exporting.export_dataset(desk.ws, desk.actor, small.id, "openai", tmp_path / "x", options=MARKED)
    assert "azure" in (refused.value.hint or "")
    assert not (tmp_path / "x").exists()
