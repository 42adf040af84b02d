"""Two people on one example: the second lays their text over what the first saved, place by place, and saves both.

What one person typed and could not save stands in drafts. They become *their* text of the example: the revision they
began from with what they typed. Merged with the newest revision it makes the next one; the drafts go only then.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.errors import NotFoundError, StaleRevisionError
from curation.model.example import Example
from curation.model.finding import Judged
from curation.model.people import Actor
from curation.services import drafting, writing
from curation.services.comparing import Change, compare_examples
from curation.services.drafting import Draft
from curation.services.origins import origin_of
from curation.services.settling import KIND, History, text_or_none
from curation.services.text_fields import write_text
from curation.services.three_way import Choice, Clash, merge
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView


class MergeView(msgspec.Struct, frozen=True):
    """A merge as it would be saved now."""

    example_id: str
    base_rev: int
    head_rev: int
    theirs_by: str
    example: Example
    clashes: tuple[Clash, ...]
    judged: tuple[Judged, ...]
    mine: tuple[Change, ...]
    """What the person changed since the revision they began from."""
    theirs: tuple[Change, ...]
    """What was saved since then."""


def propose_merge(
    ws: Workspace, actor: Actor, example_id: str, choices: Mapping[str, Choice] | None = None
) -> MergeView | None:
    """Lay a person's unsaved text over the newest revision; None where nothing of theirs waits."""
    view = writing.open_example(ws, example_id)
    history = History(ws, example_id)
    base_rev, mine, used = _gather(ws, actor, example_id, history)
    base = history.at(base_rev)
    if not used or base is None:
        return None
    merged = merge(base, mine, view.example, choices)
    return MergeView(
        example_id,
        base_rev,
        view.head_rev,
        view.updated_by,
        merged.example,
        merged.clashes,
        writing.judge_example(ws, view.project_id, merged.example),
        compare_examples(base, mine),
        compare_examples(base, view.example),
    )


def save_merge(
    ws: Workspace, actor: Actor, example_id: str, head_rev: int, choices: Mapping[str, Choice], *, nonce: str
) -> ExampleView:
    """Save the merge as the next revision of exactly the one that was compared with; the typed text is in it then."""
    history = History(ws, example_id)
    base_rev, mine, used = _gather(ws, actor, example_id, history)
    base, head = history.at(base_rev), history.at(head_rev)
    if not used or base is None or head is None:
        raise NotFoundError("There is nothing left to merge.", hint="Reload the page.")
    view = writing.open_example(ws, example_id)
    if view.head_rev != head_rev:
        raise StaleRevisionError(
            f"Example {view.number} is at revision {view.head_rev} by now; you compared with {head_rev}.",
            hint="Look at the merge again: it is laid out anew.",
        )
    merged = merge(base, mine, head, choices).example
    saved = writing.save_example(ws, actor, example_id, head_rev, merged, why="merged", nonce=nonce)
    drafting.drop_read(ws, actor.person_id, used)
    return saved


def keep_as_copy(ws: Workspace, actor: Actor, example_id: str, *, nonce: str) -> ExampleView:
    """A new example with all of one's own text, as it would have been without the others."""
    project_id = writing.open_example(ws, example_id).project_id
    _, mine, used = _gather(ws, actor, example_id, History(ws, example_id))
    if not used:
        raise NotFoundError("There is nothing left to keep.", hint="Reload the page.")
    copy = writing.new_example(ws, actor, project_id, mine, nonce=nonce)
    drafting.drop_read(ws, actor.person_id, used)
    return copy


def _gather(ws: Workspace, actor: Actor, example_id: str, history: History) -> tuple[int, Example, list[Draft]]:
    """The newest revision the person began from, with everything they typed since in it, and the drafts used."""
    drafts = sorted(
        drafting.read_drafts(ws, actor.person_id, KIND, example_id).values(), key=lambda one: str(one.saved_at)
    )
    base_rev = max((origin_of(one).base_rev for one in drafts), default=0)
    mine = history.at(base_rev) or Example()
    used: list[Draft] = []
    for draft in drafts:
        field = history.follow(origin_of(draft), base_rev)
        if field is not None and text_or_none(mine, field) is not None:
            mine = write_text(mine, field, draft.text)
            used.append(draft)
    return base_rev, mine, used
