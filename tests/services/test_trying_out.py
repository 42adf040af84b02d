"""A trial of three steps: which rows it takes, what it says of the whole run, and that nothing of it stays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from curation.errors import BlockedError
from curation.finetune.base_models import tiny_model
from curation.model.states import JobState
from curation.services import trying_out
from curation.services.freezing import freeze, get_dataset
from curation.services.jobs import cancel_job, get_job, list_jobs
from curation.services.keeping import Keeper
from curation.services.models import list_models
from curation.services.preflighting import preflight
from curation.services.trying_out import choose_rows, find_trial, start_trial
from tests.services.fake_provider import FakeProvider
from tests.shop_rows import Desk, make_example, open_desk

pytestmark = pytest.mark.training
KNOBS = {"batch_size": 2, "threads": 1, "max_length": 2048, "epochs": 3}


class Shop(NamedTuple):
    """A frozen version and a tiny model."""

    desk: Desk
    base: Path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("trying")
    with open_desk(folder / "home") as desk:
        for n in range(16):
            desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
        yield Shop(desk, tiny_model(folder / "tiny", seed=1))


def order(shop: Shop, nonce: str) -> str:
    desk = shop.desk
    found = preflight(desk.ws, desk.project_id, 1, shop.base, KNOBS)
    return start_trial(desk.ws, desk.actor, desk.project_id, 1, shop.base, found, parameters=KNOBS, nonce=nonce).id


def find(shop: Shop, **other: object) -> trying_out.Trial | None:
    dataset = get_dataset(shop.desk.ws, shop.desk.project_id, 1)
    return find_trial(shop.desk.ws, shop.desk.project_id, dataset.hash, shop.base, {**KNOBS, **other}, 24)


def test_three_steps_see_the_longest_rows_and_none_that_is_left_out() -> None:
    lengths = [*range(10, 110), 5000]
    chosen = choose_rows(lengths, 1024, 4)
    assert len(chosen) == 12
    assert {97, 98, 99} <= set(chosen)
    assert 100 not in chosen
    assert chosen[0] < 20


def test_a_version_of_few_rows_is_tried_whole() -> None:
    assert choose_rows([5, 6], 1024, 8) == (0, 1)


@pytest.mark.timeout(90)
def test_a_real_trial_says_time_and_memory_and_leaves_no_model(shop: Shop) -> None:
    job_id = order(shop, "real")
    keeper, until = Keeper(shop.desk.ws), time.monotonic() + 60
    while not get_job(shop.desk.ws, job_id).state.is_final and time.monotonic() < until:
        keeper.step()
        time.sleep(0.05)
    trial = find(shop)
    assert trial is not None
    assert trial.job.state is JobState.SUCCEEDED, trial.job.error
    assert trial.job.step == 3
    assert trial.step_s is not None
    assert trial.run_s == pytest.approx(24 * trial.step_s, rel=0.5)
    assert trial.memory_mb is not None
    assert trial.limit_mb is not None
    assert 50 < trial.memory_mb < trial.limit_mb
    assert not (trial.job.run_dir / "model").exists()
    assert list_models(shop.desk.ws, shop.desk.project_id) == ()
    assert find(shop, epochs=9, learning_rate=0.5) is not None
    assert find(shop, batch_size=4) is None


def test_a_trial_is_ordered_once_and_stops_when_asked(shop: Shop) -> None:
    job_id = order(shop, "twice")
    assert order(shop, "twice") == job_id
    assert [job.id for job in list_jobs(shop.desk.ws, shop.desk.project_id)].count(job_id) == 1
    keeper = Keeper(shop.desk.ws, providers={"local": FakeProvider()})
    keeper.step()
    cancel_job(shop.desk.ws, shop.desk.actor, job_id, nonce="stop")
    for _ in range(3):
        keeper.step()
    assert get_job(shop.desk.ws, job_id).state is JobState.CANCELLED


def test_what_must_not_be_trained_on_is_not_tried(shop: Shop) -> None:
    desk = shop.desk
    found = preflight(desk.ws, desk.project_id, 1, shop.base, {"max_length": 16})
    with pytest.raises(BlockedError, match="No training row is left"):
        start_trial(desk.ws, desk.actor, desk.project_id, 1, shop.base, found, parameters={}, nonce="blocked")
