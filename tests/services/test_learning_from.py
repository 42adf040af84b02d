"""What a training learns from: decisions and pairs, through the look before it to the run folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from curation.errors import BlockedError
from curation.finetune.base_models import tiny_model
from curation.model.example import Example
from curation.services.freezing import freeze
from curation.services.preflighting import preflight
from curation.services.training import JOB_KIND, launch_training
from db import jobs
from tests.shop_rows import Desk, make_example, open_desk
from tests.worker.test_training_long import CALL_TEMPLATE

pytestmark = pytest.mark.training
WIDE = {"max_length": 2048}


class Shop(NamedTuple):
    """A frozen version with pairs in it, and a tiny model."""

    desk: Desk
    base: Path


def paired(order: str, group: str) -> Example:
    """An order tracked under its number, against the same one tracked under another."""
    example = make_example(order, group=group)
    function = {"name": "track_order", "arguments": '{"order_id":"A-999"}'}
    wrong = {"role": "assistant", "tool_calls": [{"id": "c9", "type": "function", "function": function}]}
    return msgspec.structs.replace(
        example, messages=example.messages[:2], extra={"non_preferred_output": json.dumps([wrong])}
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("learning")
    with open_desk(folder / "home") as desk:
        for n in range(12):
            desk.write(paired(f"A-{n:03}", f"g{n}"))
        # More of either kind than validation and test can take together: some of both are trained on, however drawn.
        for n in range(10):
            desk.write(make_example(f"B-{n:03}", group=f"h{n}"))
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
        yield Shop(desk, tiny_model(folder / "tiny", seed=1))


def look(shop: Shop, base: Path, **parameters: object):  # type: ignore[no-untyped-def]
    return preflight(shop.desk.ws, shop.desk.project_id, 1, base, {**WIDE, **parameters})


def prepared(shop: Shop, base: Path, folder: Path, **parameters: object) -> list[dict[str, object]]:
    desk = shop.desk
    job = launch_training(
        desk.ws, desk.actor, desk.project_id, 1, base, parameters={**WIDE, **parameters}, nonce=str(folder)
    )
    with desk.ws.reading() as connection:
        record = jobs.find_job(connection, job.id)
    assert record is not None
    JOB_KIND.prepare(desk.ws, record, folder)
    assert b'"chosen"' not in (folder / "data" / "validation.jsonl").read_bytes()
    return [json.loads(line) for line in (folder / "data" / "train.jsonl").read_text().splitlines()]


def test_pairs_are_counted_shown_and_written(shop: Shop, tmp_path: Path):
    found = look(shop, shop.base, learn_from="pairs")
    assert found.is_ready, found.problems
    assert found.style == "router"
    assert found.n_rows + found.n_refused == shop_count(shop)
    assert any("no rejected answer" in one.reason for one in found.dropped)
    shown = "".join(piece.text for piece in found.rows[0].pieces if piece.trained)
    assert "A-999" not in shown
    rows = prepared(shop, shop.base, tmp_path / "run", learn_from="pairs")
    assert len(rows) == found.n_rows
    assert all(set(row) == {"prompt", "chosen", "rejected"} for row in rows)


def shop_count(shop: Shop) -> int:
    from curation.services.freezing import get_dataset

    return get_dataset(shop.desk.ws, shop.desk.project_id, 1).counts["train"]


def test_a_pair_too_long_in_either_answer_is_left_out(shop: Shop):
    lengths = look(shop, shop.base, learn_from="pairs").lengths
    found = preflight(
        shop.desk.ws, shop.desk.project_id, 1, shop.base, {"learn_from": "pairs", "max_length": min(lengths) - 1}
    )
    assert (found.n_rows, found.n_too_long) == (0, len(lengths))


def test_model_that_writes_calls_learns_from_pairs_and_decisions_too(shop: Shop, tmp_path: Path):
    calling = tiny_model(tmp_path / "calling", seed=1)
    (calling / "chat_template.jinja").write_text(CALL_TEMPLATE)
    found = look(shop, calling, learn_from="pairs")
    assert (found.style, found.is_ready) == ("conversation", True), found.problems
    rows = prepared(shop, calling, tmp_path / "pairs", learn_from="pairs")
    assert all("tool_calls" in row["chosen"][0] for row in rows)  # type: ignore[index]
    whole, single = look(shop, calling), look(shop, calling, learn_from="decisions")
    assert single.n_rows > whole.n_rows
    rows = prepared(shop, calling, tmp_path / "decisions", learn_from="decisions")
    assert len(rows) == single.n_rows
    assert {"prompt", "completion"} <= set(rows[0])


def test_version_without_pairs_is_refused(shop: Shop):
    desk = shop.desk
    with pytest.raises(BlockedError, match="No training row is left"):
        launch_training(
            desk.ws,
            desk.actor,
            desk.project_id,
            1,
            shop.base,
            parameters={"learn_from": "pairs", "max_length": 16},
            nonce="none",
        )
