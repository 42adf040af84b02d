"""What is frozen or accepted in a batch was judged by what holds at that very moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import text

from curation.errors import CurationError
from curation.model.states import ExampleState
from curation.services import freezing, projects, reviewing, writing
from tests.shop_rows import Desk


def freeze(desk: Desk, nonce: str) -> object:
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=nonce)


def accept_batch(desk: Desk, nonce: str) -> object:
    return reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=["candidate"], nonce=nonce)


def prepare_accepted(desk: Desk) -> None:
    view = desk.write()
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())


def prepare_candidate(desk: Desk) -> None:
    desk.write(state=ExampleState.CANDIDATE)


@pytest.mark.parametrize(("prepare", "act"), [(prepare_accepted, freeze), (prepare_candidate, accept_batch)])
def test_target_that_changes_while_an_act_waits_is_not_passed_by(
    desk: Desk, prepare: Callable[[Desk], None], act: Callable[[Desk, str], object]
):
    prepare(desk)
    met: list[CurationError] = []

    def wait_and_act() -> None:
        try:
            act(desk, "first")
        except CurationError as error:
            met.append(error)

    waiting = threading.Thread(target=wait_and_act, daemon=True)
    with desk.ws.unit() as unit:
        waiting.start()
        time.sleep(0.2)
        unit.connection.execute(text("UPDATE project SET working_target = 'mistral'"))
        unit.commit()
    waiting.join()
    (refused,) = met
    assert refused.retryable
    assert "changed in between" in refused.message
    with pytest.raises(CurationError, match="errors"):
        act(desk, "second")
    projects.set_target(desk.ws, desk.actor, desk.project_id, None, nonce=desk.nonce())
    assert act(desk, "third")
