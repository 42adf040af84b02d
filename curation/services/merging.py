"""Two people on one example: the second lays their text over what the first saved, place by place, and saves both.

What one person typed and could not save stands in drafts. They become *their* text of the example: each revision they
began from with what they typed on it. Merged with the newest revision, one after the other, they make the next one; the
drafts go only then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from curation.errors import NotFoundError, StaleRevisionError, StateError
from curation.model.example import Example
from curation.model.finding import Judged
from curation.model.people import Actor
from curation.services import drafting, writing
from curation.services.acts import find_done
from curation.services.comparing import Change, compare_examples
from curation.services.drafting import Draft
from curation.services.heads import Saved
from curation.services.origins import origin_of
from curation.services.settling import KIND, History, text_or_none
from curation.services.text_fields import write_text
from curation.services.three_way import Choice, Clash, Merge, merge
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
    seen: str
    """Names the typed text that was laid in; saving asks for it again."""


def propose_merge(
    ws: Workspace, actor: Actor, example_id: str, choices: Mapping[str, Choice] | None = None
) -> MergeView | None:
    """Lay a person's unsaved text over the newest revision; None where nothing of theirs waits."""
    view = writing.open_example(ws, example_id)
    history = History(ws, example_id)
    typed = _gather(ws, actor, example_id, history)
    if not typed.layers:
        return None
    merged = _lay(typed, view.example, choices or {})
    began = typed.layers[0]
    return MergeView(
        example_id,
        began.base_rev,
        view.head_rev,
        view.updated_by,
        merged.example,
        merged.clashes,
        writing.judge_example(ws, view.project_id, merged.example),
        tuple(change for one in typed.layers for change in compare_examples(one.base, one.mine)),
        compare_examples(began.base, view.example),
        typed.seen,
    )


def save_merge(
    ws: Workspace,
    actor: Actor,
    example_id: str,
    head_rev: int,
    choices: Mapping[str, Choice],
    *,
    seen: str,
    nonce: str,
) -> ExampleView:
    """Save the merge as the next revision of exactly the one that was compared with; the typed text is in it then.

    Args:
        ws: the workspace.
        actor: whose text it is.
        example_id: the example.
        head_rev: the revision that was compared with.
        choices: one for every clash.
        seen: the typed text the choices were made on, as the view named it.
        nonce: names this act.
    """
    if done := find_done(ws, actor, "save example", nonce, Saved):
        return writing.open_example(ws, done.example_id, done.rev)
    view = writing.open_example(ws, example_id)
    typed = _gather(ws, actor, example_id, History(ws, example_id))
    if not typed.layers:
        raise NotFoundError("There is nothing left to merge.", hint="Reload the page.")
    if view.head_rev != head_rev:
        raise StaleRevisionError(
            f"Example {view.number} is at revision {view.head_rev} by now; you compared with {head_rev}.",
            hint="Look at the merge again: it is laid out anew.",
        )
    if typed.seen != seen:
        raise StateError(
            f"More of example {view.number} was typed since you looked at the merge, so nothing was saved.",
            hint="Look at the merge again: what was typed is in it now.",
        )
    merged = _lay(typed, view.example, choices)
    _require_decided(merged.clashes, choices)
    saved = writing.save_example(ws, actor, example_id, head_rev, merged.example, why="merged", nonce=nonce)
    drafting.drop_read(ws, actor.person_id, typed.drafts)
    return saved


def keep_as_copy(ws: Workspace, actor: Actor, example_id: str, *, nonce: str) -> ExampleView:
    """A new example with all of one's own text, as it would have been without the others."""
    if done := find_done(ws, actor, "write example", nonce, Saved):
        return writing.open_example(ws, done.example_id, done.rev)
    project_id = writing.open_example(ws, example_id).project_id
    typed = _gather(ws, actor, example_id, History(ws, example_id))
    if not typed.layers:
        raise NotFoundError("There is nothing left to keep.", hint="Reload the page.")
    first, *later = typed.layers
    mine = first.mine
    for layer in later:
        clashes = merge(layer.base, layer.mine, mine).clashes
        mine = merge(layer.base, layer.mine, mine, {one.name: "mine" for one in clashes}).example
    copy = writing.new_example(ws, actor, project_id, mine, nonce=nonce)
    drafting.drop_read(ws, actor.person_id, typed.drafts)
    return copy


def pointer_of(clash: Clash) -> str:
    """Where a clash stands in the text both began from."""
    return clash.name if clash.name.startswith("/") else clash.name.partition(":")[2]


class _Layer(msgspec.Struct, frozen=True):
    """What a person typed on one revision; two tabs that typed in one field make two layers."""

    name: str
    base_rev: int
    base: Example
    mine: Example
    fields: frozenset[str] = frozenset()


class _Own(msgspec.Struct, frozen=True):
    """Everything a person typed and could not save, by the revision it was typed on, the oldest first."""

    layers: tuple[_Layer, ...]
    drafts: tuple[Draft, ...]
    """The ones that are in the layers, or that newer ones of these replace."""
    seen: str


def _gather(ws: Workspace, actor: Actor, example_id: str, history: History) -> _Own:
    """Each text stays on the revision it was typed on: laid on a newer one it would overwrite what was saved since."""
    found = drafting.read_drafts(ws, actor.person_id, KIND, example_id).values()
    drafts = sorted(found, key=lambda one: (one.base_rev, str(one.saved_at)))
    used = [one for one in drafts if any(_replaces(newer, one, history) for newer in drafts if newer is not one)]
    layers: dict[str, _Layer] = {}
    for draft in drafts:
        origin = origin_of(draft)
        base = history.at(origin.base_rev)
        if draft in used or base is None or text_or_none(base, origin.field) is None:
            continue
        n = sum(one.base_rev == origin.base_rev and origin.field in one.fields for one in layers.values())
        name = f"{origin.base_rev}.{n}"
        layer = layers.get(name) or _Layer(name, origin.base_rev, base, base)
        mine = write_text(layer.mine, origin.field, draft.text)
        layers[name] = msgspec.structs.replace(layer, mine=mine, fields=layer.fields | {origin.field})
        used.append(draft)
    seen = msgspec.json.encode([(one.field, one.base_rev, one.text) for one in drafts])
    return _Own(tuple(layers.values()), tuple(used), hashlib.sha256(seen).hexdigest())


def _replaces(newer: Draft, older: Draft, history: History) -> bool:
    """Whether the same tab went on typing in the same field, on a later page or from what it had typed."""
    after, before = origin_of(newer), origin_of(older)
    if not after.tab or not after.continues(before) or before.continues(after):
        return False
    return history.follow(before, after.base_rev) == after.field


def _lay(typed: _Own, head: Example, choices: Mapping[str, Choice]) -> Merge:
    """One layer after the other onto the newest revision; the clashes of later layers are named after it."""
    merged = Merge(head)
    for n, layer in enumerate(typed.layers):
        mark = f"{layer.name}:" if n else ""
        own = {name[len(mark) :]: choice for name, choice in choices.items() if name.startswith(mark or "/")}
        if not mark and "" in choices:
            own[""] = choices[""]
        laid = merge(layer.base, layer.mine, merged.example, own)
        named = (msgspec.structs.replace(one, name=mark + one.name) for one in laid.clashes)
        merged = Merge(laid.example, (*merged.clashes, *named))
    return merged


def _require_decided(clashes: Sequence[Clash], choices: Mapping[str, Choice]) -> None:
    n_open = sum(one.name not in choices for one in clashes)
    if n_open:
        places = "place is" if n_open == 1 else "places are"
        raise StateError(
            f"{n_open} {places} not decided, so nothing was saved.", hint="Choose a text for each, then save again."
        )
