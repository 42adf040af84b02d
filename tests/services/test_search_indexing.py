"""Search finds what came in batches a little later, what somebody writes at once, and nothing that went."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import text

from curation.model.envelope import encode
from curation.services import bringing_in, import_orders, importing, intake, writing
from curation.services.browsing import list_examples
from curation.services.search_indexing import count_unindexed, index_waiting
from db import search
from tests.shop_rows import Desk, make_example

N = intake.CHUNK + 7


def bring(desk: Desk) -> None:
    data = b"".join(encode(make_example(f"A-{n}00")) + b"\n" for n in range(N))
    import_orders.begin_import(desk.ws, desk.actor, desk.project_id, io.BytesIO(data), name="rows.jsonl", nonce="order")
    assert bringing_in.bring_in_next(desk.ws)


def found(desk: Desk, words: str) -> int:
    return len(list_examples(desk.ws, desk.project_id, search=words, limit=2 * N).rows)


def is_sound(desk: Desk) -> bool:
    """Whether the index holds what the texts say, of those that do not wait."""
    with desk.ws.unit() as unit:
        n_waiting = unit.connection.execute(text("SELECT count(*) FROM search_todo")).scalar_one()
        if not n_waiting:
            check = "INSERT INTO example_search (example_search, rank) VALUES ('integrity-check', 1)"
            unit.connection.exec_driver_sql(check)
        return n_waiting == 0


def test_search_finds_an_ordered_file_once_a_pass_has_followed(desk: Desk):
    bring(desk)
    assert (found(desk, "order"), count_unindexed(desk.ws, desk.project_id)) == (0, N)
    assert index_waiting(desk.ws) == N
    assert (found(desk, "order"), count_unindexed(desk.ws, desk.project_id)) == (N, 0)
    assert index_waiting(desk.ws) == 0
    assert is_sound(desk)


def test_a_file_brought_in_at_once_is_found_when_that_returns(desk: Desk):
    data = b"".join(encode(make_example(f"A-{n}00")) + b"\n" for n in range(N))
    importing.import_stream(desk.ws, desk.actor, desk.project_id, io.BytesIO(data), name="rows.jsonl", nonce="in")
    assert found(desk, "order") == N


def test_what_is_written_is_found_at_once_while_a_file_waits(desk: Desk):
    bring(desk)
    view = writing.new_example(desk.ws, desk.actor, desk.project_id, make_example("B-100"), nonce="new")
    assert found(desk, "order") == 1
    waiting = list_examples(desk.ws, desk.project_id, limit=2).rows[1]
    opened = writing.open_example(desk.ws, waiting.id)
    writing.save_example(desk.ws, desk.actor, opened.id, 1, make_example("C-100"), nonce="save")
    assert found(desk, "order") == 2
    assert found(desk, view.title.split()[0]) >= 1
    index_waiting(desk.ws)
    assert found(desk, "order") == N + 1
    assert is_sound(desk)


def test_a_pass_that_was_stopped_goes_on_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    bring(desk)
    looks = iter(range(3))
    index_waiting(desk.ws, is_stopped=lambda: next(looks, None) is None)
    real = search.add_texts

    def fail(*args: object) -> None:
        real(*args)
        raise RuntimeError("killed")

    monkeypatch.setattr(search, "add_texts", fail)
    if count_unindexed(desk.ws, desk.project_id):
        with pytest.raises(RuntimeError):
            index_waiting(desk.ws)
    monkeypatch.undo()
    assert found(desk, "order") + count_unindexed(desk.ws, desk.project_id) == N
    index_waiting(desk.ws)
    assert found(desk, "order") == N
    assert is_sound(desk)


def test_an_import_taken_back_before_it_was_found_leaves_nothing(desk: Desk):
    bring(desk)
    (source,) = importing.list_sources(desk.ws, desk.project_id)
    importing.undo_import(desk.ws, desk.actor, source.batch_id, nonce="undo")
    assert index_waiting(desk.ws) == 0
    assert found(desk, "order") == 0
    assert is_sound(desk)
