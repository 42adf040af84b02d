"""Bulk acts: previewed, done once, gone on with after a kill, careful with two people, and taken back as one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import CurationError, NotAllowedError, StateError
from curation.model.example import Example
from curation.model.filters import ExampleFilter, Level
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import auditing, browsing, bulk, bulk_running, reviewing, writing
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.bulk_preview import preview
from curation.services.bulk_views import Selection
from curation.services.sweeping import sweep_abandoned
from curation.services.workspace import open_workspace
from db import bulk as bulk_rows
from db import people
from tests.services.bulk_acts import change_all, take_all_back
from tests.shop_rows import Desk, make_broken_example, make_example, make_no_tool_example

EVERYTHING = Selection()
ARCHIVE = BulkChange(BulkAct.ARCHIVE)


def fill(desk: Desk, count: int, *, broken: int = 0) -> list[str]:
    made = [make_example(f"A-{n}") for n in range(count)] + [make_broken_example(f"B-{n}") for n in range(broken)]
    return [desk.write(example).id for example in made]


def do(desk: Desk, act: BulkAct, value: str = "", selection: Selection = EVERYTHING, actor: Actor | None = None):
    change = BulkChange(act, value)
    return change_all(desk.ws, actor or desk.actor, desk.project_id, selection, change, nonce=desk.nonce())


def states(desk: Desk) -> dict[str, int]:
    return {state: n for state, n in browsing.count_states(desk.ws, desk.project_id).items() if n}


def example_of(desk: Desk, example_id: str) -> Example:
    return writing.open_example(desk.ws, example_id).example


def test_states_move_together_and_come_back_with_one_undo(desk: Desk):
    fill(desk, 5, broken=2)
    done = do(desk, BulkAct.SUBMIT)
    assert (done.n_items, done.n_changed, done.left) == (7, 5, {"it has errors": 2})
    assert states(desk) == {"submitted": 5, "draft": 2}
    assert do(desk, BulkAct.ACCEPT).n_changed == 5
    archived = do(desk, BulkAct.ARCHIVE)
    assert states(desk) == {"archived": 7}
    back = take_all_back(desk.ws, desk.actor, archived.id, nonce=desk.nonce())
    assert (back.state, back.n_changed) == ("undone", 7)
    assert states(desk) == {"accepted": 5, "draft": 2}, "the verdict on the same revision stands again"
    with pytest.raises(StateError, match="taken back already"):
        take_all_back(desk.ws, desk.actor, archived.id, nonce=desk.nonce())


def test_preview_says_how_many_change_and_why_others_cannot(desk: Desk):
    ids = fill(desk, 4, broken=3)
    writing.archive_example(desk.ws, desk.actor, ids[0], nonce=desk.nonce())
    everywhere = Selection(ExampleFilter(states=tuple(ExampleState)))
    seen = preview(desk.ws, desk.actor, desk.project_id, everywhere, BulkChange(BulkAct.SUBMIT))
    assert (seen.n_chosen, seen.n_changing) == (7, 3)
    assert {one.words: one.n for one in seen.reasons} == {"have errors": 3, "are archived": 1}
    for one in seen.reasons:
        assert one.filter is not None
        assert browsing.count_filtered(desk.ws, desk.project_id, one.filter).n == one.n
    chosen = preview(desk.ws, desk.actor, desk.project_id, Selection(ids=tuple(ids[:2])), ARCHIVE)
    assert (chosen.n_chosen, chosen.n_changing) == (2, 1)


def test_preview_tells_what_an_edit_costs(desk: Desk):
    fill(desk, 2)
    do(desk, BulkAct.ACCEPT)
    seen = preview(desk.ws, desk.actor, desk.project_id, EVERYTHING, BulkChange(BulkAct.ADD_TAG, "red"))
    assert seen.costs == ("2 lose their acceptance: an edit asks for a new review",)


def test_tags_and_groups_are_revisions_that_come_back(desk: Desk):
    ids = fill(desk, 3)
    tagged = do(desk, BulkAct.ADD_TAG, "  late   summer ")
    assert tagged.n_changed == 3
    assert {example_of(desk, one).tags for one in ids} == {("late summer",)}
    assert browsing.count_filtered(desk.ws, desk.project_id, ExampleFilter(tag="late summer")).n == 3
    again = preview(desk.ws, desk.actor, desk.project_id, EVERYTHING, BulkChange(BulkAct.ADD_TAG, "late summer"))
    assert (again.n_changing, again.reasons[0].words) == (0, "have the tag already")
    grouped = do(desk, BulkAct.SET_GROUP, "g1", Selection(ids=(ids[0],)))
    assert grouped.n_changed == 1
    assert example_of(desk, ids[0]).group == "g1"
    back = take_all_back(desk.ws, desk.actor, tagged.id, nonce=desk.nonce())
    assert (back.n_changed, back.left) == (2, {"touched since": 1})
    assert example_of(desk, ids[0]).tags == ("late summer",), "somebody has touched it since"
    assert {example_of(desk, one).tags for one in ids[1:]} == {()}
    assert do(desk, BulkAct.REMOVE_TAG, "late summer").n_changed == 1


def test_accepted_text_that_comes_back_is_submitted(desk: Desk):
    (one,) = fill(desk, 1)
    do(desk, BulkAct.ACCEPT)
    tagged = do(desk, BulkAct.ADD_TAG, "x")
    assert states(desk) == {"draft": 1}
    take_all_back(desk.ws, desk.actor, tagged.id, nonce=desk.nonce())
    assert states(desk) == {"submitted": 1}
    assert writing.open_example(desk.ws, one).head_rev == 3


def test_one_rule_is_mended_everywhere(desk: Desk):
    def misspelt(n: int) -> Example:
        example = make_example(f"A-{n}")
        call = example.messages[1].calls[0]  # type: ignore[index]
        wrong = msgspec.structs.replace(call, name="track_ordr")
        turn = msgspec.structs.replace(example.messages[1], calls=(wrong,))
        return msgspec.structs.replace(example, messages=(example.messages[0], turn, *example.messages[2:]))

    ids = [desk.write(misspelt(n)).id for n in range(3)]
    fill(desk, 1)
    rule = next(one.finding.rule for one in writing.open_example(desk.ws, ids[0]).judged if one.finding.fix is not None)
    selection = Selection(ExampleFilter(rule=rule))
    done = do(desk, BulkAct.FIX, rule, selection)
    assert done.n_changed == 3
    assert browsing.count_filtered(desk.ws, desk.project_id, ExampleFilter(level=Level.ERROR)).n == 0
    take_all_back(desk.ws, desk.actor, done.id, nonce=desk.nonce())
    assert browsing.count_filtered(desk.ws, desk.project_id, ExampleFilter(level=Level.ERROR)).n == 3


def test_changes_are_requested_with_one_comment(desk: Desk):
    ids = fill(desk, 2)
    do(desk, BulkAct.SUBMIT)
    assert do(desk, BulkAct.REQUEST_CHANGES, "Say the town.").n_changed == 2
    assert [one.text for one in reviewing.list_comments(desk.ws, ids[0])] == ["Say the town."]
    with pytest.raises(CurationError, match="needs a word more"):
        do(desk, BulkAct.REQUEST_CHANGES, "   ")


def test_checking_again_changes_no_state_and_is_not_undone(desk: Desk):
    fill(desk, 2)
    done = do(desk, BulkAct.RECHECK)
    assert done.n_changed == 2
    assert not done.can_be_undone
    assert states(desk) == {"draft": 2}


def test_same_nonce_is_done_once(desk: Desk):
    fill(desk, 2)
    first = change_all(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE, nonce="once")
    assert change_all(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE, nonce="once") == first
    restored = do(desk, BulkAct.RESTORE, selection=Selection(ExampleFilter(states=(ExampleState.ARCHIVED,))))
    assert restored.n_changed == 2
    assert change_all(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE, nonce="once").id == first.id
    assert states(desk) == {"draft": 2}


def test_every_changed_example_is_in_the_audit_and_is_undone_alone_too(desk: Desk):
    ids = fill(desk, 2)
    do(desk, BulkAct.ARCHIVE)
    line = auditing.list_audit(desk.ws, ids[0])[0]
    assert (line.act, line.before, line.after) == ("archive in bulk", "draft@1", "archived@1")
    writing.undo_last(desk.ws, desk.actor, ids[0], 1, nonce=desk.nonce())
    assert states(desk) == {"draft": 1, "archived": 1}
    assert auditing.find_tampering(desk.ws) is None


def test_somebody_elses_work_meanwhile_is_left_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    ids = fill(desk, 3)
    batch = bulk.begin(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE, nonce="n")
    record = bulk._need(desk.ws, batch)
    bulk._plan(desk.ws, record)
    writing.save_example(desk.ws, desk.actor, ids[1], 1, make_no_tool_example("mine"), nonce=desk.nonce())
    done = bulk.run(desk.ws, batch)
    assert (done.n_changed, done.left) == (2, {"changed by somebody meanwhile": 1})
    assert writing.open_example(desk.ws, ids[1]).state is ExampleState.DRAFT


def test_cancelled_act_takes_back_what_it_had_done(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk, "HOLD", 2)
    fill(desk, 6)
    batch = bulk.begin(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE, nonce="n")
    bulk._plan(desk.ws, bulk._need(desk.ws, batch))
    bulk._advance(desk.ws, bulk._need(desk.ws, batch), "")
    assert states(desk) == {"draft": 4, "archived": 2}
    bulk.take_back(desk.ws, desk.actor, batch, nonce="stop")
    assert bulk.run(desk.ws, batch).state == "undone"
    assert states(desk) == {"draft": 6}


def test_two_runners_of_one_act_do_each_example_once(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk, "HOLD", 5)
    ids = fill(desk, 30)
    batch = bulk.begin(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE, nonce="n")
    bulk._plan(desk.ws, bulk._need(desk.ws, batch))
    runners = [threading.Thread(target=bulk.run, args=(desk.ws, batch)) for _ in range(2)]
    for one in runners:
        one.start()
    for one in runners:
        one.join()
    assert states(desk) == {"archived": 30}
    assert [line.act for line in auditing.list_audit(desk.ws, ids[0])].count("archive in bulk") == 1
    assert bulk.view(desk.ws, batch).n_changed == 30


def test_two_people_at_once_change_each_example_once(desk: Desk):
    fill(desk, 20)
    jon = msgspec.structs.replace(desk.actor, person_id="jon", name="Jon")
    with desk.ws.unit() as unit:
        people.add_person(unit.connection, jon)
        unit.commit()
    results = []
    acts = [(desk.actor, BulkAct.ARCHIVE, "a"), (jon, BulkAct.SUBMIT, "b")]

    def work(actor: Actor, act: BulkAct, nonce: str) -> None:
        change = BulkChange(act)
        results.append(change_all(desk.ws, actor, desk.project_id, EVERYTHING, change, nonce=nonce))

    threads = [threading.Thread(target=work, args=one) for one in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    counted = states(desk)
    assert sum(counted.values()) == 20
    assert set(counted) <= {"archived", "submitted"}
    assert auditing.find_tampering(desk.ws) is None


KILLED = """
import os, signal, sys
from pathlib import Path
from curation.services import bulk, people, projects
from curation.services.bulk_views import Selection
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.workspace import open_workspace
ws = open_workspace(Path(sys.argv[1]))
bulk.HOLD = 3
batch = bulk.begin(ws, people.local_actor(ws), projects.list_projects(ws)[0].id, Selection(),
                   BulkChange(BulkAct.ARCHIVE), nonce="n")
stop = int(sys.argv[2])
if stop:
    bulk._plan(ws, bulk._need(ws, batch))
    place = ""
    for _ in range(stop - 1):
        place = bulk._advance(ws, bulk._need(ws, batch), place)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_killed_act_is_finished_at_the_next_start(tmp_path: Path, stop: int):
    home = tmp_path / "home"
    ws = open_workspace(home)
    desk = Desk(ws)
    fill(desk, 8)
    ws.close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(home), str(stop)], env={**os.environ}, check=False)
    assert done.returncode == -signal.SIGKILL
    ws = open_workspace(home)
    desk.ws = ws
    for thread in bulk_running.go_on(ws):
        thread.join()
    last = bulk.last_of(ws, desk.actor.person_id, desk.project_id)
    assert last is not None
    assert last.is_over
    assert states(desk) == {"archived": 8}
    take_all_back(ws, desk.actor, last.id, nonce="back")
    assert states(desk) == {"draft": 8}
    ws.close()


def test_only_those_who_may_do_one_may_do_many(desk: Desk):
    fill(desk, 1)
    writer = msgspec.structs.replace(desk.actor, roles=frozenset({"annotator"}))
    for act in (BulkAct.ACCEPT, BulkAct.REQUEST_CHANGES):
        with pytest.raises(NotAllowedError):
            do(desk, act, "why", actor=writer)
        with pytest.raises(NotAllowedError):
            preview(desk.ws, writer, desk.project_id, EVERYTHING, BulkChange(act, "why"))


def test_other_projects_are_never_touched(desk: Desk):
    from curation.services import projects

    other = projects.create_project(desk.ws, desk.actor, "Other", nonce="other").id
    (mine,) = fill(desk, 1)
    done = change_all(desk.ws, desk.actor, other, Selection(ids=(mine,)), ARCHIVE, nonce="x")
    assert done.n_items == 0
    assert states(desk) == {"draft": 1}


def test_act_killed_while_it_was_planned_goes_on_after_a_sweep(desk: Desk):
    ids = fill(desk, 5)
    batch = bulk.begin(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE, nonce="n")
    with desk.ws.unit() as unit:
        bulk_rows.add_items(unit.connection, batch, [(one, "draft@1") for one in ids[:3]])
        unit.connection.execute(text("UPDATE batch SET owner = ''"))
        unit.commit()
    sweep_abandoned(desk.ws.unit)
    for thread in bulk_running.go_on(desk.ws):
        thread.join()
    done = bulk.view(desk.ws, batch)
    assert (done.state, done.n_items, done.n_changed) == ("complete", 5, 5)


def test_act_that_meets_a_fault_stops_and_can_be_taken_back(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk, "HOLD", 2)
    fill(desk, 6)
    real, met = bulk.change_one, []

    def break_at_fifth(*args):
        met.append(args)
        if len(met) == 5:
            raise ZeroDivisionError
        return real(*args)

    monkeypatch.setattr(bulk, "change_one", break_at_fifth)
    batch = bulk.begin(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE, nonce="n")
    with pytest.raises(ZeroDivisionError):
        bulk.run(desk.ws, batch)
    assert bulk_running.go_on(desk.ws) == [], "it is not begun again at every look"
    stopped = bulk.view(desk.ws, batch)
    assert (stopped.is_over, stopped.n_changed, stopped.can_be_undone) == (True, 4, True)
    assert "a fault of the program" in stopped.failed
    assert take_all_back(desk.ws, desk.actor, batch, nonce="back").state == "undone"
    assert states(desk) == {"draft": 6}


def test_act_over_all_that_match_changes_what_was_counted(desk: Desk):
    fill(desk, 3)
    seen = preview(desk.ws, desk.actor, desk.project_id, EVERYTHING, ARCHIVE)
    late = desk.write(make_example("late"))
    counted = seen.counted(EVERYTHING)
    assert do(desk, BulkAct.ARCHIVE, selection=counted).n_changed == 3
    assert writing.open_example(desk.ws, late.id).state is ExampleState.DRAFT


def test_act_over_all_that_match_refuses_when_more_match_than_were_counted(desk: Desk):
    tagged = Selection(ExampleFilter(tag="late"))
    one, other = fill(desk, 2)
    do(desk, BulkAct.ADD_TAG, "late", Selection(ids=(one,)))
    seen = preview(desk.ws, desk.actor, desk.project_id, tagged, ARCHIVE)
    do(desk, BulkAct.ADD_TAG, "late", Selection(ids=(other,)))
    done = do(desk, BulkAct.ARCHIVE, selection=seen.counted(tagged))
    assert (done.state, done.n_changed) == ("failed", 0)
    assert "more fit now than the 1 " in done.failed
    assert states(desk) == {"draft": 2}
