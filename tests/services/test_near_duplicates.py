"""What is like what in a project: families, contradictions and live answers, kept up a little behind."""

from __future__ import annotations

import random
import threading
import time

import pytest
from sqlalchemy import text

from curation.model.example import Arguments, Call, Example, Message
from curation.services import batching, near_duplicates, near_indexing, near_merging, writing
from curation.services.near_indexing import StoppedError, catch_up, compare_waiting, count_waiting, following
from db import near_index
from tests.shop_rows import TRACK_ORDER, Desk

WORDS = [f"word{n}" for n in range(3_000)]


def ask(words: str, order: str = "A-77", *, group: str | None = None) -> Example:
    call = Call(name="track_order", arguments=Arguments(f'{{"order_id":"{order}"}}'), id="call_1", type="function")
    return Example(
        messages=(Message(role="user", content=words), Message(role="assistant", calls=(call,))),
        tools=(TRACK_ORDER,),
        group=group,
    )


def story(seed: int, n: int = 40) -> list[str]:
    return random.Random(seed).choices(WORDS, k=n)


def retold(seed: int, n: int = 40) -> str:
    words = story(seed, n)
    words[n // 2] = "otherwise"
    return " ".join(words)


def told(seed: int, n: int = 40) -> str:
    return " ".join(story(seed, n))


def compare_all(desk: Desk, at_once: int) -> None:
    while compare_waiting(desk.ws, at_once):
        pass


def families(desk: Desk) -> list[list[int]]:
    with desk.ws.reading() as connection:
        rows = connection.execute(text("SELECT family, number FROM near_text WHERE family IS NOT NULL ORDER BY 2"))
        found: dict[int, list[int]] = {}
        for family, number in rows:
            found.setdefault(family, []).append(number)
    return sorted(members for members in found.values() if len(members) > 1)


def conflicts(desk: Desk) -> list[int]:
    with desk.ws.reading() as connection:
        return sorted(connection.execute(text("SELECT DISTINCT number FROM near_conflict")).scalars())


def check_index(desk: Desk) -> None:
    """Every key leads to an example that has it, and nothing waits."""
    assert count_waiting(desk.ws) == 0
    with desk.ws.reading() as connection:
        orphans = (
            "SELECT count(*) FROM near_key k LEFT JOIN near_text t ON t.number = k.number"
            " LEFT JOIN near_run r ON r.run = t.run AND r.stored = k.run WHERE r.run IS NULL"
        )
        assert connection.execute(text(orphans)).scalar_one() == 0
        lost = "SELECT count(*) FROM near_key WHERE run NOT IN (SELECT stored FROM near_run)"
        assert connection.execute(text(lost)).scalar_one() == 0
        runs = "SELECT run, n_rows FROM near_run ORDER BY run"
        counted = "SELECT run, count(*) FROM near_text GROUP BY run ORDER BY run"
        assert connection.execute(text(runs)).all() == connection.execute(text(counted)).all()


def test_what_is_nearly_the_same_becomes_a_family_whichever_came_first(desk: Desk) -> None:
    desk.write(ask(told(1)))
    desk.write(ask(told(2)))
    catch_up(desk.ws)
    assert families(desk) == []
    desk.write(ask(retold(1)))
    desk.write(ask(told(3)))
    desk.write(ask(retold(3)))
    catch_up(desk.ws)
    assert families(desk) == [[1, 3], [4, 5]]
    check_index(desk)


def test_a_row_that_is_like_two_families_makes_them_one(desk: Desk) -> None:
    words = story(1, 60)
    for seed in (5, 6):
        desk.write(ask(" ".join([*words[:50], *story(seed, 4)])))
    for seed in (7, 8):
        desk.write(ask(" ".join([*story(seed, 4), *words[10:]])))
    catch_up(desk.ws)
    assert families(desk) == [[1, 2], [3, 4]]
    desk.write(ask(" ".join(words)))
    catch_up(desk.ws)
    assert families(desk) == [[1, 2, 3, 4, 5]]


def test_an_edit_leaves_the_family_and_those_it_held_together_are_compared_again(desk: Desk) -> None:
    first = desk.write(ask(told(1)))
    desk.write(ask(retold(1)))
    desk.write(ask(told(1), "A-78"))
    catch_up(desk.ws)
    assert families(desk) == [[1, 2, 3]]
    writing.save_example(desk.ws, desk.actor, first.id, 1, ask(told(9)), nonce=desk.nonce())
    catch_up(desk.ws)
    assert families(desk) == [[2, 3]]
    check_index(desk)


def test_what_is_archived_is_like_nothing_until_it_comes_back(desk: Desk) -> None:
    first = desk.write(ask(told(1)))
    desk.write(ask(retold(1)))
    catch_up(desk.ws)
    writing.archive_example(desk.ws, desk.actor, first.id, nonce=desk.nonce())
    catch_up(desk.ws)
    assert families(desk) == []
    assert near_duplicates.find_alike(desk.ws, desk.project_id, ask(told(1)))[0].number == 2
    writing.restore_example(desk.ws, desk.actor, first.id, nonce=desk.nonce())
    catch_up(desk.ws)
    assert families(desk) == [[1, 2]]
    check_index(desk)


def test_an_import_taken_back_leaves_nothing_behind(desk: Desk) -> None:
    rows = [ask(told(n)) for n in range(30)] + [ask(retold(n)) for n in range(30)]
    report = batching.add_examples(
        desk.ws, desk.actor, desk.project_id, rows, origin="import", name="x", nonce=desk.nonce()
    )
    catch_up(desk.ws)
    assert len(families(desk)) == 30
    batching.undo_batch(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    catch_up(desk.ws)
    assert families(desk) == []
    with desk.ws.reading() as connection:
        for table in ("near_key", "near_text", "near_run", "near_conflict"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def test_what_is_erased_is_like_nothing_any_more(desk: Desk) -> None:
    desk.write(ask(told(1)))
    desk.write(ask(retold(1)))
    catch_up(desk.ws)
    with desk.ws.unit() as unit:
        first = "SELECT head_hash FROM example WHERE number = 1"
        unit.connection.execute(text(f"UPDATE body SET bytes = X'', erased_at = '2026-01-02' WHERE hash = ({first})"))
        unit.commit()
    catch_up(desk.ws)
    assert families(desk) == []
    assert [one.number for one in near_duplicates.find_alike(desk.ws, desk.project_id, ask(told(1)))] == [2]
    check_index(desk)


def test_rows_of_an_import_are_not_compared_before_they_are_all_there(desk: Desk) -> None:
    waiting = []
    rows = (ask(told(n)) for n in range(450))
    batching.add_examples(
        desk.ws,
        desk.actor,
        desk.project_id,
        rows,
        origin="import",
        name="x",
        progress=lambda _: waiting.append(count_waiting(desk.ws)),
        nonce=desk.nonce(),
    )
    assert len(waiting) > 1
    assert not any(waiting)
    assert count_waiting(desk.ws) == 450


def test_same_request_with_another_call_is_a_contradiction_until_one_is_mended(desk: Desk) -> None:
    desk.write(ask("Where is it now, please?", "A-1"))
    second = desk.write(ask("Where is it now, please?", "A-2"))
    desk.write(ask("Where is it now, please?", "A-1"))
    desk.write(ask("Something else entirely, today", "A-1"))
    catch_up(desk.ws)
    assert conflicts(desk) == [1, 2, 3]
    mended = ask("Where is it now, please?", "A-1")
    writing.save_example(desk.ws, desk.actor, second.id, 1, mended, nonce=desk.nonce())
    catch_up(desk.ws)
    assert conflicts(desk) == []
    check_index(desk)


def test_alike_are_told_by_the_request_alone_while_nothing_else_is_written(desk: Desk) -> None:
    view = desk.write(ask(told(1)))
    desk.write(ask(told(2)))
    catch_up(desk.ws)
    begun = Example(messages=(Message(role="user", content=retold(1)),), tools=(TRACK_ORDER,))
    (found,) = near_duplicates.find_alike(desk.ws, desk.project_id, begun)
    assert (found.example_id, found.number, found.split) == (view.id, 1, None)
    assert 0.65 <= found.likeness < 1
    assert near_duplicates.find_alike(desk.ws, desk.project_id, ask(told(77))) == ()
    assert near_duplicates.find_alike(desk.ws, desk.project_id, view.example, except_id=view.id) == ()
    assert near_duplicates.find_alike(desk.ws, "another project", view.example) == ()


def test_the_line_for_the_writer_names_the_closest(desk: Desk) -> None:
    desk.write(ask(told(1)))
    desk.write(ask(retold(1)))
    catch_up(desk.ws)
    alike = near_duplicates.find_alike(desk.ws, desk.project_id, ask(told(1)))
    assert [one.number for one in alike] == [1, 2]
    assert near_duplicates.say_alike(alike) == (
        "Nearly the same as example 1 and 1 more (100% of the words in sequence)."
    )
    assert near_duplicates.say_alike(()) is None


def test_a_kill_in_the_middle_costs_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(6):
        desk.write(ask(told(n)))
        desk.write(ask(retold(n)))

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    for place in ("open_run", "put_kept", "drop_todo"):
        with monkeypatch.context() as patched:
            patched.setattr(near_index, place, die)
            with pytest.raises(Killed):
                compare_waiting(desk.ws)
        assert count_waiting(desk.ws) == 12
    catch_up(desk.ws)
    assert families(desk) == [[n, n + 1] for n in range(1, 12, 2)]
    with desk.ws.reading() as connection:
        runs = set(connection.execute(text("SELECT DISTINCT run FROM near_key")).scalars())
        assert runs <= set(connection.execute(text("SELECT stored FROM near_run")).scalars())


def test_what_is_saved_while_it_is_compared_goes_on_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    view = desk.write(ask(told(1)))
    desk.write(ask(retold(1)))
    compare = near_indexing.Comparison

    def save_meanwhile(*given: object) -> object:
        writing.save_example(desk.ws, desk.actor, view.id, 1, ask(told(5)), nonce="meanwhile")
        monkeypatch.setattr(near_indexing, "Comparison", compare)
        return compare(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(near_indexing, "Comparison", save_meanwhile)
    assert compare_waiting(desk.ws) == 2
    assert count_waiting(desk.ws) == 1
    catch_up(desk.ws)
    assert families(desk) == []
    assert near_duplicates.find_alike(desk.ws, desk.project_id, ask(told(5)))[0].number == 1


def test_two_passes_at_once_do_not_miss_each_other(desk: Desk) -> None:
    for n in range(40):
        desk.write(ask(told(n)))
        desk.write(ask(retold(n)))
    threads = [threading.Thread(target=catch_up, args=(desk.ws,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(families(desk)) == 40
    check_index(desk)


def test_runs_are_put_together_and_everything_is_still_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_index, "SMALL_RUN", 2)
    monkeypatch.setattr(near_merging, "SMALLEST", 4)
    monkeypatch.setattr(near_merging, "ENTRIES", 50)
    views = [desk.write(ask(told(n))) for n in range(24)]
    compare_all(desk, 2)
    with desk.ws.reading() as connection:
        n_stored = len(near_index.list_stored(connection))
    assert n_stored <= 6, "twelve runs of two"
    check_index(desk)
    for n in range(24):
        (found,) = near_duplicates.find_alike(desk.ws, desk.project_id, ask(retold(n)))
        assert found.number == n + 1
    for view in views[:20]:
        writing.archive_example(desk.ws, desk.actor, view.id, nonce=desk.nonce())
    catch_up(desk.ws)
    check_index(desk)
    assert near_duplicates.find_alike(desk.ws, desk.project_id, ask(retold(3))) == ()
    assert near_duplicates.find_alike(desk.ws, desk.project_id, ask(retold(22)))[0].number == 23


def test_a_merge_cut_short_is_begun_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_index, "SMALL_RUN", 1)
    monkeypatch.setattr(near_merging, "ENTRIES", 50)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    for n in range(4):
        desk.write(ask(told(n)))
    with monkeypatch.context() as patched:
        patched.setattr(near_index, "move_runs", die)
        with pytest.raises(Killed):
            compare_all(desk, 1)
    desk.write(ask(told(4)))
    catch_up(desk.ws)
    check_index(desk)
    with desk.ws.reading() as connection:
        assert list(near_index.list_stored(connection).values()) == [5]
    for n in range(5):
        assert near_duplicates.find_alike(desk.ws, desk.project_id, ask(retold(n)))[0].number == n + 1


def test_what_is_written_is_compared_in_the_background(desk: Desk) -> None:
    with following(desk.ws, poll_s=0.01):
        desk.write(ask(told(1)))
        desk.write(ask(retold(1)))
        deadline = time.monotonic() + 30
        while families(desk) != [[1, 2]] and time.monotonic() < deadline:
            time.sleep(0.01)
    assert families(desk) == [[1, 2]]


def test_a_pass_that_is_told_to_stop_leaves_the_rest_waiting(desk: Desk) -> None:
    for n in range(5):
        desk.write(ask(told(n)))
    with pytest.raises(StoppedError):
        compare_waiting(desk.ws, is_stopped=lambda: True)
    assert count_waiting(desk.ws) == 5
    catch_up(desk.ws)
    check_index(desk)


def test_small_passes_and_a_large_one_find_the_same(desk: Desk) -> None:
    for n in range(25):
        desk.write(ask(told(n)))
        desk.write(ask(retold(n)))
    compare_all(desk, 3)
    assert families(desk) == [[n, n + 1] for n in range(1, 50, 2)]
    check_index(desk)
