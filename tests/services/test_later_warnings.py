"""The warnings of a long file follow in the background, and end up as if everything had been judged at once."""

from __future__ import annotations

import io
import threading

import msgspec
from sqlalchemy import text

from curation.model.definition import Definition
from curation.model.envelope import encode
from curation.services import importing, landing, rechecking, reviewing
from curation.services.keeping import run_keeper
from tests.shop_rows import TRACK_ORDER, Desk, make_broken_example, make_example

N = landing.AT_ONCE + 60
VAGUE = Definition(TRACK_ORDER.text.replace('"description":"The order number, such as A-77.",', ""))


def bring(desk: Desk) -> None:
    vague = [msgspec.structs.replace(make_example(f"A-{n}00"), tools=(VAGUE,)) for n in range(N - 1)]
    data = b"".join(encode(one) + b"\n" for one in (*vague, make_broken_example("B-1")))
    importing.import_stream(desk.ws, desk.actor, desk.project_id, io.BytesIO(data), name="rows.jsonl", nonce="in")


def verdicts(desk: Desk) -> list[object]:
    query = (
        "SELECT e.number, n_error, n_warning, verdict_key, f.rule, f.place, f.message FROM example e"
        " LEFT JOIN finding f ON f.example_id = e.id ORDER BY 1, f.position"
    )
    with desk.ws.reading() as connection:
        return list(connection.execute(text(query)).all())


def unjudged(desk: Desk) -> int:
    with desk.ws.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM example WHERE verdict_key = ''")).scalar_one())


def test_errors_are_known_at_once_and_warnings_follow(desk: Desk):
    bring(desk)
    assert unjudged(desk) == N - landing.AT_ONCE
    with desk.ws.reading() as connection:
        query = text("SELECT count(*) FROM example WHERE n_error > 0")
        assert connection.execute(query).scalar_one() == 1
    assert rechecking.judge_unjudged(desk.ws) == N - landing.AT_ONCE
    assert unjudged(desk) == 0
    later = verdicts(desk)
    with desk.ws.unit() as unit:
        unit.connection.execute(text("UPDATE example SET verdict_key = 'older'"))
        unit.commit()
    assert rechecking.recheck_stale(desk.ws, desk.project_id) == N
    assert verdicts(desk) == later
    assert sum(1 for row in later if row[4] == "description-missing") == N - 1


def test_keeper_lets_warnings_follow(desk: Desk):
    bring(desk)
    stop = threading.Event()
    keeper = threading.Thread(target=run_keeper, args=(desk.ws, stop))
    keeper.start()
    try:
        for _ in range(400):
            if not unjudged(desk):
                break
            stop.wait(0.05)
    finally:
        stop.set()
        keeper.join()
    assert unjudged(desk) == 0


def test_whoever_needs_the_verdicts_now_does_not_wait_for_the_background(desk: Desk):
    bring(desk)
    reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=["draft"], nonce="accept")
    assert unjudged(desk) == 0


def test_example_whose_body_was_erased_is_passed_over(desk: Desk):
    bring(desk)
    with desk.ws.unit() as unit:
        erased = "(SELECT head_hash FROM example WHERE number = 205)"
        unit.connection.execute(text(f"UPDATE body SET bytes = x'', erased_at = 'now' WHERE hash = {erased}"))
        unit.commit()
    assert rechecking.judge_unjudged(desk.ws) == N - landing.AT_ONCE
    assert unjudged(desk) == 0
