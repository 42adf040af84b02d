"""An imported batch is judged by a sample: drawn by a seed, judged in Review, accepted or sent back in one act."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from curation.errors import CurationError, NotAllowedError, StateError
from curation.metrics.intervals import wilson
from curation.model.example import Message
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import batching, browsing, bulk, reviewing, sampling, writing
from curation.services.sampling import SampleView
from tests.shop_rows import Desk, make_broken_example, make_example

N = 40


@pytest.fixture
def batch(desk: Desk) -> str:
    """Forty drafts that came together; one more has an error, and one was written by hand."""
    rows = [make_example(f"A-{i}00") for i in range(N)]
    desk.write(make_example("Z-900"))
    return batching.add_examples(
        desk.ws,
        desk.actor,
        desk.project_id,
        [*rows, make_broken_example()],
        origin="import",
        name="delivery.jsonl",
        state=ExampleState.DRAFT,
        nonce=desk.nonce(),
    ).batch_id


def draw(desk: Desk, batch: str, n: int = 10, **named) -> SampleView:
    return sampling.draw_sample(desk.ws, desk.actor, batch, n, nonce=desk.nonce(), **named)


def judge(desk: Desk, sample: SampleView, *, wrong: int = 0) -> SampleView:
    for at, one in enumerate(sample.drawn):
        if at < wrong:
            reviewing.request_changes(desk.ws, desk.actor, one.example_id, 1, "not what was asked", nonce=desk.nonce())
        else:
            reviewing.accept(desk.ws, desk.actor, one.example_id, 1, nonce=desk.nonce())
    return sampling.get_sample(desk.ws, sample.id)


def accept(desk: Desk, sample: SampleView) -> SampleView:
    closed = sampling.accept_by_sample(desk.ws, desk.actor, sample.id, nonce=desk.nonce())
    bulk.run(desk.ws, closed.bulk_id)
    return closed


def states(desk: Desk) -> dict[str, int]:
    return {state: n for state, n in browsing.count_states(desk.ws, desk.project_id).items() if n}


def test_sample_is_drawn_by_its_seed_and_handed_to_review(desk: Desk, batch: str):
    assert sampling.count_judgeable(desk.ws, batch) == N
    sample = draw(desk, batch, seed=7)
    expected = sorted(Random(7).sample(range(2, N + 2), 10))
    assert [one.number for one in sample.drawn] == expected
    assert (sample.n, sample.n_batch, sample.seed, sample.n_waiting) == (10, N, 7, 10)
    assert (sample.low, sample.high) == (None, None)
    assert states(desk) == {"draft": N - 10 + 2, "submitted": 10}
    with desk.ws.reading() as connection:
        after = connection.execute(text("SELECT after FROM audit WHERE act = 'draw sample' ORDER BY seq DESC LIMIT 1"))
        assert after.scalar_one() == f"sample of 10 of {N}, seed 7"


def test_interval_follows_what_reviewers_say(desk: Desk, batch: str):
    sample = draw(desk, batch)
    reviewing.accept(desk.ws, desk.actor, sample.drawn[0].example_id, 1, nonce=desk.nonce())
    now = sampling.get_sample(desk.ws, sample.id)
    assert (now.n_right, now.n_wrong, now.n_waiting) == (1, 0, 9)
    assert (now.low, now.high) == wilson(1, 1)
    reviewing.reject(desk.ws, desk.actor, sample.drawn[1].example_id, 1, "nonsense", nonce=desk.nonce())
    now = sampling.get_sample(desk.ws, sample.id)
    assert (now.n_right, now.n_wrong, now.low, now.high) == (1, 1, *wilson(1, 2))


def test_row_that_was_put_right_by_hand_is_wrong(desk: Desk, batch: str):
    sample = draw(desk, batch)
    one = sample.drawn[0].example_id
    example = writing.open_example(desk.ws, one).example
    mended = msgspec.structs.replace(example, messages=(*example.messages[:-1], Message("assistant", content="Sent.")))
    writing.save_example(desk.ws, desk.actor, one, 1, mended, nonce=desk.nonce())
    writing.submit(desk.ws, desk.actor, one, 2, nonce=desk.nonce())
    reviewing.accept(desk.ws, desk.actor, one, 2, nonce=desk.nonce())
    assert sampling.get_sample(desk.ws, sample.id).drawn[0].verdict == "wrong"


def test_batch_is_accepted_in_one_act_with_its_interval(desk: Desk, batch: str):
    closed = accept(desk, judge(desk, draw(desk, batch), wrong=1))
    assert (closed.state, closed.n_right, closed.low, closed.high) == ("accepted", 9, *wilson(9, 10))
    assert states(desk) == {"accepted": N - 1, "changes_requested": 1, "draft": 2}
    with desk.ws.reading() as connection:
        query = "SELECT before, after FROM audit WHERE act = 'accept by sample' AND object LIKE 'sample of%'"
        before, after = connection.execute(text(query)).one()
    assert (before, after) == ("open", "accepted: 9 of 10 right, 0.596 to 0.982")
    assert sampling.find_sample(desk.ws, batch) == sampling.get_sample(desk.ws, closed.id)


def test_acceptance_is_taken_back_as_one_act(desk: Desk, batch: str):
    closed = accept(desk, judge(desk, draw(desk, batch)))
    bulk.run(desk.ws, bulk.take_back(desk.ws, desk.actor, closed.bulk_id, nonce=desk.nonce()))
    assert states(desk) == {"accepted": 10, "draft": N - 10 + 2}


def test_batch_waits_until_every_drawn_row_is_judged(desk: Desk, batch: str):
    sample = draw(desk, batch)
    with pytest.raises(StateError, match="10 of 10 drawn rows wait"):
        sampling.accept_by_sample(desk.ws, desk.actor, sample.id, nonce=desk.nonce())
    with pytest.raises(StateError, match="is being judged"):
        draw(desk, batch)


def test_row_somebody_has_worked_on_since_is_left_out(desk: Desk, batch: str):
    sample = judge(desk, draw(desk, batch))
    rows = browsing.list_examples(desk.ws, desk.project_id, states=[ExampleState.DRAFT], limit=100).rows
    touched = next(row for row in rows if row.n_error == 0 and row.number > 1)
    writing.save_example(desk.ws, desk.actor, touched.id, 1, make_example("X-100"), nonce=desk.nonce())
    assert sampling.get_sample(desk.ws, sample.id).n_touched == 1
    accept(desk, sample)
    assert states(desk) == {"accepted": N - 1, "draft": 3}


def test_batch_sent_back_says_why_and_stays_as_it_is(desk: Desk, batch: str):
    sample = draw(desk, batch)
    with pytest.raises(CurationError, match="needs a reason"):
        sampling.send_back(desk.ws, desk.actor, sample.id, " ", nonce=desk.nonce())
    closed = sampling.send_back(desk.ws, desk.actor, sample.id, "order numbers are made up", nonce=desk.nonce())
    assert (closed.state, closed.reason, closed.bulk_id) == ("sent back", "order numbers are made up", "")
    assert "accepted" not in states(desk)
    with pytest.raises(StateError, match="is closed"):
        sampling.accept_by_sample(desk.ws, desk.actor, sample.id, nonce=desk.nonce())
    assert draw(desk, batch, 3).state == "open", "the mended batch is drawn from again"


def test_what_a_sample_decided_does_not_change(desk: Desk, batch: str):
    closed = accept(desk, judge(desk, draw(desk, batch)))
    reviewing.request_changes(desk.ws, desk.actor, closed.drawn[0].example_id, 1, "after all", nonce=desk.nonce())
    now = sampling.get_sample(desk.ws, closed.id)
    assert (now.n_right, now.n_wrong, now.low, now.high) == (10, 0, *wilson(10, 10))
    with desk.ws.unit() as unit, pytest.raises(IntegrityError, match="stays written down"):
        unit.connection.execute(text("UPDATE batch_sample SET n_right = 3"))


def test_sample_of_everything_and_of_nothing(desk: Desk, batch: str):
    assert sampling.best_low(50) == pytest.approx(0.9286, abs=1e-4)
    with pytest.raises(CurationError, match="1 to 500"):
        draw(desk, batch, 0)
    annotator = Actor(desk.actor.person_id, frozenset({"annotator"}))
    with pytest.raises(NotAllowedError):
        sampling.draw_sample(desk.ws, annotator, batch, 5, nonce=desk.nonce())
    assert draw(desk, batch, 500).n == N
