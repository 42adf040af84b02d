"""The keeper: every job is started once, ends once, and tells what happened, whatever fails in between."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from curation.errors import CurationError, NotSavedError, StateError
from curation.finetune.base_models import tiny_model
from curation.finetune.process import try_lock
from curation.model.states import JobState
from curation.services.freezing import freeze
from curation.services.jobs import JobView, cancel_job, get_job, job_events, job_metrics, list_jobs, retry_job
from curation.services.keeping import LOCK_FILE, MOST_TROUBLES, Keeper, run_keeper
from curation.services.models import list_models
from curation.services.training import launch_training
from db import jobs
from db.unit_of_work import UnitOfWork
from tests.services.fake_provider import VERBS, FakeProvider, Fault, KillError, refusal
from tests.shop_rows import Desk, make_example, open_desk

pytestmark = pytest.mark.training
START = datetime(2026, 1, 1, tzinfo=UTC)


class Shop:
    """A frozen version, a tiny model and a clock that moves when asked."""

    def __init__(self, desk: Desk, base: Path) -> None:
        self.desk = desk
        self.ws = desk.ws
        self.base = base
        self._now = START

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def launch(self, nonce: str | None = None) -> JobView:
        desk = self.desk
        return launch_training(self.ws, desk.actor, desk.project_id, 1, self.base, nonce=nonce or desk.nonce())

    def keeper(self, provider: FakeProvider) -> Keeper:
        return Keeper(self.ws, self.now, {provider.name: provider})

    def state(self, job: JobView) -> JobState:
        return get_job(self.ws, job.id).state

    def run(self, keeper: Keeper, job: JobView, rounds: int = 20) -> JobView:
        for _ in range(rounds):
            keeper.step()
            if self.state(job).is_final:
                break
        return get_job(self.ws, job.id)


@pytest.fixture(scope="module")
def module_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("keeping")
    base = tiny_model(folder / "tiny", seed=1)
    with open_desk(folder / "home") as desk:
        for n in range(20):
            desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
        yield Shop(desk, base)


@pytest.fixture
def shop(module_shop: Shop) -> Iterator[Shop]:
    """Each test begins and ends without an open job."""
    yield module_shop
    for job in list_jobs(module_shop.ws, module_shop.desk.project_id):
        if not job.state.is_final:
            cancel_job(module_shop.ws, module_shop.desk.actor, job.id, nonce=module_shop.desk.nonce())
            module_shop.run(module_shop.keeper(FakeProvider()), job)


def test_job_goes_from_intent_to_model(shop: Shop):
    provider = FakeProvider()
    job = shop.launch()
    assert job.state is JobState.INTENT
    ended = shop.run(shop.keeper(provider), job)
    assert (ended.state, ended.step, ended.steps) == (JobState.SUCCEEDED, 3, 3)
    assert [event.seq for event in job_events(shop.ws, job.id)] == [1, 2, 3]
    assert job_metrics(shop.ws, job.id) == {"loss": [(1, 1.0), (2, 0.5), (3, pytest.approx(1 / 3))]}
    model = next(one for one in list_models(shop.ws, shop.desk.project_id) if one.job_id == job.id)
    assert (model.id, model.kind, model.base) == (ended.model_id, "adapter", shop.base)


def test_double_click_launches_once(shop: Shop):
    first, second = shop.launch("same nonce"), shop.launch("same nonce")
    assert first.id == second.id
    provider = FakeProvider()
    shop.run(shop.keeper(provider), first)
    assert sum(provider.launches.values()) == 1


FAULTS = [
    pytest.param(Fault(verb, 1, after_effect=after, error=error("x")), id=f"{verb}-{when}-{error.__name__}")
    for verb, (when, after), error in itertools.product(
        VERBS, (("before", False), ("after", True)), (ConnectionError, KillError)
    )
    if verb != "cancel"
]


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_at_any_step_neither_doubles_nor_loses_the_job(shop: Shop, fault: Fault):
    provider = FakeProvider(faults=(fault,))
    job = shop.launch()
    try:
        ended = shop.run(shop.keeper(provider), job)
    except KillError:
        # Another process takes over with nothing but the database.
        ended = shop.run(shop.keeper(provider), job)
    assert ended.state is JobState.SUCCEEDED
    assert dict(provider.launches) == {f"{job.id}-1": 1}
    assert [event.seq for event in job_events(shop.ws, job.id)] == [1, 2, 3]
    assert ended.error is None


def test_refusal_fails_the_job_with_its_sentence_and_can_be_retried(shop: Shop):
    provider = FakeProvider(faults=(Fault("launch", error=refusal("The disk is full.")),))
    job = shop.launch()
    failed = shop.run(shop.keeper(provider), job)
    assert (failed.state, failed.error) == (JobState.FAILED, "The disk is full.")
    again = retry_job(shop.ws, shop.desk.actor, job.id, nonce=shop.desk.nonce())
    assert (again.state, again.attempt, again.error) == (JobState.INTENT, 2, None)
    assert shop.run(shop.keeper(provider), job).state is JobState.SUCCEEDED
    assert dict(provider.launches) == {f"{job.id}-2": 1}


def test_retry_is_told_behind_which_event_it_goes_on(shop: Shop):
    provider = FakeProvider()
    provider.outcome_state = JobState.LOST
    job = shop.launch()
    assert shop.run(shop.keeper(provider), job).state is JobState.LOST
    retry_job(shop.ws, shop.desk.actor, job.id, nonce=shop.desk.nonce())
    shop.run(shop.keeper(provider), job)
    assert provider.told_before == {f"{job.id}-1": 0, f"{job.id}-2": 3}


def test_endless_trouble_is_given_up_with_a_sentence(shop: Shop):
    provider = FakeProvider(faults=tuple(Fault("find", n + 1) for n in range(MOST_TROUBLES)))
    job = shop.launch()
    ended = shop.run(shop.keeper(provider), job)
    assert ended.state is JobState.FAILED
    assert ended.error is not None
    assert "unexpected ConnectionError" in ended.error


class Unsaving:
    """Stands in for opening a transaction: two of three fail, as on a busy database."""

    def __init__(self, open_unit: Callable[[], UnitOfWork], error: Exception) -> None:
        self._open_unit = open_unit
        self._error = error
        self._calls = itertools.count()

    def __call__(self) -> UnitOfWork:
        if next(self._calls) % 3 < 2:
            raise self._error
        return self._open_unit()


@pytest.mark.parametrize(
    "error",
    [NotSavedError("Not saved: the database was busy."), OperationalError("UPDATE", {}, Exception("locked"))],
    ids=["busy", "locked"],
)
def test_database_that_cannot_save_never_ends_a_running_job(
    shop: Shop, error: Exception, monkeypatch: pytest.MonkeyPatch
):
    provider = FakeProvider(steps=12)
    job = shop.launch()
    keeper = shop.keeper(provider)
    keeper.step()
    keeper.step()
    with monkeypatch.context() as patch:
        patch.setattr(shop.ws, "unit", Unsaving(shop.ws.unit, error))
        for _ in range(MOST_TROUBLES + 3):
            keeper.step()
            assert not shop.state(job).is_final
    assert shop.run(keeper, job).state is JobState.SUCCEEDED
    assert dict(provider.launches) == {f"{job.id}-1": 1}


def test_trouble_with_one_job_leaves_the_others_tended(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    provider = FakeProvider(name="elsewhere", steps=50)
    launched = [shop.launch(), shop.launch()]
    with shop.ws.unit() as unit:
        for job in launched:
            jobs.update_job(unit.connection, job.id, {"provider": "elsewhere"})
        unit.commit()
    keeper = shop.keeper(provider)
    keeper.step()
    keeper.step()
    polls = provider.calls["poll"]
    with monkeypatch.context() as patch:
        patch.setattr(shop.ws, "unit", Unsaving(shop.ws.unit, NotSavedError("Not saved: the disk is full.")))
        keeper.step()
    assert provider.calls["poll"] == polls + 2
    for job in launched:
        cancel_job(shop.ws, shop.desk.actor, job.id, nonce=shop.desk.nonce())
        assert shop.run(keeper, job).state is JobState.CANCELLED


def test_retryable_refusal_stands_at_the_job_until_it_passes(shop: Shop):
    class BusyError(CurationError):
        retryable = True

    provider = FakeProvider(faults=tuple(Fault("launch", n + 1, error=BusyError("Wait a bit.")) for n in range(9)))
    job = shop.launch()
    keeper = shop.keeper(provider)
    shop.run(keeper, job, rounds=9)
    assert (shop.state(job), get_job(shop.ws, job.id).error) == (JobState.STARTING, "Wait a bit.")
    ended = shop.run(keeper, job)
    assert (ended.state, ended.error) == (JobState.SUCCEEDED, None)


def test_local_jobs_run_one_after_another(shop: Shop):
    provider = FakeProvider()
    first, second = shop.launch(), shop.launch()
    keeper = shop.keeper(provider)
    keeper.step()
    keeper.step()
    assert shop.state(first) is JobState.RUNNING
    assert get_job(shop.ws, second.id).phase == "waiting for its turn"
    shop.run(keeper, first)
    assert shop.run(keeper, second).state is JobState.SUCCEEDED


def test_other_providers_run_side_by_side(shop: Shop):
    provider = FakeProvider(name="elsewhere")
    keeper = shop.keeper(provider)
    launched = (shop.launch(), shop.launch())
    with shop.ws.unit() as unit:
        for job in launched:
            jobs.update_job(unit.connection, job.id, {"provider": "elsewhere"})
        unit.commit()
    keeper.step()
    keeper.step()
    states = [job.state for job in list_jobs(shop.ws, shop.desk.project_id)[:2]]
    assert states == [JobState.RUNNING] * 2
    for _ in range(4):
        keeper.step()


def test_cancel_before_start_ends_at_once_and_nothing_is_launched(shop: Shop):
    provider = FakeProvider()
    job = shop.launch()
    keeper = shop.keeper(provider)
    cancelled = cancel_job(shop.ws, shop.desk.actor, job.id, nonce=shop.desk.nonce())
    assert cancelled.state is JobState.CANCELLED
    keeper.step()
    assert not provider.launches
    with pytest.raises(StateError, match="already ended"):
        cancel_job(shop.ws, shop.desk.actor, job.id, nonce=shop.desk.nonce())


def test_cancel_of_a_running_job_asks_the_provider(shop: Shop):
    provider = FakeProvider(steps=50)
    job = shop.launch()
    keeper = shop.keeper(provider)
    keeper.step()
    keeper.step()
    cancel_job(shop.ws, shop.desk.actor, job.id, nonce=shop.desk.nonce())
    assert shop.run(keeper, job).state is JobState.CANCELLED
    assert provider.cancelled == {f"{job.id}-1"}


def test_keeper_that_slept_cannot_write_over_its_successor(shop: Shop):
    provider = FakeProvider(steps=50)
    job = shop.launch()
    sleeper = shop.keeper(provider)
    sleeper.step()
    sleeper.step()
    successor = shop.keeper(provider)
    successor.step()
    step = get_job(shop.ws, job.id).step
    sleeper.step()
    assert get_job(shop.ws, job.id).step == step
    successor.step()
    assert get_job(shop.ws, job.id).step > step


def test_two_processes_have_one_keeper(shop: Shop):
    held = try_lock(shop.ws.home / LOCK_FILE)
    assert held is not None
    assert try_lock(shop.ws.home / LOCK_FILE) is None
    stop = threading.Event()
    thread = threading.Thread(target=run_keeper, args=(shop.ws, stop), kwargs={"poll_s": 0.01})
    job = shop.launch()
    thread.start()
    stop.wait(0.1)
    assert shop.state(job) is JobState.INTENT
    stop.set()
    thread.join(5)
    os.close(held)


@pytest.mark.long
def test_sixty_launches_under_faults_make_sixty_jobs(shop: Shop):
    """Every third keeper is killed somewhere, every fourth call to the provider fails."""
    verbs = ("find", "launch", "poll", "collect", "prepare")
    for n in range(60):
        error = KillError() if n % 3 == 0 else ConnectionError("gone")
        fault = Fault(verbs[n % 5], 1, after_effect=n % 2 == 0, error=error)
        provider = FakeProvider(faults=(fault,), steps=1)
        job = shop.launch()
        try:
            shop.run(shop.keeper(provider), job)
        except KillError:
            shop.run(shop.keeper(provider), job)
        assert shop.state(job) is JobState.SUCCEEDED
        assert sum(provider.launches.values()) == 1
