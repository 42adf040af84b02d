"""Which submitted examples two people judge apart: a share of all, drawn by hash, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, CurationError
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services.acts import Act, perform
from curation.services.impartial import NEEDED
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import examples, second_looks
from db.acts import Deed
from db.examples import ExampleRecord
from db.many_heads import MOST
from db.project_settings import read_setting, write_setting
from db.second_looks import LookRecord

OPEN, AGREED, DIFFER, RESOLVED = "open", "agreed", "differ", "resolved"
UNDECIDED, WAITING = second_looks.UNDECIDED, second_looks.WAITING
_SHARE = "double_review_percent"
_BUCKETS = 10_000


def read_share(ws: Workspace, project_id: str) -> int:
    """Which percentage of what is submitted two people look at."""
    with ws.reading() as connection:
        return _share(connection, project_id)[0]


def set_share(ws: Workspace, actor: Actor, project_id: str, percent: int, *, nonce: str) -> int:
    """Choose the share; it counts for what is submitted from now on."""
    if not 0 <= percent <= 100:
        raise CurationError("The share of double reviews is a percentage.", hint="Choose 0 to 100.")

    def work(act: Act) -> int:
        project = need_project(act.connection, project_id)
        before, _ = _share(act.connection, project.id)
        write_setting(act.connection, project.id, _SHARE, percent)
        act.note(Deed(f"double review {project.id}", f"{before} %", f"{percent} %", project.id))
        return percent

    return perform(ws, actor, "set double review", nonce, int, work)


def is_drawn(salt: str, example_id: str, percent: int) -> bool:
    """Whether the hash of an example falls into the share; a greater share only adds examples."""
    drawn = int.from_bytes(hashlib.sha256(f"{salt} second look {example_id}".encode()).digest()[:8]) % _BUCKETS
    return drawn < percent * _BUCKETS // 100


def draw(act: Act, head: ExampleRecord) -> LookRecord | None:
    """At submission: open a look at this revision where the example is in the share."""
    return draw_all(act, head.project_id, {head.id: head.head_rev}).get(head.id)


def draw_all(act: Act, project_id: str, revs: Mapping[str, int], *, is_moved: bool = False) -> dict[str, LookRecord]:
    """The looks at examples that wait for a verdict on these revisions, whichever act brought them there.

    What two people decided and somebody took back is resolved by a third word: the two have seen each other's. Where
    the text is one that was judged before an edit, the words on it still count.

    Args:
        act: the act under way.
        project_id: the project of all of them.
        revs: example → the revision that waits.
        is_moved: nobody submitted them anew, so a look that was under way goes on, whatever the share is by now.
    """
    known = second_looks.looks_among(act.connection, list(revs))
    heard = second_looks.carry_words(
        act.connection, {one: rev for one, rev in revs.items() if one in known and known[one].rev != rev}
    )
    percent, salt = _share(act.connection, project_id)
    found: dict[str, LookRecord] = {}
    changed: list[LookRecord] = []
    for example_id, rev in revs.items():
        look = known.get(example_id)
        if look is not None and look.rev == rev:
            found[example_id] = look if look.state in UNDECIDED else _differing_again(look)
        elif example_id in heard:
            state = OPEN if heard[example_id] < NEEDED else DIFFER
            found[example_id] = LookRecord(example_id, project_id, rev, state, act.at)
        elif is_drawn(salt, example_id, percent) or (is_moved and look is not None and look.state in UNDECIDED):
            found[example_id] = LookRecord(example_id, project_id, rev, OPEN, act.at)
        if example_id in found and found[example_id] != look:
            changed.append(found[example_id])
            before = f"{look.state}@{look.rev}" if look is not None and look.rev == rev else None
            after = f"{found[example_id].state}@{rev}"
            act.note(Deed(f"second look {example_id}", before, after, project_id))
    second_looks.put_looks(act.connection, changed)
    return found


def _differing_again(look: LookRecord) -> LookRecord:
    return msgspec.structs.replace(look, state=DIFFER, resolved_by=None, resolved_at=None)


def current_look(connection: Connection, head: ExampleRecord) -> LookRecord | None:
    """The look at the newest revision; one at an older revision is over.

    A candidate is never submitted: one in the share is looked at twice from the start.
    """
    known = second_looks.find_look(connection, head.id)
    if known is not None and known.rev == head.head_rev:
        return known
    if head.state is not ExampleState.CANDIDATE:
        return None
    percent, salt = _share(connection, head.project_id)
    is_in = is_drawn(salt, head.id, percent)
    return LookRecord(head.id, head.project_id, head.head_rev, OPEN, head.updated_at) if is_in else None


def hidden_revs(connection: Connection, head: ExampleRecord) -> frozenset[int]:
    """While two people judge apart: the revisions with the text they judge, on which nobody sees another's word."""
    look = current_look(connection, head)
    if look is None or look.state != OPEN:
        return frozenset()
    revisions = examples.list_revisions(connection, head.id)
    return frozenset(one.rev for one in revisions if one.body_hash == head.head_hash)


def require_settled(act: Act, head: ExampleRecord, *, is_accepting: bool = False) -> None:
    """One person's word is not enough where two were asked, or will be once it is submitted."""
    look = current_look(act.connection, head)
    if look and look.state == OPEN:
        raise BlockedError(
            f"Example {head.number} is judged by two people apart; both verdicts are needed first.",
            hint="Give your own verdict; the other one stays hidden until then.",
        )
    if look and look.state == DIFFER:
        raise BlockedError(
            f"Two people judged example {head.number} differently, or what they decided was taken back.",
            hint="Resolve it on Agreement first.",
        )
    if is_accepting and judged_twice(act.connection, [head]):
        raise BlockedError(f"Example {head.number} is judged by two people: submit it first.")


def judged_twice(connection: Connection, heads: Sequence[ExampleRecord]) -> frozenset[str]:
    """Those of a project's examples that one person's acceptance is not enough for, never submitted ones included."""
    if not heads:
        return frozenset()
    ids = [head.id for head in heads]
    looks: dict[str, LookRecord] = {}
    for start in range(0, len(ids), MOST):
        looks |= second_looks.looks_at_heads(connection, ids[start : start + MOST])
    percent, salt = _share(connection, heads[0].project_id)

    def is_judged_twice(head: ExampleRecord) -> bool:
        if head.id in looks:
            return looks[head.id].state in UNDECIDED or head.state not in WAITING
        # What was submitted outside the share stays there; all else is drawn, or will be at its submission.
        return head.state is not ExampleState.SUBMITTED and is_drawn(salt, head.id, percent)

    return frozenset(head.id for head in heads if is_judged_twice(head))


def _share(connection: Connection, project_id: str) -> tuple[int, str]:
    """The share in percent, and what the draw is salted with."""
    text = read_setting(connection, project_id, _SHARE)
    percent = msgspec.json.decode(text, type=int) if text else 0
    return percent, second_looks.read_salt(connection, project_id)
