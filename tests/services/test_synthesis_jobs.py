"""Orders through the keeper and a real worker: a sample first, then the rest; paused, resumed, never doubled."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from curation.errors import StateError
from curation.model.states import ExampleState, JobState
from curation.producing.record import CANDIDATES, read_candidates
from curation.services.browsing import count_states, list_examples
from curation.services.jobs import JobView, cancel_job, get_job
from curation.services.keeping import Keeper
from curation.services.people import local_actor
from curation.services.reviewing import accept_batch
from curation.services.synthesis_jobs import make_rest, order_candidates, pause_order, resume_order
from curation.services.synthesis_sheets import SAMPLE, Endpoint, Sheet
from curation.services.synthesis_views import view_order
from curation.services.synthesizing import draft_candidates
from curation.services.workspace import Workspace
from curation.synthesizers import SYNTHESIZERS
from curation.synthesizers.contract import Cell
from tests.making_here import make_orders

PATIENCE_S = 40.0
UNSCRIPTED = {"translation"}
"""What no script can do: another language needs a model."""


def keep_until(ws: Workspace, job: JobView, is_there: Callable[[JobView], bool]) -> JobView:
    keeper, deadline = Keeper(ws), time.monotonic() + PATIENCE_S
    while not is_there(now := get_job(ws, job.id)):
        assert time.monotonic() < deadline, f"{now.state} {now.phase} {now.error}"
        keeper.step()
        time.sleep(0.05)
    return now


def end(ws: Workspace, job: JobView) -> JobView:
    return keep_until(ws, job, lambda now: now.state.is_final)


def n_candidates(ws: Workspace, project_id: str) -> int:
    return count_states(ws, project_id).get(ExampleState.CANDIDATE.value, 0)


def test_a_sample_waits_for_a_word_and_the_rest_begins_with_it(ws: Workspace, project_id: str) -> None:
    actor = local_actor(ws)
    job = end(ws, order_candidates(ws, actor, project_id, Sheet(count=40, seed=4), sample=True, nonce="order"))
    assert job.state is JobState.SUCCEEDED, job.error
    sample = [made.key for made in read_candidates(job.run_dir / CANDIDATES)]
    assert len(sample) == SAMPLE
    assert n_candidates(ws, project_id) == 0

    job = end(ws, make_rest(ws, actor, job.id, nonce="rest"))
    assert job.state is JobState.SUCCEEDED, job.error
    made = [one.key for one in read_candidates(job.run_dir / CANDIDATES)]
    assert made[:SAMPLE] == sample
    assert len(set(made)) == len(made)
    assert n_candidates(ws, project_id) == len(made)
    assert {row.n_error for row in list_examples(ws, project_id, limit=100).rows} == {0}
    with pytest.raises(StateError, match="the rest is being made already"):
        make_rest(ws, actor, job.id, nonce="again")


def test_what_was_made_before_a_pause_is_in_the_queue_and_is_not_made_again(ws: Workspace, project_id: str) -> None:
    actor = local_actor(ws)
    job = order_candidates(ws, actor, project_id, Sheet(count=3_000, seed=4), nonce="order")
    keep_until(ws, job, lambda now: now.step > 5)
    job = end(ws, pause_order(ws, actor, job.id, nonce="pause"))
    assert job.state is JobState.CANCELLED
    before = n_candidates(ws, project_id)
    assert 0 < before == sum(1 for _ in read_candidates(job.run_dir / CANDIDATES))

    job = resume_order(ws, actor, job.id, nonce="resume")
    keep_until(ws, job, lambda now: now.state is JobState.RUNNING and now.step > before)
    job = end(ws, pause_order(ws, actor, job.id, nonce="pause again"))
    made = list(read_candidates(job.run_dir / CANDIDATES))
    assert n_candidates(ws, project_id) == len(made) > before


def test_an_order_of_cells_makes_exactly_those(ws: Workspace, project_id: str) -> None:
    cells = (Cell(3, "no_tool", "refuse"), Cell(2, "recovery", "retry_after_wait"))
    job = end(ws, order_candidates(ws, local_actor(ws), project_id, Sheet(cells=cells), nonce="order"))
    made = [(one.candidate.category, one.candidate.kind) for one in read_candidates(job.run_dir / CANDIDATES)]
    assert sorted(made) == [("no_tool", "refuse")] * 3 + [("recovery", "retry_after_wait")] * 2


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        (Sheet(count=0), "0 candidates cannot be ordered"),
        (Sheet(count=20_001), "20,001 candidates cannot be ordered"),
        (Sheet(endpoint=Endpoint("hosted", "m")), "sets no limit"),
        (Sheet(strategy="nonsense"), "nonsense"),
        (Sheet(tools=("nobody",)), "nobody"),
        (Sheet(strategy="translation", endpoint=Endpoint("scripted")), "has no answers to"),
    ],
)
def test_an_order_that_cannot_be_made_is_refused_at_once(
    ws: Workspace, project_id: str, sheet: Sheet, sentence: str
) -> None:
    with pytest.raises(Exception, match=sentence):
        order_candidates(ws, local_actor(ws), project_id, sheet, nonce="order")


@pytest.mark.parametrize("strategy", [one.name for one in SYNTHESIZERS if one.name not in UNSCRIPTED])
def test_every_strategy_brings_candidates_without_errors_into_the_queue(
    ws: Workspace, project_id: str, strategy: str
) -> None:
    actor = local_actor(ws)
    draft_candidates(ws, actor, project_id, "schema_driven", count=12, seed=1, nonce="first")
    accept_batch(ws, actor, project_id, states=[ExampleState.CANDIDATE], nonce="accept")
    records = ({"order_id": "B4821", "address": "7 Mill Lane, York"},)
    sheet = Sheet(strategy=strategy, count=8, seed=2, records=records, endpoint=Endpoint("scripted"))
    job = order_candidates(ws, actor, project_id, sheet, nonce="order")
    make_orders(ws, project_id)
    rows = list_examples(ws, project_id, states=[ExampleState.CANDIDATE], limit=50).rows
    assert rows, (view_order(ws, job).dropped, view_order(ws, job).tally)
    assert {row.n_error for row in rows} == {0}
    assert {row.origin for row in rows} == {"synthesised"}


def test_what_the_model_could_not_do_is_told(ws: Workspace, project_id: str) -> None:
    actor = local_actor(ws)
    cells = (Cell(2, "hard_case", "approval_needed", "track_order"),)
    sheet = Sheet(strategy="conversations", cells=cells, endpoint=Endpoint("scripted"))
    job = end(ws, order_candidates(ws, actor, project_id, sheet, nonce="order"))
    assert job.state is JobState.SUCCEEDED, job.error
    view = view_order(ws, job)
    assert view.tally.drafted == 0
    assert "Given up" in view.tally.note


def test_a_short_order_does_not_wait_for_the_end_of_a_long_one(ws: Workspace, project_id: str) -> None:
    actor = local_actor(ws)
    long = order_candidates(ws, actor, project_id, Sheet(count=20_000, seed=5), nonce="long")
    keep_until(ws, long, lambda now: now.state is JobState.RUNNING)
    short = end(ws, order_candidates(ws, actor, project_id, Sheet(count=5, seed=6), nonce="short"))
    assert short.state is JobState.SUCCEEDED, short.error
    assert get_job(ws, long.id).state is JobState.RUNNING
    cancel_job(ws, actor, long.id, nonce="stop")
    end(ws, get_job(ws, long.id))
