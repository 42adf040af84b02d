"""Writing examples: every save is a revision on top of the one it began from."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, NotFoundError, StateError
from curation.model.example import Example, Waiver
from curation.model.finding import Finding, Judged
from curation.model.people import Actor
from curation.model.states import ExampleState, Split
from curation.rules import RULES, fingerprint
from curation.services.acts import Act, perform
from curation.services.batching import BatchReport, add_examples
from curation.services.heads import Saved, derive_if_stale, move, need_example, prepare, require_no_errors, revise
from curation.services.judging import check_example, read_bench, read_body, reread
from curation.services.projects import need_project
from curation.services.rejoining import redo, undo
from curation.services.roles import require
from curation.services.second_looks import draw
from curation.services.undoing import has_undone, take_back_since
from curation.services.workspace import Workspace
from db import acts, datasets, examples, people
from db.acts import Deed
from db.examples import ExampleRecord, NewExample

__all__ = ["BatchReport", "ExampleView", "add_examples", "new_example", "open_example", "save_example", "submit"]


class ExampleView(msgspec.Struct, frozen=True):
    """One example, open at one revision.

    `state` and `head_rev` are those of the newest revision; `rev` and `example` are of the one opened.
    """

    id: str
    project_id: str
    title: str
    state: ExampleState
    head_rev: int
    rev: int
    example: Example
    body: bytes
    judged: tuple[Judged, ...]
    categories: tuple[str, ...]
    split: Split | None
    group: str | None
    origin: str
    updated_by: str
    updated_at: str
    author: str
    """Who made the newest revision; `updated_by` may have moved the state only."""
    number: int
    seq: int
    """The number of the newest change in the audit: what is undone is what was seen."""


def new_example(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    example: Example,
    *,
    origin: str = "written",
    state: ExampleState = ExampleState.DRAFT,
    nonce: str,
) -> ExampleView:
    """A new example, as a draft or a candidate; nothing starts accepted."""
    require_beginning(state)
    prepared = prepare(ws, project_id, example)

    def work(act: Act) -> Saved:
        project = need_project(act.connection, project_id)
        derived = derive_if_stale(act.connection, project.id, example, prepared)
        new = NewExample(ws.new_id(), project.id, state, origin, derived)
        examples.add_examples(act.connection, [new], actor.person_id, act.at, why=origin)
        act.note(Deed(new.id, after=f"{state.value}@1", project_id=project.id))
        return Saved(new.id, 1)

    return _open_saved(ws, perform(ws, actor, "write example", nonce, Saved, work))


def require_beginning(state: ExampleState) -> None:
    """New work begins as a candidate or a draft; every other state is reached by an act."""
    if state not in (ExampleState.CANDIDATE, ExampleState.DRAFT):
        raise StateError(f"A new example cannot begin as {state.value}.", hint="Let it begin as a draft.")


def open_example(ws: Workspace, example_id: str, rev: int | None = None) -> ExampleView:
    """An example at its newest revision or at an older one, judged as of now."""
    with ws.reading() as connection:
        head = need_example(connection, example_id)
        return _view(connection, head, rev or head.head_rev)


def save_example(
    ws: Workspace,
    actor: Actor,
    example_id: str,
    base_rev: int,
    example: Example,
    *,
    why: str = "edited",
    nonce: str,
) -> ExampleView:
    """Save the next revision. Accepted work goes back to draft; somebody else's save in between is told."""
    require(actor, "save example")
    with ws.reading() as connection:
        project_id = need_example(connection, example_id).project_id
    prepared = prepare(ws, project_id, example)

    def work(act: Act) -> Saved:
        return revise(act, need_example(act.connection, example_id), base_rev, example, why, prepared)

    return _open_saved(ws, perform(ws, actor, "save example", nonce, Saved, work))


def submit(ws: Workspace, actor: Actor, example_id: str, rev: int, *, nonce: str) -> ExampleView:
    """Hand an example to review; it has no errors then."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        require_no_errors(act, head, "submitted")
        saved = move(act, head, rev, "submit")
        draw(act, head)
        return saved

    return _open_saved(ws, perform(ws, actor, "submit example", nonce, Saved, work))


def judge_example(ws: Workspace, project_id: str, example: Example) -> tuple[Judged, ...]:
    """What would be said about this example if it were saved now; errors first."""
    with ws.reading() as connection:
        bench = read_bench(connection, project_id)
    return check_example(bench, reread(example)[1])[1]


def waive(
    ws: Workspace, actor: Actor, example_id: str, rev: int, finding: Finding, reason: str, *, nonce: str
) -> ExampleView:
    """Keep a finding's value anyway, with a reason; the waiver is part of the example."""
    rule = next((one for one in RULES if one.slug == finding.rule), None)
    if rule is None or not rule.waivable:
        raise BlockedError(f"`{finding.rule}` cannot be kept: {finding.message}", hint="Put the value right instead.")
    if not reason.strip():
        raise BlockedError(f"Keeping `{finding.rule}` needs a reason.", hint="Say in a few words why it is right.")

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        example = read_body(examples.read_body(act.connection, head.head_hash)).example
        waiver = Waiver(finding.rule, fingerprint(finding), reason.strip(), act.actor.name, act.at)
        kept = msgspec.structs.replace(example, waivers=(*example.waivers, waiver))
        return revise(act, head, rev, kept, f"kept {finding.rule} anyway")

    return _open_saved(ws, perform(ws, actor, "waive finding", nonce, Saved, work))


def archive_example(ws: Workspace, actor: Actor, example_id: str, *, nonce: str) -> ExampleView:
    """Put an example away; dataset versions that hold it keep it."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        return move(act, head, head.head_rev, "archive")

    return _open_saved(ws, perform(ws, actor, "archive example", nonce, Saved, work))


def restore_example(ws: Workspace, actor: Actor, example_id: str, *, nonce: str) -> ExampleView:
    """Take an archived example back as a draft."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        return move(act, head, head.head_rev, "restore")

    return _open_saved(ws, perform(ws, actor, "restore example", nonce, Saved, work))


def undo_last(
    ws: Workspace,
    actor: Actor,
    example_id: str,
    rev: int,
    *,
    seen: int | None = None,
    only: int | None = None,
    nonce: str,
) -> ExampleView:
    """Take back the last save or step of an example; what was accepted before is submitted then, never accepted.

    `rev` is the newest revision the person saw, `seen` the newest change (`ExampleView.seq`): somebody else's later
    work is not taken back unseen. Without `seen` only one's own newest act is taken back,
    with `only` no other change than this one.
    """
    return _open_saved(ws, perform(ws, actor, "undo", nonce, Saved, lambda act: undo(act, example_id, rev, seen, only)))


def undo_since(
    ws: Workspace, actor: Actor, example_id: str, rev: int, since: int, *, only: int | None = None, nonce: str
) -> ExampleView:
    """Take back everything one did to an example after one change (`ExampleView.seq`), in one act.

    `only` is the last change that is meant; a later one is left alone, and all the others with it.
    """

    def work(act: Act) -> Saved:
        return take_back_since(act, example_id, rev, since, only)

    return _open_saved(ws, perform(ws, actor, "undo", nonce, Saved, work))


def redo_last(
    ws: Workspace, actor: Actor, example_id: str, rev: int, *, seen: int | None = None, nonce: str
) -> ExampleView:
    """Do again what the last undo took back, as long as nothing else was done since."""
    return _open_saved(ws, perform(ws, actor, "redo", nonce, Saved, lambda act: redo(act, example_id, rev, seen)))


def can_redo(ws: Workspace, example_id: str) -> bool:
    """Whether something was taken back that may be done again."""
    with ws.reading() as connection:
        return has_undone(connection, example_id)


def _open_saved(ws: Workspace, saved: Saved) -> ExampleView:
    return open_example(ws, saved.example_id, saved.rev)


def _view(connection: Connection, head: ExampleRecord, rev: int) -> ExampleView:
    revision = examples.find_revision(connection, head.id, rev)
    if revision is None:
        raise NotFoundError(f"Example {head.number} has no revision {rev}.")
    body = examples.read_body(connection, revision.body_hash)
    reading = read_body(body)
    split = datasets.find_split(connection, head.project_id, head.group_key)
    _, judged = check_example(read_bench(connection, head.project_id), reading)
    changed = acts.last_change(connection, head.id)
    names = people.name_people(connection)
    return ExampleView(
        id=head.id,
        project_id=head.project_id,
        title=head.title,
        state=head.state,
        head_rev=head.head_rev,
        rev=rev,
        example=reading.example,
        body=body,
        judged=judged,
        categories=head.categories,
        split=split,
        group=reading.example.group,
        origin=head.origin,
        updated_by=names.get(head.updated_by, head.updated_by),
        updated_at=head.updated_at,
        author=names.get(head.author, head.author),
        number=head.number,
        seq=changed.seq if changed else 0,
    )
