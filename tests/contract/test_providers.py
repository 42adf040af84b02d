"""What every provider promises, shown on each registered one: the same launch twice is one job, and files tell all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curation.errors import CurationError, NotFoundError, UnreadableError
from curation.finetune import PROVIDERS, get_provider
from curation.finetune.base_models import tiny_model
from curation.finetune.contract import Handle, Launch, Provider, Status
from curation.finetune.openai_compatible import OpenAICompatible
from curation.finetune.ray import RayProvider
from curation.formats import get_format
from curation.model.states import JobState
from curation.targets import get_target
from tests.hosted.fake_host import FakeHost
from tests.hosted.stage import ENVIRONMENT
from tests.hosted.weather import Weather
from tests.ray.fake_cluster import open_cluster
from tests.worker.run_making import write_rows

pytestmark = pytest.mark.training
PATIENCE_S = 40
HURRY = 20
"""How much faster the clock of a host runs here."""


@pytest.fixture(params=PROVIDERS, ids=lambda provider: provider.name)
def registered(request: pytest.FixtureRequest) -> Provider:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def provider(registered: Provider, tmp_path: Path) -> Iterator[Provider]:
    """As it is, with a cluster that runs what it is given, or with a host that trains nothing and is in a hurry."""
    if isinstance(registered, OpenAICompatible):
        yield put_host_behind(registered)
    elif isinstance(registered, RayProvider):
        with open_cluster(tmp_path) as cluster:
            yield RayProvider(environment=cluster.environment)
    else:
        yield registered


def put_host_behind(registered: OpenAICompatible) -> Provider:
    began = time.monotonic()
    host = FakeHost(lambda: 1_800_000_000 + HURRY * (time.monotonic() - began), steps=3000)
    host.keeps_metadata = registered.name != "nebius"
    return OpenAICompatible(registered.profile, environment=ENVIRONMENT, transport=Weather(host), clock=host.clock)


@pytest.fixture
def started(provider: Provider, tmp_path: Path) -> Iterator[tuple[Launch, Handle]]:
    launch, spec = prepare_run(provider, tmp_path, max_steps=3000)
    provider.prepare(launch, spec)
    handle = provider.launch(launch)
    yield launch, handle
    provider.cancel(launch, handle)
    wait_for_end(provider, launch, handle)


def prepare_run(provider: Provider, folder: Path, **parameters: Any) -> tuple[Launch, dict[str, Any]]:
    write_rows(folder / "run" / "data" / "train.jsonl")
    if provider.is_hosted:
        knobs = provider.check({"model": "small-model-1"})
        spec = {"kind": "train", "name": "a run", "dataset_hash": "0" * 64, "parameters": knobs}
        return Launch("launch-7", folder / "run"), spec
    base = tiny_model(folder / "tiny", seed=1)
    knobs = {"learning_rate": 0.01, "threads": 1, **parameters}
    spec = {"kind": "train", "base": str(base), "style": "router", "dataset_hash": "0" * 64, "parameters": knobs}
    return Launch("launch-7", folder / "run"), spec


def wait_for_end(provider: Provider, launch: Launch, handle: Handle) -> Status:
    until = time.monotonic() + PATIENCE_S
    while not (status := provider.poll(launch, handle, 0)).state.is_final:
        assert time.monotonic() < until, status
        time.sleep(0.05)
    return status


def test_names_are_unique_and_found(registered: Provider):
    assert get_provider(registered.name) is registered
    assert len({one.name for one in PROVIDERS}) == len(PROVIDERS)
    with pytest.raises(NotFoundError, match="Choose one of: "):
        get_provider("cloudy")


def test_declared_defaults_are_accepted_parameters(provider: Provider):
    defaults = {knob.name: knob.default for knob in provider.parameters}
    checked = provider.check(defaults)
    assert checked == provider.check({}) == provider.check(checked)
    assert provider.count_steps(checked, 100) >= 1
    with pytest.raises(UnreadableError, match="no_such_knob"):
        provider.check({"no_such_knob": 1})
    assert all(knob.title for knob in provider.parameters)


def test_terms_are_those_of_a_host_and_of_nobody_else(provider: Provider):
    terms = provider.read_terms(provider.check({}))
    assert (terms is not None) is provider.is_hosted
    if terms is not None:
        assert terms.address
        assert get_target(terms.target)
        assert get_format(terms.row_format).write
        assert all(note.source and note.date for note in terms.notes)


def test_preparing_twice_writes_the_same(provider: Provider, tmp_path: Path):
    launch, spec = prepare_run(provider, tmp_path)
    provider.prepare(launch, spec)
    first = {path: path.read_bytes() for path in launch.run_dir.rglob("*") if path.is_file()}
    provider.prepare(launch, spec)
    assert {path: path.read_bytes() for path in launch.run_dir.rglob("*") if path.is_file()} == first
    assert provider.find(launch) is None


def test_life_of_a_job(provider: Provider, started: tuple[Launch, Handle]):
    """Started once, found again, never started twice, stopped with what it has."""
    launch, handle = started
    assert provider.find(launch) == handle
    assert provider.find(Launch("another", launch.run_dir)) is None
    with pytest.raises(CurationError):
        provider.launch(launch)
    # What travels through the database must find the job again.
    stored = Handle(**json.loads(json.dumps({name: getattr(handle, name) for name in handle.__struct_fields__})))
    until = time.monotonic() + PATIENCE_S
    while (status := provider.poll(launch, stored, 0)).step < 2:
        assert status.state is JobState.RUNNING, status
        assert time.monotonic() < until
        time.sleep(0.05)
    seqs = [event.seq for event in status.events]
    assert seqs == sorted(set(seqs))
    assert all(event.seq > seqs[-1] for event in provider.poll(launch, stored, seqs[-1]).events)
    provider.cancel(launch, stored)
    provider.cancel(launch, stored)
    ended = wait_for_end(provider, launch, stored)
    assert (ended.state, ended.error) == (JobState.CANCELLED, "")
    outcome = provider.collect(launch, stored)
    if provider.is_hosted:
        assert outcome.location is None
        assert outcome.remote_model or not outcome.summary["checkpoints"]
    else:
        assert outcome.location is not None
        assert outcome.location.is_dir()
    assert provider.find(launch) == handle
