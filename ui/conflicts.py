"""Two texts for one field: somebody saved in between. Both are shown; the person decides."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.model.places import place_words
from curation.services.people import local_actor
from curation.services.settling import Conflict
from curation.services.writing import ExampleView
from ui import keys, state
from ui.cursor import aim
from ui.merge_panel import IS_OPEN, draw_merge, saved_by
from ui.session import workspace
from ui.state import Slot
from ui.text import clip, plain, say, source

_AIMED: Slot[str] = Slot("write.conflict", "")
"""The conflicts whose place the cursor was given back to."""


def draw_conflicts(view: ExampleView, conflicts: tuple[Conflict, ...]) -> None:
    """A banner for each field with two texts: first what is safe, then what happened, then the ways out.

    Where somebody saved in between, both whole texts can be laid over each other instead. The cursor that its field
    has lost by then goes back to where the person typed.
    """
    if IS_OPEN.get() == view.id and conflicts:
        _AIMED.clear()
        draw_merge(workspace(), local_actor(workspace()), view)
        return
    _place_cursor(view, conflicts)
    who = saved_by(workspace(), view)
    can_merge = any(one.base_rev < view.head_rev and one.stored is not None for one in conflicts)
    for conflict in conflicts:
        st.error(conflict_words(view, conflict, who), icon=":material/error:")  # safe: made by say()
        mine, stored = st.columns(2, gap="medium")
        with mine:
            st.caption("Yours")
            source(clip(conflict.mine)[0] or " ")
        with stored:
            st.caption(say("Revision {head}", head=view.head_rev))
            source(clip(conflict.stored or "")[0] or " ")
        is_first = conflict is conflicts[0]
        with st.container(horizontal=True, gap="small"):
            for label, verb in _ways_out(conflict, can_merge=can_merge and is_first):
                _button(label, verb, conflict.name, is_next=is_first)
                is_first = False


def _place_cursor(view: ExampleView, conflicts: tuple[Conflict, ...]) -> None:
    """Back to where the person typed, once for the texts that stand against each other."""
    names = " ".join(one.name for one in conflicts)
    word = f"{view.id}@{view.head_rev} {names}" if conflicts else ""
    if word and _AIMED.get() != word:
        aim(conflicts[0].field, uuid.uuid4().hex, is_forced=False)
    _AIMED.set(word)


def _ways_out(conflict: Conflict, *, can_merge: bool) -> list[tuple[str, str]]:
    """The acts that settle one conflict, the most careful first: it is the next act of the page."""
    ways = [("Compare and merge", "open_merge")] if can_merge else []
    copies = [("Keep mine as a copy", "copy_mine"), ("Keep the stored text", "drop_mine")]
    return [*ways, *copies] if conflict.stored is None else [*ways, ("Use mine", "use_mine"), *copies]


def conflict_words(view: ExampleView, conflict: Conflict, who: str) -> str:
    """What happened to the text of one field since `who` saved the newest revision."""
    if conflict.stored is None:
        return say(
            "**Your text is safe, but it is not in the example.** You typed {place} of revision {base}, and that turn "
            "is gone or stands elsewhere since {who} saved revision {head}.",
            place=place_words(conflict.field),
            base=conflict.base_rev,
            who=who,
            head=view.head_rev,
        )
    if conflict.base_rev == view.head_rev:
        return say(
            "**Your text is safe, but it is not in the example.** You typed {place} and the example is {state} by now; "
            "using the text makes a new revision.",
            place=place_words(conflict.field),
            state=view.state.value,
        )
    return say(
        "**Your text is safe, but it is not in the example.** You began {place} from revision {base}; "
        "{who} saved revision {head} since.",
        place=place_words(conflict.field),
        base=conflict.base_rev,
        who=who,
        head=view.head_rev,
    )


def _button(label: str, verb: str, name: str, *, is_next: bool) -> None:
    st.button(
        plain(label),
        key=f"write.{verb}.{name}",
        type="primary" if is_next else "secondary",
        shortcut=keys.NEXT_ACT.shortcut if is_next else None,
        on_click=state.ask,
        args=(verb, name),
    )
