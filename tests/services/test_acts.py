"""Acts: once each, with a role, and in the audit."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import CurationError, NotAllowedError, StateError
from curation.model.people import ROLES, Actor
from curation.model.states import ExampleState
from curation.services import (
    batching,
    cataloguing,
    copying,
    exporting,
    freezing,
    import_orders,
    people,
    projects,
    promoting,
    reviewing,
    roles,
    writing,
)
from curation.services.auditing import AuditHead, find_tampering, list_audit, read_head
from curation.services.browsing import count_states
from tests.shop_rows import Desk, make_example, make_tool, open_desk


def test_same_nonce_twice_is_done_once_with_the_same_result(desk: Desk):
    first = writing.new_example(desk.ws, desk.actor, desk.project_id, make_example(), nonce="click")
    second = writing.new_example(desk.ws, desk.actor, desk.project_id, make_example(), nonce="click")
    assert first == second
    assert count_states(desk.ws, desk.project_id)["draft"] == 1


def test_repeated_save_gives_the_revision_it_made_even_after_a_newer_one(desk: Desk):
    view = desk.write()
    first = writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("B-1"), nonce="save")
    writing.save_example(desk.ws, desk.actor, view.id, 2, make_example("B-2"), nonce="later")
    again = writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("B-1"), nonce="save")
    assert (again.rev, again.example) == (first.rev, first.example)
    assert again.head_rev == 3


def test_nonce_of_another_act_is_refused(desk: Desk):
    view = writing.new_example(desk.ws, desk.actor, desk.project_id, make_example(), nonce="click")
    with pytest.raises(StateError, match="another act"):
        writing.submit(desk.ws, desk.actor, view.id, 1, nonce="click")


def test_act_without_nonce_is_refused(desk: Desk):
    with pytest.raises(StateError, match="nonce"):
        writing.new_example(desk.ws, desk.actor, desk.project_id, make_example(), nonce="")


def test_act_that_fails_leaves_nothing_and_may_be_tried_again(desk: Desk):
    view = desk.write()
    head = read_head(desk.ws)
    with pytest.raises(StateError):
        reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce="accept")
    assert read_head(desk.ws) == head
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    assert reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce="accept").state is ExampleState.ACCEPTED


def test_audit_says_who_did_what(desk: Desk):
    view = desk.write()
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    people.rename_person(desk.ws, desk.actor, "Mara", desk.nonce())
    lines = list_audit(desk.ws, view.id)
    assert [(line.act, line.before, line.after) for line in lines] == [
        ("submit example", "draft@1", "submitted@1"),
        ("write example", None, "draft@1"),
    ]
    assert {line.by for line in lines} == {"Mara"}


TAMPERS = {
    "changed": "UPDATE audit SET after = 'x' WHERE seq = 2",
    "resealed": "UPDATE audit SET hash = 'x' WHERE seq = 2",
    "missing": "DELETE FROM audit WHERE seq = 2",
    "swapped": "UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE 2 END WHERE seq IN (2, 3)",
}


@pytest.mark.parametrize("how", TAMPERS)
def test_tampering_with_the_audit_is_found(desk: Desk, how: str):
    for i in range(4):
        desk.write(make_example(f"A-{i}00"))
    assert find_tampering(desk.ws) is None
    _tamper(desk, TAMPERS[how])
    assert find_tampering(desk.ws) is not None


def test_audit_cut_short_is_found_with_an_earlier_head(desk: Desk):
    desk.write()
    desk.write(make_example("A-78"))
    known = read_head(desk.ws)
    _tamper(desk, f"DELETE FROM audit WHERE seq = {known.seq}")
    assert find_tampering(desk.ws) is None
    assert find_tampering(desk.ws, known) == f"the audit no longer holds the row {known.seq} noted earlier"
    assert find_tampering(desk.ws, AuditHead(0, "")) is None


def _tamper(desk: Desk, statement: str) -> None:
    """What somebody with the file in hand could do: take the guards away first."""
    with desk.ws.unit() as unit:
        unit.connection.execute(text("DROP TRIGGER audit_is_not_changed"))
        unit.connection.execute(text("DROP TRIGGER audit_is_not_deleted"))
        unit.connection.execute(text(statement))
        unit.commit()


def _with_roles(desk: Desk, *names: str) -> Actor:
    return msgspec.structs.replace(desk.actor, roles=frozenset(names))


CALLS = {
    "rename person": lambda desk, actor, n: people.rename_person(desk.ws, actor, "Mara", n),
    "create project": lambda desk, actor, n: projects.create_project(desk.ws, actor, "Other", nonce=n),
    "set target": lambda desk, actor, n: projects.set_target(desk.ws, actor, desk.project_id, None, nonce=n),
    "save tool": lambda desk, actor, n: cataloguing.save_tool(desk.ws, actor, desk.project_id, make_tool(), nonce=n),
    "import tools": lambda desk, actor, n: cataloguing.import_tools(
        desk.ws, actor, desk.project_id, [make_tool()], nonce=n
    ),
    "archive tool": lambda desk, actor, n: cataloguing.archive_tool(desk.ws, actor, "none", nonce=n),
    "publish catalogue": lambda desk, actor, n: cataloguing.publish(desk.ws, actor, desk.project_id, nonce=n),
    "write example": lambda desk, actor, n: writing.new_example(
        desk.ws, actor, desk.project_id, make_example(), nonce=n
    ),
    "save example": lambda desk, actor, n: writing.save_example(desk.ws, actor, "none", 1, make_example(), nonce=n),
    "submit example": lambda desk, actor, n: writing.submit(desk.ws, actor, "none", 1, nonce=n),
    "archive example": lambda desk, actor, n: writing.archive_example(desk.ws, actor, "none", nonce=n),
    "restore example": lambda desk, actor, n: writing.restore_example(desk.ws, actor, "none", nonce=n),
    "undo": lambda desk, actor, n: writing.undo_last(desk.ws, actor, "none", 1, nonce=n),
    "redo": lambda desk, actor, n: writing.redo_last(desk.ws, actor, "none", 1, nonce=n),
    "duplicate example": lambda desk, actor, n: copying.duplicate_example(desk.ws, actor, "none", nonce=n),
    "split example": lambda desk, actor, n: copying.split_example(desk.ws, actor, "none", 1, 1, nonce=n),
    "accept example": lambda desk, actor, n: reviewing.accept(desk.ws, actor, "none", 1, nonce=n),
    "request changes": lambda desk, actor, n: reviewing.request_changes(desk.ws, actor, "none", 1, "why", nonce=n),
    "reject example": lambda desk, actor, n: reviewing.reject(desk.ws, actor, "none", 1, "", nonce=n),
    "comment": lambda desk, actor, n: reviewing.add_comment(desk.ws, actor, "none", 1, "why", nonce=n),
    "accept batch": lambda desk, actor, n: reviewing.accept_batch(
        desk.ws, actor, desk.project_id, states=["candidate"], nonce=n
    ),
    "add examples": lambda desk, actor, n: batching.add_examples(
        desk.ws, actor, desk.project_id, [], origin="x", name="x", nonce=n
    ),
    "begin import": lambda desk, actor, n: import_orders.begin_import(
        desk.ws, actor, desk.project_id, io.BytesIO(b"{}"), name="rows.jsonl", nonce=n
    ),
    "cancel import": lambda desk, actor, n: import_orders.cancel_import(desk.ws, actor, "none", nonce=n),
    "undo batch": lambda desk, actor, n: batching.undo_batch(desk.ws, actor, "none", nonce=n),
    "set gate": lambda desk, actor, n: promoting.set_floors(desk.ws, actor, desk.project_id, (), nonce=n),
    "promote model": lambda desk, actor, n: promoting.promote(
        desk.ws, actor, desk.project_id, "none", "none", reason="why", nonce=n
    ),
    "roll back model": lambda desk, actor, n: promoting.roll_back(
        desk.ws, actor, desk.project_id, reason="why", nonce=n
    ),
    "freeze": lambda desk, actor, n: freezing.freeze(desk.ws, actor, desk.project_id, nonce=n),
    "export": lambda desk, actor, n: exporting.export_dataset(desk.ws, actor, "none", "openai", desk.ws.home / "x"),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all the questions who may do what; most of the acts fail for other reasons there."""
    with open_desk(tmp_path_factory.mktemp("shared")) as opened:
        yield opened


@pytest.mark.parametrize("act", CALLS)
@pytest.mark.parametrize("role", ROLES)
def test_role_opens_exactly_the_acts_of_the_table(shared: Desk, act: str, role: str):
    refused = False
    try:
        CALLS[act](shared, _with_roles(shared, role), shared.nonce())
    except NotAllowedError:
        refused = True
    except CurationError:
        pass
    assert refused == (role not in roles.ALLOWED[act])


SERVICES = Path(people.__file__).parent
ACT_NAME = re.compile(r"\b(?:perform|find_done|require)\(\s*(?:ws,\s*)?actor,\s*\"([^\"]+)\"")


def test_every_act_of_the_services_stands_in_the_table():
    used = {name for path in SERVICES.glob("*.py") for name in ACT_NAME.findall(path.read_text())}
    assert len(used) > 20
    assert used <= set(roles.ALLOWED)


def test_act_nobody_listed_is_refused(desk: Desk):
    with pytest.raises(NotAllowedError, match="nobody"):
        roles.require(desk.actor, "launch rockets")
